"""A greeting and a count of words, computed in C++ that Zig compiles."""

from __future__ import annotations

from hello_cpp import _native

__all__ = ["built_for", "count_words", "greet"]


def built_for() -> tuple[int, int]:
    """Return the Python version that the module was compiled for, such as ``(3, 12)``."""
    return _native.built_for()


def count_words(text: str) -> dict[str, int]:
    """Return how often each word is in ``text``; ``ValueError`` when there are none."""
    return _native.count_words(text)


def greet(name: str) -> str:
    """Return a greeting for the person called ``name``."""
    return _native.greet(name)
