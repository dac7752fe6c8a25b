"""Find and run the program."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ._results import BuildError, Pyz3WheelError, failure_of, problems_of
from ._shown import say

NAME = "pyz3-wheel.exe" if sys.platform == "win32" else "pyz3-wheel"

RECORD = Path(__file__).with_name("program.txt")
"""The path of the program that made this copy of the package; only copies have this file.

``pyz3-wheel develop`` copies the package into the project, so that an editable install works in an
environment without pyz3-wheel.
"""


def find_program() -> Path:
    """Return the path of the program ``pyz3-wheel`` that this package belongs to."""
    if RECORD.is_file():
        return _find_recorded(Path(os.fsdecode(RECORD.read_bytes())))
    folders = list(dict.fromkeys(_folders()))
    for folder in folders:
        program = folder / NAME
        if program.is_file():
            return program
    looked = ", ".join(map(str, folders))
    raise FileNotFoundError(
        f"the program {NAME} is not where installers put it with the package pyz3_wheel (looked in "
        f"{looked}); install the package again: python -m pip install --force-reinstall pyz3-wheel"
    )


def find_on_path(name: str) -> str | None:
    """Find a program in the absolute directories of PATH, never in the current directory."""
    file = f"{name}.exe" if sys.platform == "win32" else name
    folders = map(Path, os.get_exec_path())
    found = (shutil.which(str(folder / file)) for folder in folders if folder.is_absolute())
    return next(filter(None, found), None)


def _find_recorded(recorded: Path) -> Path:
    """Return the program that made this copy of the package, or another one if it is gone."""
    for program in [recorded, *(folder / NAME for folder in _folders_of_python())]:
        if program.is_file():
            return program
    on_path = find_on_path("pyz3-wheel")
    if on_path:
        return Path(on_path)
    raise FileNotFoundError(
        f"the program that installed this project, {recorded}, does not exist any more, and there "
        "is no pyz3-wheel in this environment or on PATH; install pyz3-wheel, then run "
        "`pyz3-wheel develop` again"
    )


def _folders() -> Iterator[Path]:
    """Return the directories where installers put programs, the likeliest first."""
    package = Path(__file__).resolve().parent
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    # Of `pip install --target` and of `--prefix`, as pip's environment for builds is one:
    # they say nothing to sysconfig. PREFIX/lib/python3.12/site-packages, PREFIX\Lib\site-packages.
    yield package.parent / scripts
    depth = 2 if sys.platform == "win32" else 3
    if depth < len(package.parents):
        yield package.parents[depth] / scripts
    yield from _folders_of_python()


def _folders_of_python() -> Iterator[Path]:
    """Where this Python has its programs, and the user's programs for it."""
    yield Path(sysconfig.get_path("scripts"))
    if sys.platform == "win32":
        user = "nt_user"
    elif sys.platform == "darwin" and sys._framework:
        user = "osx_framework_user"
    else:
        user = "posix_user"
    yield Path(sysconfig.get_path("scripts", scheme=user))


def ask(
    arguments: Sequence[str],
    *,
    quiet: bool = False,
    environment: Mapping[str, str] | None = None,
    announcement: str = "",
) -> Any:
    """Run the program and return its JSON document, whatever the exit code.

    What it says goes to this process's stderr, unless ``quiet``. The announcement goes there when
    the program takes longer than a second.
    """
    try:
        program = find_program()
        run = _run(
            [str(program), "--format", "json", *arguments],
            announcement,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if quiet else None,
            env=_without_copy(environment),
            encoding="utf-8",
            errors="replace",
        )
    except (OSError, UnicodeError) as error:
        # No program, or none that this process may run; or a name that this locale cannot spell.
        raise Pyz3WheelError(str(error), exit_code=1) from None
    try:
        return json.loads(run.stdout)
    except ValueError:
        # A crash is reported on stderr only.
        said = (run.stderr or "").strip()
        message = said or f"{NAME} ended with exit code {run.returncode} and no document"
        raise Pyz3WheelError(message, exit_code=run.returncode or 1) from None


def _without_copy(environment: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Remove this copy of the package from PYTHONPATH: only the installer's processes need it."""
    given = os.environ if environment is None else environment
    parts = given.get("PYTHONPATH", "").split(os.pathsep)
    own = str(RECORD.parent.parent)
    if not RECORD.is_file() or own not in parts:
        return environment
    others = {name: value for name, value in given.items() if name != "PYTHONPATH"}
    rest = os.pathsep.join(part for part in parts if part != own)
    return {**others, "PYTHONPATH": rest} if rest else others


def _run(command: list[str], announcement: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program as ``subprocess.run`` does, and print the announcement after a second.

    No thread prints it: since Python 3.12, no thread can be started while the interpreter exits.
    """
    with subprocess.Popen(command, **options) as process:
        try:
            try:
                stdout, stderr = process.communicate(timeout=1 if announcement else None)
            except subprocess.TimeoutExpired:
                say(announcement)
                stdout, stderr = process.communicate()
        except RuntimeError:
            # On Windows, subprocess reads two pipes, or one with a timeout, in threads. They cannot
            # be started any more.
            process.kill()
            if options["stderr"] is not None:
                options["stderr"] = subprocess.DEVNULL
            return subprocess.run(command, **options, check=False)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def refused(document: Any) -> None:
    """Raise the error of a document, if it has one."""
    error = document.get("error")
    if error:
        problems = problems_of(error)
        raise Pyz3WheelError(
            "\n".join(map(str, problems)), exit_code=document["exit_code"], problems=problems
        )


def wheels_of(document: Any) -> list[Any]:
    """Return the wheels of a build, or raise an error if a wheel failed."""
    refused(document)
    # A dry run has neither.
    wheels = list(document.get("wheels", ()))
    if document.get("failures"):
        raise BuildError(
            [failure_of(failure) for failure in document["failures"]],
            [Path(wheel["path"]) for wheel in wheels],
            exit_code=document["exit_code"],
        )
    return wheels
