"""Finds the native modules of an editable install; a copy of this file is in site-packages.

It needs nothing but Python there. The copy ends with a function ``start``, which Python calls when
it begins: on account of the file ``.start`` since 3.15 (PEP 829), of a line in ``.pth`` before.
Before the first import of the project the modules are built anew where their sources have changed,
if the package pyz3_wheel is in the same environment.
"""

from __future__ import annotations

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
        if importlib.util.find_spec("pyz3_wheel") is None:
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
