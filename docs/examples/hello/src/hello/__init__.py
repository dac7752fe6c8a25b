"""A greeting and a sum, computed in Zig."""

from __future__ import annotations

from collections.abc import Iterable

from hello import _native

__all__ = ["built_for", "greet", "total"]


def built_for() -> tuple[int, int]:
    """Return the Python version that the module was compiled for, such as ``(3, 12)``."""
    return _native.built_for()


def greet(name: str) -> str:
    """Return a greeting for the person called ``name``."""
    return _native.greet(name)


def total(values: Iterable[float]) -> float:
    """Return the sum of ``values`` as a float; ``0.0`` when there are none."""
    return _native.total(*values)
