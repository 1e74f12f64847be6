#!/usr/bin/env bash
# Drives the extension in a real VS Code (code-server in Chromium) against the real server.
#   tests/vscode/run.sh [SERVER]   default: $SPP_ANALYZER, else a debug build
# Environment: SPP_TEST_CACHE (cache folder), ARTIFACTS (screenshots; default: artifacts/vscode).
# Exit codes: 0 all passed, 1 a check failed, 3 this machine cannot run the test (the message says why).
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD"

cache="$(tests/vscode/setup.sh)"
server="${1:-${SPP_ANALYZER:-}}"
if [ -z "$server" ]; then
  cargo build --quiet --bin spp-analyzer
  server=target/debug/spp-analyzer
fi
[ -x "$server" ] || { echo "VS Code test: not run: $server is not an executable file" >&2; exit 3; }
server="$(realpath "$server")"

scratch="$(mktemp -d)"
pid=""
cleanup() { [ -n "$pid" ] && kill "$pid" 2>/dev/null || true; rm -rf "$scratch"; }
trap cleanup EXIT

( cd vscode-extension
  [ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund >"$scratch/npm.log" 2>&1 || { cat "$scratch/npm.log" >&2; echo "VS Code test: not run: npm could not install the extension's dependencies (offline?)" >&2; exit 3; }
  npm run --silent package -- --out "$scratch/spp-analyzer.vsix" >"$scratch/vsce.log" 2>&1 || { cat "$scratch/vsce.log" >&2; exit 1; } )

export HOME="$scratch/home"
mkdir -p "$HOME" "$scratch/user/User" "$scratch/workspace"
cp -r examples/. "$scratch/workspace/"
cp tests/vscode/fixtures/*.spp "$scratch/workspace/"
cat >"$scratch/user/User/settings.json" <<JSON
{
  "spp.server.path": "$server",
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "editor.fontFamily": "DejaVu Sans Mono, monospace",
  "editor.minimap.enabled": false,
  "editor.stickyScroll.enabled": false,
  "explorer.autoReveal": false,
  "files.autoSave": "off",
  "git.enabled": false,
  "extensions.ignoreRecommendations": true,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none"
}
JSON
code="$cache/node_modules/code-server/out/node/entry.js"
node "$code" --extensions-dir "$scratch/extensions" --user-data-dir "$scratch/user" --install-extension "$scratch/spp-analyzer.vsix" >"$scratch/install.log" 2>&1 || { cat "$scratch/install.log" >&2; exit 1; }
port="$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')"
node "$code" --auth none --bind-addr "127.0.0.1:$port" --user-data-dir "$scratch/user" --extensions-dir "$scratch/extensions" \
  --disable-telemetry --disable-update-check --disable-getting-started-override >"$scratch/code-server.log" 2>&1 &
pid=$!
NODE_PATH="$cache/node_modules" CHROMIUM="$(cat "$cache/chromium")" ARTIFACTS="${ARTIFACTS:-$root/artifacts/vscode}" \
  node tests/vscode/drive.cjs "http://127.0.0.1:$port" "$scratch/workspace" || { echo "--- code-server ---" >&2; tail -n 20 "$scratch/code-server.log" >&2; exit 1; }
