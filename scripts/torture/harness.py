"""Runs the program under attack, and checks what an attack leaves behind."""

import base64
import csv
import hashlib
import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

BINARY = os.path.abspath(os.environ["PYZ3_WHEEL"])
SEED = int(os.environ.get("PYZ3_TORTURE_SEED") or random.SystemRandom().randrange(10**6))
CHANCE = random.Random(SEED)
# Every process that an attack starts, directly or not, has this value in its environment.
MARK = f"PYZ3_TORTURE_MARK={os.getpid()}-{SEED}"
IS_LINUX = sys.platform == "linux"
# Exit codes that are documented; 101 is a panic, and a negative number is a signal.
DOCUMENTED = {0, 1, 2, 3, 4, 130}


# A shell starts its background jobs with SIGINT ignored, and `nohup` does so with SIGHUP: the program would obey.
for number in ("SIGINT", "SIGHUP"):
    if hasattr(signal, number):
        signal.signal(getattr(signal, number), signal.SIG_DFL)


class Report:
    """What each attack did, and which of them succeeded."""

    def __init__(self):
        self.faults = []

    def line(self, attack, tries, text):
        print(f"{attack:<36} {tries:>5}  {text}", flush=True)

    def fault(self, text):
        self.faults.append(text)
        print(f"  FAULT: {text}", flush=True)

    def skip(self, attack, why):
        print(f"{attack:<36}        SKIPPED: {why}", flush=True)


REPORT = Report()


def environment(**more):
    name, value = MARK.split("=")
    return {**os.environ, name: value, "NO_COLOR": "1", **more}


def start(arguments, **options):
    return subprocess.Popen(
        [BINARY, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        **options,
    )


def run(arguments, timeout=600, **more):
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        env=environment(**more),
    )


def must_pass(arguments):
    done = run(arguments)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")[-2000:]
        sys.exit(f"torture.sh: {' '.join(map(str, arguments))} fails without any attack:\n{said}")
    return done


def survivors():
    """The processes of an attack that are still running."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if MARK.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            pass
    return found


def check_survivors(what):
    """Waits for the processes that were told to end; a killed run's need a moment."""
    if not IS_LINUX:
        return
    until = time.monotonic() + 5
    while survivors() and time.monotonic() < until:
        time.sleep(0.05)
    for command in survivors():
        REPORT.fault(f"{what}: still running five seconds later: {command[:100]}")


def fault_of_wheel(path):
    """Why a wheel is not whole, or None."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            record = next(name for name in names if name.endswith(".dist-info/RECORD"))
            rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
            if sorted(row[0] for row in rows) != sorted(names):
                return "RECORD lists other files"
            for name, digest, _ in rows:
                if digest:
                    found = base64.urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest())
                    if digest != "sha256=" + found.rstrip(b"=").decode():
                        return f"{name} has another hash"
    except Exception as error:  # Whatever it is, the wheel is not whole.
        return repr(error)
    return None


def check_output(what, dist, expected):
    """The expected archives are there, all archives are whole, and nothing else has a name."""
    names = {path.name for path in dist.iterdir()} if dist.is_dir() else set()
    for name in sorted(expected - names):
        REPORT.fault(f"{what}: {name} is gone")
    for name in sorted(names):
        if name.startswith(".pyz3-wheel-"):
            continue  # Temporary: the next run removes it.
        if name.endswith(".whl"):
            fault = fault_of_wheel(dist / name)
            if fault:
                REPORT.fault(f"{what}: {name}: {fault}")
        elif name.endswith(".tar.gz"):
            done = subprocess.run(["gzip", "-t", str(dist / name)], capture_output=True)
            if done.returncode != 0:
                REPORT.fault(f"{what}: {name} is not whole")
        else:
            REPORT.fault(f"{what}: an unknown file {name} in the output folder")
    return names


def temporary_folders(folder):
    return sorted(path.name for path in Path(folder).glob("pyz3-wheel-*"))


class Project:
    """A copy of the example in a folder of its own, with the temporary folder of its runs."""

    def __init__(self, work, example, name):
        self.folder = work / name
        shutil.copytree(example, self.folder, ignore=shutil.ignore_patterns("dist", ".pyz3-wheel", ".zig-cache", "zig-out"))
        self.dist = self.folder / "dist"
        self.serial = 0

    def arguments(self, *more):
        return ["--project", self.folder, *more]

    def change_package(self):
        self.serial += 1
        with open(self.folder / "src" / "hello" / "__init__.py", "a") as file:
            file.write(f"# {self.serial}\n")

    def change_zig(self):
        self.serial += 1
        source = next(iter(sorted(self.folder.glob("src/*.zig")) or sorted(self.folder.glob("*.zig"))))
        with open(source, "a") as file:
            file.write(f"// {self.serial}\n")

    def jobs_left(self):
        jobs = self.folder / ".pyz3-wheel" / "jobs"
        return len(list(jobs.iterdir())) if jobs.is_dir() else 0


MATRIX = ["--all-platforms", "--all-pythons"]


def kill_after(process, seconds):
    """Whether the process was still running when it was killed."""
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


def environment_with_package(venv):
    """A virtual environment with the program and the Python package of this checkout; its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    programs = venv / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.run([str(python), "-c", ask], capture_output=True, text=True, check=True).stdout.strip())
    shutil.copytree(Path(__file__).parents[2] / "src" / "python" / "pyz3_wheel", packages / "pyz3_wheel")
    info = packages / "pyz3_wheel-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pyz3-wheel\nVersion: 0\n")
    shutil.copy(BINARY, programs / ("pyz3-wheel.exe" if os.name == "nt" else "pyz3-wheel"))
    return python
