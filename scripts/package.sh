#!/usr/bin/env bash
# Builds all release artefacts into dist/ (or the folder given) and writes their checksums:
#   spp-analyzer-VERSION-TARGET.tar.gz    the binary, the licences, the Neovim runtime folder
#   spp-analyzer-VERSION.vsix             the VS Code extension without a binary
#   spp-analyzer-VERSION-PLATFORM.vsix    the VS Code extension with the binary of this platform
#   SHA256SUMS
# Environment: SPP_ANALYZER (a built release binary; default: cargo builds one).
set -euo pipefail
cd "$(dirname "$0")/.."
root="$PWD"
out="${1:-dist}"
mkdir -p "$out"
out="$(realpath "$out")"
for tool in cargo node npm tar sha256sum; do command -v "$tool" >/dev/null || { echo "package: $tool is needed" >&2; exit 3; }; done

binary="${SPP_ANALYZER:-}"
if [ -z "$binary" ]; then
  cargo build --release --bin spp-analyzer
  binary=target/release/spp-analyzer
fi
version="$("$binary" --version | awk '{print $NF}')"
extension_version="$(node -p 'require("./vscode-extension/package.json").version')"
[ "$version" = "$extension_version" ] || { echo "package: the binary is version $version, the extension $extension_version" >&2; exit 1; }
target="$(rustc -vV | sed -n 's/^host: //p')"
case "$target" in
  x86_64-unknown-linux-gnu) platform=linux-x64 ;;
  aarch64-unknown-linux-gnu) platform=linux-arm64 ;;
  x86_64-unknown-linux-musl) platform=alpine-x64 ;;
  x86_64-apple-darwin) platform=darwin-x64 ;;
  aarch64-apple-darwin) platform=darwin-arm64 ;;
  *) echo "package: VS Code has no platform name for $target" >&2; exit 1 ;;
esac

stage="$(mktemp -d)"
cleanup() { rm -rf "$stage" "$root/vscode-extension/server" "$root"/vscode-extension/LICENSE-*; }
trap cleanup EXIT

# Same input, same archive: fixed order, owner and time.
epoch="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
name="spp-analyzer-$version-$target"
mkdir -p "$stage/$name"
cp "$binary" "$stage/$name/spp-analyzer"
strip "$stage/$name/spp-analyzer" 2>/dev/null || true
cp -r README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE nvim "$stage/$name/"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$stage" -cf - "$name" | gzip -n9 >"$out/$name.tar.gz"

cd vscode-extension
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund
cp ../LICENSE-MIT ../LICENSE-APACHE .
rm -rf server
npm run --silent package -- --out "$out/spp-analyzer-$version.vsix"
mkdir server
cp "$stage/$name/spp-analyzer" server/
npm run --silent package -- --target "$platform" --out "$out/spp-analyzer-$version-$platform.vsix"

cd "$out"
sha256sum "$name.tar.gz" "spp-analyzer-$version.vsix" "spp-analyzer-$version-$platform.vsix" >SHA256SUMS
cat SHA256SUMS
