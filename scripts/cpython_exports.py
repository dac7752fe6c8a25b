"""What CPython exports, read from its C headers and from its build for WebAssembly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from c_conditions import Macros, enabled_lines

# How the names of CPython's API begin; an interpreter also exports what its linker adds.
PYTHON_NAME = re.compile(r"_*P[yY][A-Z_]")

# Name → `function` or `data`.
Names = dict[str, str]

# ---------------------------------------------------------------------------------------------
# Headers
# ---------------------------------------------------------------------------------------------

_DECLARATION = re.compile(r"\bPyAPI_(FUNC|DATA)\s*\((?:[^()]|\([^()]*\))*\)\s*([^;{]*)")


def declared(headers: Iterable[Path], macros: Macros) -> Names:
    """What headers declare as exported where these macros are defined.

    Each header is read separately, without the headers that it includes.
    """
    names: Names = {}
    for path in sorted(headers):
        lines = enabled_lines(path.read_text(encoding="utf-8"), macros)
        names.update(_declarations("\n".join(lines)))
    return {name: kind for name, kind in names.items() if PYTHON_NAME.match(name)}


def _declarations(text: str) -> Iterator[tuple[str, str]]:
    for match in _DECLARATION.finditer(text):
        before, parenthesis, _ = match[2].partition("(")
        identifiers = re.findall(r"\w+", before)
        if parenthesis and identifiers:
            # Some functions are declared with PyAPI_DATA.
            yield identifiers[-1], "function"
        elif parenthesis:
            # A pointer to a function: `(*NAME)(…)`.
            yield re.findall(r"\w+", match[2])[0], "function" if match[1] == "FUNC" else "data"
        else:
            for declarator in before.split(","):
                yield re.findall(r"\w+", declarator.partition("[")[0])[-1], "data"


# ---------------------------------------------------------------------------------------------
# WebAssembly
# ---------------------------------------------------------------------------------------------

_EXPORT_SECTION = 7
# A tag is the address of a kind of exception, so it counts as data.
_WASM_KINDS = {0: "function", 3: "data", 4: "data"}


def wasm_exports(module: bytes) -> Names:
    """The functions, globals and tags that a module exports; a global holds a variable's address."""
    assert module[:8] == b"\0asm\1\0\0\0", "not a WebAssembly module"
    at = 8
    while at < len(module):
        section = module[at]
        size, at = _leb128(module, at + 1)
        if section == _EXPORT_SECTION:
            return dict(_wasm_names(module, at))
        at += size
    return {}


def _wasm_names(module: bytes, at: int) -> Iterator[tuple[str, str]]:
    count, at = _leb128(module, at)
    for _ in range(count):
        length, at = _leb128(module, at)
        name, kind = module[at : at + length].decode("utf-8"), module[at + length]
        _, at = _leb128(module, at + length + 1)
        if kind in _WASM_KINDS:
            yield name, _WASM_KINDS[kind]


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number, and where it ends."""
    number, shift = 0, 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not byte & 0x80:
            return number, at
