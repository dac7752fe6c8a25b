"""Build wheels of Python extensions written in Zig: a build backend and a Python API.

The functions of PEP 517 and PEP 660 are the hooks of ``build-backend = "pyz3_wheel"``. The other
names are the Python API. Both run the program ``pyz3-wheel``, which is part of this package.
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
