"""A greeting and a mean, computed in C that Zig compiles."""

from __future__ import annotations

from collections.abc import Iterable

from hello_c import _native

__all__ = ["built_for", "greet", "mean"]


def built_for() -> tuple[int, int]:
    """Return the Python version that the module was compiled for, such as ``(3, 12)``."""
    return _native.built_for()


def greet(name: str) -> str:
    """Return a greeting for the person called ``name``."""
    return _native.greet(name)


def mean(values: Iterable[float]) -> float:
    """Return the arithmetic mean of ``values``; ``ValueError`` when there are none."""
    return _native.mean(list(values))
