"""The attacks of torture.sh: run `torture.sh`, which says what they are."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import interrupted
import mutated
from harness import BINARY, REPORT, SEED

ATTACKS = {
    "kill": interrupted.kill,
    "signals": interrupted.signals,
    "disk": interrupted.disk,
    "race": interrupted.race,
    "rewrite": interrupted.rewrite,
    "remove": interrupted.remove,
    "wheels": mutated.wheels,
    "projects": mutated.projects,
}


def main():
    example = Path(sys.argv[1])
    chosen = sys.argv[2:]
    small = "small" in chosen
    chosen = [name for name in chosen if name != "small"]
    unknown = [name for name in chosen if name not in ATTACKS]
    if unknown:
        sys.exit(f"torture.sh: no attack is called {unknown[0]}; the attacks are {', '.join(ATTACKS)}")
    print(f"seed {SEED}, program {BINARY}", flush=True)

    def tries(count):
        return max(1, count // 10) if small else count

    # A temporary folder of its own shows what killed runs leave in it.
    with tempfile.TemporaryDirectory(prefix="torture-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / "tmp").mkdir()
        os.environ["TMPDIR"] = tempfile.tempdir = str(work / "tmp")
        try:
            for name in chosen or ATTACKS:
                room = work / name
                room.mkdir()
                ATTACKS[name](room, example, tries)
                shutil.rmtree(room, ignore_errors=True)
        finally:
            tempfile.tempdir = None
            del os.environ["TMPDIR"]
    if REPORT.faults:
        sys.exit(f"{len(REPORT.faults)} faults, seed {SEED}")
    print("no faults")


main()
