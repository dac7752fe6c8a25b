"""Build the project and install it in editable mode, unless it is installed already."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from . import _backend, _editable
from ._program import find_on_path
from ._results import BuildError, Problem, Pyz3WheelError
from ._shown import say


@dataclass(frozen=True)
class Request:
    """What to install, as the program passes it in JSON."""

    settings: dict[str, str]
    """Config settings, such as ``optimize``."""
    extras: list[str]
    """Extras of the project, whose requirements are installed too."""
    requirements: list[str]
    """Requirements of dependency groups."""


def main(report: str, project: str, request: str) -> int:
    """Build the project in its folder, and install it unless it is; give the exit code.

    The JSON document of what was done, or of why it failed, goes to the file ``report``; people
    have read it on stderr. ``request`` is a ``Request`` in JSON.
    """
    try:
        document = develop(project, Request(**json.loads(request)))
    except (Pyz3WheelError, OSError, _backend.RefusedError) as error:
        document = error_document(error)
    # A path need not be Unicode, and JSON has to be.
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    Path(report).write_bytes(text)
    return int(document["exit_code"])


def develop(project: str, request: Request) -> dict[str, Any]:
    """Build and install; give the document of what was done. Errors have been printed."""
    settings = request.settings
    with _printing_errors():
        install = _editable.plan(
            Path(project).resolve(), _backend.arguments(settings), rebuild=True
        )
    # The program has printed the problems that it found.
    with _printing_errors(but=lambda error: bool(getattr(error, "problems", ()))):
        wheel = install.build(quiet=False)
        install = _editable.with_native_names(install)
        _editable.copy_package(install)
        name, version = wheel.name.split("-")[:2]
        with tempfile.TemporaryDirectory() as folder, _working_in(project):
            # Hooks count from the folder that they run in, which is the project's.
            info = _backend.prepare_metadata_for_build_editable(folder, settings, quiet=True)
            up_to_date = is_installed(name, install, Path(folder) / info)
    if up_to_date and not request.extras and not request.requirements:
        say(f"{name} {version} is installed from {project}")
    else:
        exit_code = install_editable(project, request, install.package)
        if exit_code:
            raise Pyz3WheelError("the installer failed", exit_code=exit_code)
        up_to_date = False
        python = f"Python {platform.python_version()}"
        say(f"installed {name} {version} in editable mode into {sys.prefix} ({python})")
    return {
        "name": name,
        "version": version,
        "project": project,
        "environment": sys.prefix,
        "python": sys.executable,
        "work": "unchanged" if up_to_date else "installed",
        "exit_code": 0,
    }


def error_document(error: BaseException) -> dict[str, Any]:
    """Give the document of a failure, of the same shape as those of the program."""
    exit_code = int(getattr(error, "exit_code", 1))
    kinds = {2: "config", 3: "nothing", 4: "audit", 130: "interrupted"}
    kind = "build" if isinstance(error, BuildError) else "system"
    problems = getattr(error, "problems", ()) or [Problem(str(error))]
    return {
        "error": {
            "kind": kinds.get(exit_code, kind),
            "problems": [
                {name: text for name, text in asdict(problem).items() if text is not None}
                for problem in problems
            ],
        },
        "exit_code": exit_code,
    }


@contextlib.contextmanager
def _printing_errors(but: Callable[[Exception], bool] = lambda _: False) -> Iterator[None]:
    """Print an error on its way to the caller, unless it is known to be printed."""
    try:
        yield
    except (Pyz3WheelError, OSError) as error:
        if not but(error):
            say(f"error: {error}")
        raise


@contextlib.contextmanager
def _working_in(folder: str) -> Iterator[None]:
    """Work in a folder for a while; everything else runs where the user stands."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def is_installed(name: str, install: _editable.Install, info: Path) -> bool:
    """Whether the environment has this very install, and says of it what the project does now."""
    spec = importlib.util.find_spec(_editable.module_name(name))
    if spec is None or not spec.origin:
        return False
    if Path(spec.origin).read_text(encoding="utf-8") != _editable.module_text(install):
        return False
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    files = [file for file in info.rglob("*") if file.is_file()]
    return all(
        found.read_text(file.relative_to(info).as_posix()) == file.read_text(encoding="utf-8")
        for file in files
    )


RUN_PIP = """
import sys
sys.path[:] = [folder for folder in sys.path if folder]
import runpy
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
"""pip, without the modules of the current folder: relative paths in PIP_* are meant from there."""


def install_editable(project: str, request: Request, package: str) -> int:
    """Install the project with its dependencies, by the environment's pip, by uv or by another pip.

    ``package`` is the folder of the copy of this package that the installer imports as the build
    backend of the project.
    """
    uv, pip = find_on_path("uv"), find_on_path("pip")
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-c", RUN_PIP, "install", "--disable-pip-version-check"]
    elif uv:
        command = [uv, "pip", "install", "--python", sys.executable]
    elif pip:
        command = [pip, "--python", sys.executable, "install", "--disable-pip-version-check"]
    else:
        say(
            "error: the environment has no pip, and neither uv nor pip is on PATH\n"
            f" hint: install pip there: {sys.executable} -m ensurepip"
        )
        return 1
    extras = f"[{','.join(request.extras)}]" if request.extras else ""
    command += ["--quiet", "--no-build-isolation", "--editable", f"{project}{extras}"]
    command += request.requirements
    for name, value in request.settings.items():
        command += ["--config-settings", f"{name}={value}"]
    given = os.environ.get("PYTHONPATH")
    path = os.pathsep.join(filter(None, [package, given]))
    environment = {**os.environ, "PYTHONPATH": path} if package else None
    return subprocess.run(command, check=False, env=environment).returncode
