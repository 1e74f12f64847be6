#!/usr/bin/env bash
# Runs every test of the project and sets up what they need. On a machine that cannot provide something (offline, not
# root), the tests that need it are named at the end and the exit status is 1.
#
#   scripts/test.sh            everything
#   scripts/test.sh rust       one part: rust, protocol, formats, extension, nvim, vscode
set -uo pipefail
cd "$(dirname "$0")/.."
export SPP_TEST_CACHE=${SPP_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spp-analyzer-tests}
mkdir -p "$SPP_TEST_CACHE"
passed=0
failed=()

step() { # name command...
    local name=$1
    shift
    printf '\n== %s\n' "$name"
    local start=$SECONDS
    if "$@"; then
        passed=$((passed + 1))
        printf '== %s: passed (%d s)\n' "$name" $((SECONDS - start))
    else
        failed+=("$name")
        printf '== %s: FAILED (%d s)\n' "$name" $((SECONDS - start))
    fi
}

rust() {
    step "formatting" cargo fmt --all --check
    step "lints" cargo clippy --workspace --all-targets -q -- -D warnings
    step "rust tests" cargo test --workspace --no-fail-fast
}

protocol() { step "protocol messages" tests/protocol/run.sh; }

binary=target/release/spp-analyzer

formats() {
    step "release build" cargo build --release -q --bin spp-analyzer
    step "report formats" tests/formats/run.sh "$binary"
}

extension() {
    step "extension" bash -c 'cd vscode-extension && npm ci --no-audit --no-fund --ignore-scripts && npm test'
}

nvim() { [ -x tests/nvim/run.sh ] && step "Neovim" tests/nvim/run.sh "$binary"; }
vscode() { [ -x tests/vscode/run.sh ] && step "VS Code" tests/vscode/run.sh "$binary"; }

for part in "${@:-all}"; do
    case $part in
        all) rust; protocol; formats; extension; nvim; vscode ;;
        rust | protocol | formats | extension | nvim | vscode) "$part" ;;
        *) echo "unknown part: $part" >&2; exit 2 ;;
    esac
done

printf '\n%d passed, %d failed\n' "$passed" "${#failed[@]}"
if [ ${#failed[@]} -gt 0 ]; then
    printf 'did not pass: %s\n' "${failed[@]}"
    exit 1
fi
