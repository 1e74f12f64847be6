#!/usr/bin/env python3
"""Runs the programs of this folder in S++, Lua 5.4 and CPython and prints their times side by side, as Markdown.

    eval/benchmarks/compare.py target/release/spp-analyzer [RUNS]

Processor time of whole processes (start-up and, for S++, checking included), the median of RUNS runs taken in turn.
Lua comes from the package `lua5.4` (Debian: apt-get install lua5.4).
"""

import pathlib
import resource
import statistics
import subprocess
import sys

PROGRAMS = ["fib", "loops", "sieve", "nbody", "strings", "trees", "map"]


def cpu_seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main():
    binary = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    folder = pathlib.Path(__file__).parent / "programs"
    print("| program | S++ ms | Lua ms | CPython ms | S++ / Lua | CPython / S++ |")
    print("| --- | --- | --- | --- | --- | --- |")
    against_python = []
    for name in PROGRAMS:
        commands = [
            [binary, "eval", str(folder / f"{name}.spp")],
            ["lua5.4", str(folder / f"{name}.lua")],
            ["python3", str(folder / f"{name}.py")],
        ]
        times = [[] for _ in commands]
        for _ in range(runs):
            for taken, command in zip(times, commands):
                taken.append(cpu_seconds(command))
        spp, lua, python = (statistics.median(taken) * 1000 for taken in times)
        against_python.append(python / spp)
        print(f"| {name} | {spp:.0f} | {lua:.0f} | {python:.0f} | {spp / lua:.2f} | {python / spp:.2f} |")
    print(f"\nMedian against CPython: {statistics.median(against_python):.2f}×.")


main()
