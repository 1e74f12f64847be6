"""Runs `check` in both machine-readable report formats on a folder and validates what it prints."""

import json
import subprocess
import sys

import jsonschema
from lxml import etree

binary, sarif_schema, junit_schema, samples = sys.argv[1:]


def check(output_format, *paths):
    command = [binary, "check", "--min-severity", "hint", "--output-format", output_format, *paths]
    done = subprocess.run(command, capture_output=True, timeout=60)
    assert done.returncode in (0, 1), (command, done.returncode, done.stderr.decode())
    return done.stdout


runs = [(samples,), (f"{samples}/clean.spp",), (f"{samples}/broken.spp",)]
for paths in runs:
    log = json.loads(check("sarif", *paths))
    with open(sarif_schema) as file:
        jsonschema.validate(log, json.load(file))
    schema = etree.XMLSchema(etree.parse(junit_schema))
    schema.assertValid(etree.fromstring(check("junit", *paths)))

results = json.loads(check("sarif", f"{samples}/broken.spp"))["runs"][0]["results"]
assert results, "the broken sample has findings"
cases = etree.fromstring(check("junit", f"{samples}/broken.spp")).findall(".//failure")
assert len(cases) == len(results), "both formats report the same findings"
print(f"{2 * len(runs)} passed, 0 failed")
