"""Attacks on runs: kills, signals, full disks, concurrent runs, files that change or disappear."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from harness import (
    CHANCE,
    DOCUMENTED,
    IS_LINUX,
    MATRIX,
    Project,
    REPORT,
    check_output,
    check_survivors,
    environment,
    environment_with_package,
    fault_of_wheel,
    kill_after,
    must_pass,
    run,
    start,
    temporary_folders,
)

def kill(work, example, tries):
    project = Project(work, example, "kill")
    must_pass(project.arguments(*MATRIX))
    wheels = {path.name for path in project.dist.iterdir()}

    def attack(name, count, arguments, change, expected):
        """Kills a run at a random moment of its usual duration, `count` times."""
        if count == 0:
            return
        # The first run fills caches, and the second shows how long one takes.
        for _ in range(2):
            change()
            began = time.monotonic()
            must_pass(arguments)
            usual = time.monotonic() - began
        killed = 0
        for _ in range(count):
            change()
            killed += kill_after(start(arguments), CHANCE.uniform(0.005, usual))
            check_output(name, project.dist, expected)
        check_survivors(name)
        # The first run after it finishes the work, and the second has nothing left to sweep.
        for _ in range(2):
            must_pass(arguments)
        if project.jobs_left():
            REPORT.fault(f"{name}: {project.jobs_left()} folders of jobs stay behind")
        left = [path.name for path in project.dist.glob(".pyz3-wheel-*")]
        if left:
            REPORT.fault(f"{name}: {left} stay behind in the output folder")
        left = temporary_folders(tempfile.gettempdir())
        if left:
            REPORT.fault(f"{name}: {left} stay behind in the temporary folder")
        REPORT.line(f"kill -9, {name}", count, f"{killed} killed while they ran")

    attack("packing", tries(15), project.arguments(*MATRIX), project.change_package, wheels)
    attack("zig builds", tries(10), project.arguments(*MATRIX, "--no-cache"), project.change_zig, wheels)
    must_pass(["sdist", *project.arguments()])
    archives = {path.name for path in project.dist.iterdir()}
    attack("sdist", tries(7), ["sdist", *project.arguments()], project.change_package, archives)
    python = ["--python", f"{sys.version_info[0]}.{sys.version_info[1]}"]
    elsewhere = ["-o", work / "from-sdist"]
    attack("--from-sdist", tries(2), project.arguments("--from-sdist", *python, *elsewhere), project.change_package, archives)
    attack("--verify-reproducible", tries(2), project.arguments("--verify-reproducible", *python), project.change_package, archives)
    venv = work / "venv"
    inside = environment_with_package(venv)
    attack("develop", tries(3), ["develop", "--venv", venv, *project.arguments()], project.change_package, archives)
    said = subprocess.run([str(inside), "-c", "import hello"], capture_output=True, env=environment())
    if said.returncode != 0:
        REPORT.fault(f"develop: the import fails afterwards: {said.stderr.decode(errors='replace')[-300:]}")


def signals(work, example, tries):
    project = Project(work, example, "signals")
    must_pass(project.arguments(*MATRIX))
    wheels = {path.name for path in project.dist.iterdir()}
    arguments = project.arguments(*MATRIX, "--no-cache")
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        came = 0
        for _ in range(tries(3)):
            project.change_zig()
            process = start(arguments)
            time.sleep(CHANCE.uniform(0.3, 2))
            process.send_signal(number)
            try:
                code = process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                REPORT.fault(f"{number.name}: still running 30 s later")
                continue
            came += code == 130
            if code not in (0, 130):
                REPORT.fault(f"{number.name}: exit code {code}")
            check_output(number.name, project.dist, wheels)
            check_survivors(number.name)
            if project.jobs_left():
                REPORT.fault(f"{number.name}: {project.jobs_left()} folders of jobs stay behind")
        REPORT.line(number.name, tries(3), f"{came} interrupted, exit code 130")


def disk(work, example, tries):
    if not IS_LINUX or os.geteuid() != 0:
        REPORT.skip("full disk", "that needs root on Linux")
        return
    mounted = work / "mounted"
    mounted.mkdir()
    probe = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(mounted)], capture_output=True)
    if probe.returncode != 0:
        REPORT.skip("full disk", "tmpfs cannot be mounted here")
        return
    subprocess.run(["umount", str(mounted)], check=True)
    project = Project(work, example, "disk")
    must_pass(project.arguments(*MATRIX))

    def attack(what, count, sizes, attempt, afterwards=""):
        """Lets `attempt` run its command below `mounted`, on disks of these sizes in kilobytes."""
        failed = 0
        for _ in range(count):
            size = f"size={CHANCE.choice(sizes)}k"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(mounted)], check=True)
            try:
                failed += attempt() != 0
            finally:
                subprocess.run(["umount", "-l", str(mounted)], check=True)
        REPORT.line(f"full disk, {what}", count, f"{failed} failed{afterwards}")

    def check_code(what, done):
        if done.returncode not in DOCUMENTED:
            REPORT.fault(f"full disk, {what}: exit code {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}")
        return done.returncode

    def output():
        earlier = mounted / "earlier-1.0-py3-none-any.whl"
        earlier.write_bytes(b"x" * 100)
        code = check_code("output", run(project.arguments(*MATRIX, "-o", mounted)))
        names = {path.name for path in mounted.iterdir()}
        if earlier.name not in names or earlier.read_bytes() != b"x" * 100:
            REPORT.fault("full disk, output: an earlier file has changed")
        for name in names - {earlier.name}:
            if not name.endswith(".whl") or fault_of_wheel(mounted / name):
                REPORT.fault(f"full disk, output: {name} is left, and is not a whole wheel")
        return code

    def sdist():
        code = check_code("sdist", run(["sdist", *project.arguments("-o", mounted)]))
        for path in mounted.iterdir():
            if subprocess.run(["gzip", "-t", str(path)], capture_output=True).returncode != 0:
                REPORT.fault(f"full disk, sdist: {path.name} is not whole")
        return code

    def in_project():
        copy = Project(mounted, example, "project")
        code = check_code("project", run(copy.arguments(*MATRIX, "--no-cache", "-o", work / "elsewhere")))
        check_output("full disk, project", work / "elsewhere", set())
        return code

    zig = zig_path(project)

    def in_cache():
        project.change_zig()
        arguments = project.arguments(*MATRIX, "--zig", zig, "--cache-dir", mounted / "cache")
        code = check_code("cache", run(arguments))
        check_output("full disk, cache", project.dist, set())
        # With space again the same cache works: what is in it is whole.
        subprocess.run(["mount", "-o", "remount,size=64m", str(mounted)], check=True)
        must_pass(arguments)
        return code

    attack("output", tries(5), [8, 16, 32, 64, 128, 256, 412], output)
    attack("sdist", tries(4), [4, 8, 12, 16], sdist)
    attack("project", tries(4), [64, 128, 256, 512, 4096], in_project)
    attack("cache", tries(4), [80, 200, 400, 1000, 2000, 4000, 8000], in_cache, ", then passed with space")


def race(work, example, tries):
    project = Project(work, example, "race")
    must_pass(project.arguments(*MATRIX))
    wheels = {path.name for path in project.dist.iterdir()}
    for name, count, options, change in (
        ("packing", tries(24), [], project.change_package),
        ("zig builds", tries(5), ["--no-cache"], project.change_zig),
    ):
        runs = 0
        while runs < count:
            change()
            processes = [start(project.arguments(*MATRIX, *options)) for _ in range(4)]
            for process in processes:
                code = process.wait()
                if code != 0:
                    REPORT.fault(f"four runs at once, {name}: exit code {code}")
            runs += 4
            check_output(f"four runs at once, {name}", project.dist, wheels)
        REPORT.line(f"four runs at once, {name}", runs, f"{len(wheels)} wheels each time")


def rewrite(work, example, tries):
    project = Project(work, example, "rewrite")
    python = ["--python", f"{sys.version_info[0]}.{sys.version_info[1]}"]
    must_pass(project.arguments(*python))
    wheels = {path.name for path in project.dist.iterdir()}
    victim = project.folder / "src" / "hello" / "data.bin"
    script = (
        "import os, random, sys\n"
        "while True:\n"
        "    with open(sys.argv[1], 'wb') as file: file.write(os.urandom(random.randrange(200_000)))\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(victim)], env=environment())
    refused = 0
    count = tries(200)
    try:
        for _ in range(count):
            done = run(project.arguments(*python), timeout=120)
            refused += done.returncode != 0
            if done.returncode not in (0, 1):
                REPORT.fault(f"rewritten file: exit code {done.returncode}")
            check_output("rewritten file", project.dist, wheels)
    finally:
        writer.kill()
        writer.wait()
    REPORT.line("a file rewritten during packing", count, f"{refused} refused, the others whole")


def remove(work, example, tries):
    cache = work / "cache"
    for name in ("output", "cache", "workspace", "project"):
        count = tries(6)
        failed = 0
        for number in range(count):
            project = Project(work, example, f"remove-{name}-{number}")
            (work / "kept").mkdir(exist_ok=True)
            output = work / "kept" if name == "project" else project.dist
            zig = ["--zig", zig_path(project)]
            process = start(project.arguments(*MATRIX, *zig, "--cache-dir", cache, "-o", output))
            time.sleep(CHANCE.uniform(0.1, 2))
            folder = {"output": output, "cache": cache, "workspace": project.folder / ".pyz3-wheel", "project": project.folder}[name]
            shutil.rmtree(folder, ignore_errors=True)
            try:
                code = process.wait(600)
            except subprocess.TimeoutExpired:
                process.kill()
                REPORT.fault(f"{name} removed: still running ten minutes later")
                continue
            failed += code != 0
            if code not in (0, 1):
                REPORT.fault(f"{name} removed: exit code {code}")
            check_output(f"{name} removed", output, set())
            if name != "project":
                must_pass(project.arguments(*MATRIX, *zig, "--cache-dir", cache, "-o", output))
                check_output(f"{name} removed, next run", output, set())
        REPORT.line(f"{name} removed during a build", count, f"{failed} failed")


def zig_path(project):
    """The Zig that the builds of the project use."""
    done = must_pass(project.arguments("--format", "json"))
    return json.loads(done.stdout)["zig"]["path"]
