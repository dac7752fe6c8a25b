"""Wheels of Zig-written Python extensions: a build backend, and an interface for programs.

The functions that PEP 517 and PEP 660 name are its hooks, for ``build-backend = "pyz3_wheel"``.
The rest is for programs, and described in docs/python-api.md. Both run the program ``pyz3-wheel``,
which comes with this package.
"""

from __future__ import annotations

from ._api import BuildConfig, Platform, WheelBuilder, check
from ._backend import (
    build_editable,
    build_sdist,
    build_wheel,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)
from ._program import find_program
from ._results import BuildError, Failure, Finding, Judgement, Problem, Pyz3WheelError

__all__ = [
    "BuildConfig",
    "BuildError",
    "Failure",
    "Finding",
    "Judgement",
    "Platform",
    "Problem",
    "Pyz3WheelError",
    "WheelBuilder",
    "build_editable",
    "build_sdist",
    "build_wheel",
    "check",
    "find_program",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]
