#!/usr/bin/env bash
# Validates `check --output-format sarif` against the SARIF 2.1.0 schema and `junit` against the JUnit XSD.
# The schemas come from packages of the npm and PyPI registries, kept in a cache folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
binary=${1:?usage: run.sh PATH-OF-spp-analyzer}
cache=${SPP_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spp-analyzer-tests}/formats
mkdir -p "$cache"
if [ ! -x "$cache/venv/bin/python" ]; then
    python3 -m venv "$cache/venv"
    "$cache/venv/bin/pip" install --quiet --disable-pip-version-check jsonschema==4.* lxml==6.*
fi
if [ ! -f "$cache/sarif.json" ]; then
    (cd "$cache" && npm pack --silent @microsoft/jest-sarif@1.0.0-beta.0 >/dev/null &&
        tar xzf microsoft-jest-sarif-*.tgz && cp package/lib/schemas/sarif-2.1.0-rtm.5.json sarif.json)
fi
if [ ! -f "$cache/junit.xsd" ]; then
    (cd "$cache" &&
        venv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: pytest==8.3.5 &&
        tar xzf pytest-8.3.5.tar.gz && cp pytest-8.3.5/testing/example_scripts/junit-10.xsd junit.xsd)
fi
"$cache/venv/bin/python" "$here/validate.py" "$binary" "$cache/sarif.json" "$cache/junit.xsd" "$here/samples"
