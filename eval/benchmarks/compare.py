#!/usr/bin/env python3
"""Runs the programs of this folder in S++, Lua 5.4 and CPython and prints their times side by side, as Markdown; then
what recording a trace costs, and how long a program takes that does nothing.

    eval/benchmarks/compare.py target/release/spp-analyzer [RUNS]

Processor time of whole processes (start-up and, for S++, checking included), the median of RUNS runs taken in turn.
CPython is the interpreter that runs this script. Lua comes from the package `lua5.4` (Debian: apt-get install lua5.4).
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAMS = ["fib", "loops", "sieve", "nbody", "strings", "trees", "map"]

NOTHING = {
    "spp": 'mod src.nothing\n\nfn main() -> Void {\n    print("")\n}\n',
    "lua": 'print("")\n',
    "py": 'print("")\n',
}


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def seconds_to_output(command):
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        os.read(process.stdout.fileno(), 1)
        took = time.perf_counter() - start
        process.stdout.read()
    return took


def medians(measure, commands, runs):
    """Milliseconds of each command; the commands take turns, so that all of them see the same machine."""
    times = [[] for _ in commands]
    for _ in range(runs):
        for taken, command in zip(times, commands):
            taken.append(measure(command))
    return [statistics.median(taken) * 1000 for taken in times]


def evaluators(binary, program):
    return [
        [binary, "eval", f"{program}.spp"],
        ["lua5.4", f"{program}.lua"],
        [sys.executable, f"{program}.py"],
    ]


def main():
    binary = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder = pathlib.Path(__file__).parent / "programs"
    print("| program | S++ ms | Lua ms | CPython ms | S++ / Lua | CPython / S++ |")
    print("| --- | --- | --- | --- | --- | --- |")
    against_python = []
    for name in PROGRAMS:
        spp, lua, python = medians(cpu_seconds, evaluators(binary, folder / name), runs)
        against_python.append(python / spp)
        print(f"| {name} | {spp:.0f} | {lua:.0f} | {python:.0f} | {spp / lua:.2f} | {python / spp:.2f} |")
    print(f"\nMedian against CPython: {statistics.median(against_python):.2f}×.\n")

    print("| program | ms | with a trace | ratio |")
    print("| --- | --- | --- | --- |")
    for name in PROGRAMS:
        plain = [binary, "eval", str(folder / f"{name}.spp")]
        off, on = medians(cpu_seconds, [plain, [*plain, "--output-format", "json"]], runs)
        print(f"| {name} | {off:.0f} | {on:.0f} | {on / off:.2f} |")

    with tempfile.TemporaryDirectory() as scratch:
        program = pathlib.Path(scratch) / "nothing"
        for extension, text in NOTHING.items():
            program.with_suffix(f".{extension}").write_text(text)
        commands = evaluators(binary, program)
        processor = medians(cpu_seconds, commands, 4 * runs)
        clock = medians(seconds_to_output, commands, 4 * runs)
    print("\n| a program that prints a line | S++ | Lua | CPython |")
    print("| --- | --- | --- | --- |")
    print("| processor time, ms | " + " | ".join(f"{taken:.1f}" for taken in processor) + " |")
    print("| until the line is there, ms | " + " | ".join(f"{taken:.1f}" for taken in clock) + " |")


main()
