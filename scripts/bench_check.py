#!/usr/bin/env python3
"""bench_check.py PYZ3_WHEEL TOOLS ROUNDS WHEEL...: what `bench.sh check` measures.

TOOLS is the folder with auditwheel, abi3audit, check-wheel-contents and twine. Each tool is called once for each
wheel that it is for, as a user does who checks one wheel. The verdicts do not matter here, so any exit code is fine.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

# Upper limits of the sizes that are shown together, in bytes.
CLASSES = [
    (100_000, "below 100 kB"),
    (1_000_000, "100 kB to 1 MB"),
    (10_000_000, "1 to 10 MB"),
    (float("inf"), "10 MB and more"),
]


class Cost(NamedTuple):
    """Wall time and CPU time, in seconds."""

    wall: float
    cpu: float

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


NOTHING = Cost(0, 0)


def measure(command):
    """The cost of one call."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return Cost(time.perf_counter() - begin, usage.ru_utime + usage.ru_stime)


def median(costs):
    """The median wall time and the median CPU time of several calls."""
    return Cost(*map(statistics.median, zip(*costs)))


def others(tools, wheel):
    """What a user runs instead, by tool."""
    name = wheel.name
    commands = {}
    if "linux" in name.rsplit("-", 1)[1]:
        commands["auditwheel"] = [tools / "auditwheel", "show", wheel]
    if "abi3" in name.rsplit("-", 2)[1].split("."):
        commands["abi3audit"] = [tools / "abi3audit", "--report", wheel]
    commands["check-wheel-contents"] = [tools / "check-wheel-contents", wheel]
    commands["twine"] = [tools / "twine", "check", "--strict", wheel]
    return commands


def main():
    """Measures, and prints one line for each tool and for each class of sizes."""
    ours, tools, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    wheels = [Path(path) for path in sys.argv[4:]]
    size = {wheel: wheel.stat().st_size for wheel in wheels}
    print(f"{len(wheels)} wheels, {sum(size.values()) / 1e6:.1f} MB; times are in seconds")

    own = {wheel: median([measure([ours, "check", wheel]) for _ in range(rounds)]) for wheel in wheels}
    together = median([measure([ours, "check", *wheels]) for _ in range(rounds)])
    by_tool = {}
    theirs = dict.fromkeys(wheels, NOTHING)
    for wheel in wheels:
        for tool, command in others(tools, wheel).items():
            cost = measure(command)
            theirs[wheel] += cost
            calls, total = by_tool.get(tool, (0, NOTHING))
            by_tool[tool] = (calls + 1, total + cost)
    by_tool["pyz3-wheel check"] = (len(wheels), sum(own.values(), NOTHING))

    for tool, (calls, cost) in by_tool.items():
        print(f"{tool:22} {calls:4} calls {cost.wall:9.2f} wall {cost.cpu:9.2f} CPU")
    print(f"{'all wheels in one call':22}    1 call  {together.wall:9.2f} wall {together.cpu:9.2f} CPU")
    print(f"(pyz3-wheel: medians of {rounds} rounds; the other tools: one round)")

    classes = []
    lowest = 0
    for highest, name in CLASSES:
        classes.append((name, [wheel for wheel in wheels if lowest <= size[wheel] < highest]))
        lowest = highest
    print("\nCPU time of the other tools, divided by that of pyz3-wheel:")
    for name, members in [*classes, ("all", wheels)]:
        if members:
            mine = sum(own[wheel].cpu for wheel in members)
            other = sum(theirs[wheel].cpu for wheel in members)
            print(f"{name:16} {len(members):4} wheels: {other / mine:5.0f} ({other:.2f} / {mine:.3f})")

    largest = max(wheels, key=size.get)
    cost = own[largest]
    print(f"\nthe largest, {size[largest] / 1e6:.1f} MB: {cost.wall:.3f} wall {cost.cpu:.3f} CPU ({largest.name})")


main()
