#!/usr/bin/env bash
# Runs the scripted client tests and validates every message of the server in them against the types of the protocol
# (npm packages, kept in a cache folder).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
cache=${SPP_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spp-analyzer-tests}/protocol
mkdir -p "$cache"
cp "$here"/{package.json,package-lock.json,tsconfig.json,messages.ts,validate.mjs} "$cache"
if [ ! -d "$cache/node_modules" ] || ! cmp -s "$cache/package-lock.json" "$cache/installed.json"; then
    (cd "$cache" && npm ci --silent --no-audit --no-fund --ignore-scripts && cp package-lock.json installed.json)
fi
export SPP_LSP_RECORD="$cache/records"
rm -rf "$SPP_LSP_RECORD" && mkdir "$SPP_LSP_RECORD"
cargo test -q -p spp-analyzer --test lsp
node "$cache/validate.mjs" "$SPP_LSP_RECORD" docs/lsp-extensions.md "$cache"
