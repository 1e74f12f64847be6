#!/usr/bin/env bash
# Takes the screenshots of the VS Code test over into the manual and the extension's walkthrough.
#   tests/vscode/run.sh && scripts/update-images.sh
set -euo pipefail
cd "$(dirname "$0")/.."
from="${ARTIFACTS:-artifacts/vscode}"
mkdir -p docs/images vscode-extension/media/walkthrough
for name in restricted diagnostics quick-fix hover lifetime frame timeline failures; do
  [ -f "$from/$name.png" ] || { echo "update-images: $from/$name.png is missing: run tests/vscode/run.sh first" >&2; exit 1; }
  cp "$from/$name.png" "docs/images/$name.png"
done
for name in diagnostics hover frame timeline; do cp "docs/images/$name.png" "vscode-extension/media/walkthrough/$name.png"; done
for image in docs/images/*.png; do
  size="$(stat -c %s "$image")"
  [ "$size" -lt 200000 ] || { echo "update-images: $image has $size bytes; 200000 is the limit" >&2; exit 1; }
done
