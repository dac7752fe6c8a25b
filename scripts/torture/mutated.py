"""Attacks with input: mutated wheels and project files."""

import csv
import hashlib
import base64
import io
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

from harness import (
    CHANCE,
    DOCUMENTED,
    MATRIX,
    Project,
    REPORT,
    must_pass,
    run,
)

def mutate_bytes(data, count):
    data = bytearray(data)
    for _ in range(count):
        kind = CHANCE.randrange(5)
        at = CHANCE.randrange(len(data) + 1)
        if kind == 0 and data:
            data[at % len(data)] = CHANCE.randrange(256)
        elif kind == 1:
            del data[at : at + CHANCE.choice([1, 2, 16, 400])]
        elif kind == 2:
            data[at:at] = CHANCE.randbytes(CHANCE.choice([1, 4, 60]))
        elif kind == 3:
            length = CHANCE.choice([2, 8, 64])
            source = CHANCE.randrange(len(data) + 1)
            data[at : at + length] = data[source : source + length]
        else:
            data[at : at + 4] = CHANCE.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"../.", b"\x1b[2J", b"\xe2\x80\xae"])
    return bytes(data)


def judge(what, done, keep):
    """A mutated input leads to a documented exit code and, with JSON, to a document."""
    fault = None
    if done.returncode not in DOCUMENTED:
        fault = f"exit code {done.returncode}: {done.stderr.decode(errors='replace')[-200:]}"
    elif done.stdout:
        try:
            json.loads(done.stdout)
        except ValueError as error:
            fault = f"standard output is not JSON: {error}"
    else:
        fault = "no document on standard output"
    if fault:
        kept = Path(tempfile.mkdtemp(prefix="torture-"))
        shutil.copytree(keep, kept / "input") if keep.is_dir() else shutil.copy(keep, kept)
        REPORT.fault(f"{what}: {fault} (input kept in {kept})")
    return done.returncode


def write_mutated(seed, path):
    """Changes one file of a wheel, and mostly RECORD to match, so that later checks are reached too."""
    with zipfile.ZipFile(seed) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    record = next(name for name in files if name.endswith(".dist-info/RECORD"))
    chosen = CHANCE.choice(list(files))
    data = mutate_bytes(files.pop(chosen), CHANCE.choice([1, 2, 8]))
    if CHANCE.random() < 0.2:
        chosen = CHANCE.choice(["../x", "/etc/x", "a\\b", "x" * 300, "con", "a/../b", "a\u202eb", "x.pth"])
    files[chosen] = data
    if chosen != record and record in files and CHANCE.random() < 0.8:
        rows = io.StringIO()
        writer = csv.writer(rows, lineterminator="\n")
        for name, content in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            writer.writerow([name, "", ""] if name == record else [name, f"sha256={digest}", len(content)])
        files[record] = rows.getvalue().encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(name, content)


def wheels(work, example, tries):
    project = Project(work, example, "wheels")
    must_pass(project.arguments(*MATRIX))
    seeds = sorted(project.dist.glob("*.whl"))
    folder = work / "mutated-wheels"
    folder.mkdir()
    refused = 0
    count = tries(600)
    for _ in range(count):
        seed = CHANCE.choice(seeds)
        path = folder / seed.name
        if CHANCE.random() < 0.3:
            path.write_bytes(mutate_bytes(seed.read_bytes(), CHANCE.choice([1, 3, 20])))
        else:
            write_mutated(seed, path)
        refused += judge("mutated wheel", run(["check", "--format", "json", path], timeout=120), path) != 0
        path.unlink()
    REPORT.line("check of mutated wheels", count, f"{refused} refused")


def projects(work, example, tries):
    project = Project(work, example, "projects")
    (project.folder / "build.zig.zon").write_text(
        '.{ .name = .hello, .version = "0.1.0", .fingerprint = 0x1234567812345678, .paths = .{""}, '
        '.dependencies = .{ .a = .{ .url = "https://user:secret@localhost/a.tar.gz", .hash = "a-1.0.0-AAAA" } } }\n'
    )
    originals = {name: (project.folder / name).read_bytes() for name in ("pyproject.toml", "build.zig.zon")}
    commands = (["--dry-run"], ["metadata"], ["files"], ["doctor"], ["platforms"], ["pythons"], ["sdist", "-o", work / "sdists"], ["cache", "dir"], ["explain"], ["--list"])
    commands = [command for command in commands if run([*command, "--help"]).returncode == 0]
    refused = 0
    count = tries(600)
    for _ in range(count):
        name = CHANCE.choice([*originals, "pyproject.toml"])
        (project.folder / name).write_bytes(mutate_bytes(originals[name], CHANCE.choice([1, 1, 2, 5])))
        command = CHANCE.choice(commands)
        done = run([*command, *project.arguments("--format", "json")], timeout=120)
        refused += judge(f"mutated {name}, {command[0]}", done, project.folder) != 0
        if b"secret" in done.stdout + done.stderr and b"user" in done.stdout + done.stderr:
            if b"user:secret@" in done.stdout + done.stderr:
                REPORT.fault(f"{command[0]} prints the password of a URL in {name}")
        (project.folder / name).write_bytes(originals[name])
    REPORT.line("commands on mutated projects", count, f"{refused} refused")
