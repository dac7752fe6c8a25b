"""Finds the native modules of an editable install; a copy of this file is in site-packages.

It needs nothing but Python there. The copy ends with a function ``start``, which Python calls when
it begins: on account of the file ``.start`` since 3.15 (PEP 829), of a line in ``.pth`` before.
Before the first import of the project, the package pyz3_wheel builds the modules whose sources have
changed: the copy that ``pyz3-wheel develop`` has made, or the package in the environment.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any


class Redirect(MetaPathFinder):
    """Knows where the native modules of one project are."""

    def __init__(self, install: dict[str, Any]) -> None:
        self.install = install
        """What ``pyz3_wheel._editable.Install`` has, as JSON."""
        self.modules: dict[str, Path] | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a native module; the others are found where they lie."""
        names = self.install["names"]
        if not any(fullname == name or fullname.startswith(f"{name}.") for name in names):
            return None
        if self.modules is None:
            self.rebuild()
            self.modules = self.found()
        file = self.modules.get(fullname)
        return importlib.util.spec_from_file_location(fullname, file) if file else None

    def rebuild(self) -> None:
        """Build what has changed."""
        wanted = os.environ.get("PYZ3_WHEEL_REBUILD", "").lower()
        if not self.install["rebuild"] or wanted in ("0", "false", "no", "off"):
            return
        if not is_package_found(self.install.get("package", "")):
            return
        from pyz3_wheel._editable import Install

        Install.restore(self.install).refresh()

    def found(self) -> dict[str, Path]:
        """Name the modules that were built."""
        root = native_folder(self.install["folder"])
        modules = {}
        for file in root.rglob("*"):
            suffix = next((end for end in EXTENSION_SUFFIXES if file.name.endswith(end)), None)
            if suffix:
                place = file.relative_to(root).as_posix()
                modules[place[: -len(suffix)].replace("/", ".")] = file
        return modules


def is_package_found(copy: str) -> bool:
    """Import pyz3_wheel from the folder of a copy, or look for it in the environment."""
    if copy and Path(copy, "pyz3_wheel").is_dir() and "pyz3_wheel" not in sys.modules:
        sys.path.insert(0, copy)
        try:
            importlib.import_module("pyz3_wheel._editable")
        finally:
            sys.path.remove(copy)
    return importlib.util.find_spec("pyz3_wheel") is not None


def native_folder(folder: str, digest: str | None = None) -> Path:
    """Give the folder of a wheel's native files; of the one that was unpacked last."""
    stamp = Path(folder) / "unpacked"
    if digest is None:
        digest = stamp.read_text() if stamp.is_file() else ""
    return stamp.with_name(f"native-{digest}")


def redirect(install: dict[str, Any]) -> None:
    """Put a project's native modules before everything else."""
    sys.path.extend(install["unlisted"])
    sys.meta_path.insert(0, Redirect(install))
