"""What ``pyz3-wheel develop`` runs in the environment: build, and install where that is due."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import _backend, _editable
from ._results import Pyz3WheelError
from ._shown import say


def main(project: str, *options: str) -> int:
    """Build the project in its folder, and install it unless it is; give the exit code.

    Each option is a config setting, ``optimize=Debug``.
    """
    settings = dict(option.split("=", 1) for option in options)
    try:
        install = _editable.plan(
            Path(project).resolve(), _backend.arguments(settings), rebuild=True
        )
    except Pyz3WheelError as error:
        return _told(error)
    try:
        wheel = install.build(quiet=False)
        install = _editable.with_native_names(install)
        name, version = wheel.name.split("-")[:2]
        with tempfile.TemporaryDirectory() as folder, _working_in(project):
            # Hooks count from the folder that they run in, which is the project's.
            info = _backend.prepare_metadata_for_build_wheel(folder, settings)
            up_to_date = is_installed(name, install, Path(folder) / info)
    except Pyz3WheelError as error:
        # What has problems was told by the program.
        return error.exit_code if error.problems else _told(error)
    except OSError as error:
        return _told(error)
    if up_to_date:
        say(f"{name} {version} is installed from {project}")
        return 0
    return install_editable(project, settings)


@contextlib.contextmanager
def _working_in(folder: str) -> Iterator[None]:
    """Work in a folder for a while; everything else runs where the user stands."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _told(error: Exception) -> int:
    say(f"error: {error}")
    return getattr(error, "exit_code", 1)


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


def install_editable(project: str, settings: Mapping[str, str]) -> int:
    """Have pip, or uv where there is none, install the project with what it depends on."""
    uv = _find_uv()
    if importlib.util.find_spec("pip"):
        command = [sys.executable, "-c", RUN_PIP, "install", "--disable-pip-version-check"]
    elif uv:
        command = [uv, "pip", "install", "--python", sys.executable]
    else:
        say(
            "error: neither pip is in the environment nor uv on PATH\n"
            f" hint: {sys.executable} -m ensurepip"
        )
        return 1
    command += ["--quiet", "--no-build-isolation", "--editable", project]
    for name, value in settings.items():
        command += ["--config-settings", f"{name}={value}"]
    return subprocess.run(command, check=False).returncode


def _find_uv() -> str | None:
    """Find uv in the absolute directories of PATH, never in the current directory."""
    name = "uv.exe" if sys.platform == "win32" else "uv"
    folders = map(Path, os.get_exec_path())
    found = (shutil.which(str(folder / name)) for folder in folders if folder.is_absolute())
    return next(filter(None, found), None)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
