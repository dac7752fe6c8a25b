#!/usr/bin/env python3
"""bench_pack.py PACK PYZ3_WHEEL TOOLS ZIG WORK ROUNDS: what `bench.sh pack` measures.

PACK is tests/bench/pack.rs, TOOLS the folder with uv, and a python with hatchling and wheel; trees
are made of pieces of ZIG and of this Python's library, in WORK.
"""

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import NamedTuple

MB = 1_000_000
METADATA = "Metadata-Version: 2.4\nName: bench\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: false\nTag: py3-none-linux_x86_64\n"
PYPROJECT = """[project]
name = "bench"
version = "1.0"
[build-system]
requires = ["{0}"]
build-backend = "{1}"
[tool.hatch.build.targets.wheel]
packages = ["src/bench"]
"""


class Cost(NamedTuple):
    """Seconds, seconds, MiB."""

    wall: float
    cpu: float
    peak: float


def run(command, cwd):
    """What a command costs; its output is shown when it fails."""
    with open(cwd / "said", "wb") as said:
        begin = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)]
        here = os.getcwd()
        os.chdir(cwd)
        child = os.posix_spawn(command[0], [str(part) for part in command], os.environ, file_actions=actions)
        os.chdir(here)
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command} failed:\n{(cwd / 'said').read_text(errors='replace')}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def tree(folder, zig, binaries, files, size):
    """A package with binaries of these sizes in MB, cut from zig, and as many Python files as say."""
    package = folder / "src" / "bench"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    source = zig.read_bytes()
    position = 4096  # no binary by its first bytes, which would be a damaged one
    for number, length in enumerate(binaries):
        # From the beginning again: longer than the binary it may not be.
        part = (source + source)[position % len(source) :][: length * MB]
        position += length * MB
        (package / f"lib{number}.so").write_bytes(part)
    library = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    texts = [path.read_bytes() for path in library if path.stat().st_size > 0][:files]
    while len(texts) < files:
        texts += texts[: files - len(texts)]
    missing = size * MB - sum(binaries) * MB - sum(map(len, texts))
    for number, text in enumerate(texts):
        part = package / f"part{number // 100}"
        part.mkdir(exist_ok=True)
        (part / f"m{number}.py").write_bytes(text)
    if missing > 0:
        joined = b"".join(texts)
        (package / "table.txt").write_bytes((joined * (missing // len(joined) + 1))[:missing])


def elsewhere(function, *args):
    """Calls it in a process of its own: what it takes in memory would count as its successors'."""
    child = os.fork()
    if child == 0:
        function(*args)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("no tree could be made")


def commands(folder, pack, tools):
    """The competitors' commands, by name, in folders of their own."""
    for name, requires, backend in (("uv", "uv_build", "uv_build"), ("hatchling", "hatchling", "hatchling.build")):
        (folder / name).mkdir()
        (folder / name / "src").symlink_to(folder / "src")
        (folder / name / "pyproject.toml").write_text(PYPROJECT.format(requires, backend))
    unpacked = folder / "unpacked"
    (unpacked / "bench-1.0.dist-info").mkdir(parents=True)
    (unpacked / "bench-1.0.dist-info" / "METADATA").write_text(METADATA)
    (unpacked / "bench-1.0.dist-info" / "WHEEL").write_text(WHEEL)
    subprocess.run(["cp", "-r", folder / "src" / "bench", unpacked], check=True)
    maturin(folder / "maturin", folder / "src")
    python = tools / "python"
    return {
        "pyz3-wheel": ([pack, folder / "src", folder / "ours", "1"], folder),
        "ten that share": ([pack, folder / "src", folder / "ten", "10"], folder),
        "uv build": ([tools / "uv", "build", "--wheel", "--offline", "--out-dir", folder / "out-uv"], folder / "uv"),
        "hatchling": ([python, "-m", "hatchling", "build", "-t", "wheel"], folder / "hatchling"),
        "maturin": (
            [tools / "maturin", "build", "--offline", "--profile", "dev", "--out", folder / "out-maturin"],
            folder / "maturin",
        ),
        "wheel pack": ([python, "-m", "wheel", "pack", unpacked, "-d", folder], folder),
    }


def maturin(folder, source):
    """The same package beside a Rust program that is compiled already: what is left is packing."""
    folder.mkdir()
    (folder / "main.rs").write_text("fn main() {}\n")
    binary = '[[bin]]\nname = "bench"\npath = "main.rs"\n'
    profile = "[profile.dev]\ndebug = false\nstrip = true\n"
    (folder / "Cargo.toml").write_text(f'[package]\nname = "bench"\nversion = "1.0.0"\nedition = "2021"\n{binary}{profile}')
    # With a program it takes no package by itself, so that the files are named.
    subprocess.run(["cp", "-r", source / "bench", folder], check=True)
    tool = '[tool.maturin]\nbindings = "bin"\ninclude = [{ path = "bench/**/*", format = "wheel" }]\n'
    build = '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n'
    (folder / "pyproject.toml").write_text(f'[project]\nname = "bench"\nversion = "1.0"\n{build}{tool}')
    subprocess.run(["cargo", "build", "--quiet", "--offline"], cwd=folder, check=True)


def compare(name, folder, pack, check, tools, rounds):
    costs = {}
    for tool, (command, cwd) in commands(folder, pack, tools).items():
        costs[tool] = ([], command, cwd)
    for turn in range(rounds):
        for tool, (found, command, cwd) in costs.items():
            # The slow ones once: theirs are no close races.
            if turn == 0 or tool not in ("hatchling", "maturin", "wheel pack"):
                found.append(run(command, cwd))
    middle = {tool: Cost(*map(statistics.median, zip(*found))) for tool, (found, _, _) in costs.items()}
    for tool, cost in middle.items():
        print(f"  {tool:15} {cost.wall:8.3f} s wall {cost.cpu:8.3f} s CPU {cost.peak:7.0f} MiB at most")
    wheels = sorted((folder / "ours").iterdir())
    size, theirs = wheels[0].stat().st_size, next((folder / "out-uv").glob("*.whl")).stat().st_size
    judged = run([check, "check", wheels[0]], folder)
    print(f"  our wheel {size / MB:.2f} MB, uv's {theirs / MB:.2f} MB; `check` of ours {judged.cpu:.3f} s CPU, {judged.peak:.0f} MiB")

    def paired(field):
        # Of the same round: what else the machine does then weighs on both.
        pairs = zip(costs["pyz3-wheel"][0], costs["uv build"][0])
        return statistics.median(getattr(ours, field) / getattr(uv, field) for ours, uv in pairs)

    goals = {"large": ("0.60", "1.00"), "small": ("0.50", "-")}[name]
    print(f"  of uv's: wall {paired('wall'):.2f} (goal {goals[0]}), CPU {paired('cpu'):.2f} (goal {goals[1]})")
    further = statistics.median(
        (ten.cpu - one.cpu) / one.cpu for ten, one in zip(costs["ten that share"][0], costs["pyz3-wheel"][0])
    )
    print(f"  wheels two to ten together, of the first's CPU: {further:.2f} (goal 1.00)")


def main():
    pack, check, tools, zig, work = (Path(arg).absolute() for arg in sys.argv[1:6])
    rounds = int(sys.argv[6])
    print(f"{os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f} (ratios are of paired runs)")
    for name, binaries, files, size in (("large", (38, 34, 30, 27, 23), 3000, 200), ("small", (), 20, 0)):
        folder = work / name
        elsewhere(tree, folder, zig, binaries, files, size)
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        print(f"{name}: {len(sizes)} files, {sum(sizes) / MB:.1f} MB", flush=True)
        compare(name, folder, pack, check, tools, rounds if name == "large" else 5 * rounds)


main()
