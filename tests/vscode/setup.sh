#!/usr/bin/env bash
# Installs what the VS Code test drives into a cache folder outside the repository, once:
# code-server (VS Code in a browser), playwright-core and, if no Chromium is there, Debian's.
# Prints the folder. Exit code 3: this machine cannot run the test, and why.
set -euo pipefail

cache="${SPP_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spp-analyzer-tests}/vscode-4.100.3"
log="$cache/setup.log"
mkdir -p "$cache"
refuse() { echo "VS Code test: not run: $1" >&2; [ -s "$log" ] && tail -n 15 "$log" >&2; exit 3; }

command -v node >/dev/null || refuse "Node.js 20 is needed"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || refuse "Node.js 20 is needed, this is $(node --version)"
command -v npm >/dev/null || refuse "npm is needed"

chromium="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
if [ -z "$chromium" ]; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || refuse "no Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM"
  { apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >"$log" 2>&1 || refuse "Chromium could not be installed (offline?)"
  chromium="$(command -v chromium)"
fi
# Without a font every letter is a box.
if command -v fc-list >/dev/null && [ -z "$(fc-list 2>/dev/null | head -n 1)" ] && [ "$(id -u)" = 0 ]; then
  apt-get install -y --no-install-recommends fonts-dejavu-core >>"$log" 2>&1 || true
fi

if [ ! -e "$cache/ready" ]; then
  cd "$cache"
  echo '{ "private": true }' >package.json
  npm install --ignore-scripts --no-audit --no-fund code-server@4.100.3 playwright-core@1.52.0 >"$log" 2>&1 || refuse "npm could not install code-server (offline?)"
  vscode="$cache/node_modules/code-server/lib/vscode"
  # code-server's own install script builds native modules; none of those is needed here.
  (cd "$vscode" && npm install --ignore-scripts --omit=dev --no-audit --no-fund) >>"$log" 2>&1 || refuse "npm could not install VS Code's modules"
  (cd "$vscode/extensions" && npm install --ignore-scripts --omit=dev --no-audit --no-fund) >>"$log" 2>&1 || refuse "npm could not install the modules of VS Code's extensions"
  ln -sfn node_modules "$vscode/node_modules.asar"
  ln -sf code-linux.sh "$vscode/bin/remote-cli/code-server"
  ln -sf browser-linux.sh "$vscode/bin/helpers/browser.sh"
  # Passwords are not used: --auth none.
  for folder in "$cache/node_modules/argon2" "$cache/node_modules/code-server/node_modules/argon2"; do
    [ -d "$folder" ] && echo 'module.exports = { hash: async () => "", verify: async () => false };' >"$folder/argon2.js" && \
      node -e 'const f=process.argv[1]+"/package.json",p=require(f);p.main="argon2.js";delete p.exports;require("fs").writeFileSync(f,JSON.stringify(p))' "$folder"
  done
  touch ready
fi
echo "$chromium" >"$cache/chromium"
echo "$cache"
