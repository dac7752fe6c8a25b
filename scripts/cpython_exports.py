"""What CPython exports, read from its C headers and from its build for WebAssembly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

# How the names of CPython's API begin; an interpreter also exports what its linker adds.
PYTHON_NAME = re.compile(r"_*P[yY][A-Z_]")

# Name → `function` or `data`.
Names = dict[str, str]
# Macro → its number; one without a value is 1, one with a value that is not a number is 0.
Macros = dict[str, int]

# ---------------------------------------------------------------------------------------------
# Headers
# ---------------------------------------------------------------------------------------------

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_CONTINUED = re.compile(r"\\\n")
_DIRECTIVE = re.compile(r"\s*#\s*(\w+)\s*(.*)")
_DEFINED = re.compile(r"\bdefined\s*\(?\s*(\w+)\s*\)?")
_PACKED_VERSION = re.compile(r"\b_?Py_PACK_VERSION\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)")
# A macro, with its arguments if it has some; not the digits and letters of a number.
_MACRO = re.compile(r"(?<!\w)[A-Za-z_]\w*(?:\s*\([^()]*\))?")
_SUFFIXED = re.compile(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b")
_ARITHMETIC = re.compile(r"(?:0[xX][0-9a-fA-F]+|\d+|and|or|not|[<>=!]=|\*(?!\*)|[<>()+/|&\s-])*")
_DECLARATION = re.compile(r"\bPyAPI_(FUNC|DATA)\s*\((?:[^()]|\([^()]*\))*\)\s*([^;{]*)")


def declared(headers: Iterable[Path], macros: Macros) -> Names:
    """What headers declare as exported where these macros are defined.

    Each header is read separately, without the headers that it includes.
    """
    names: Names = {}
    for path in sorted(headers):
        text = _COMMENT.sub(" ", path.read_text(encoding="utf-8"))
        lines = _CONTINUED.sub(" ", text).splitlines()
        names.update(_declarations("\n".join(_enabled(lines, dict(macros)))))
    return {name: kind for name, kind in names.items() if PYTHON_NAME.match(name)}


def _enabled(lines: list[str], macros: Macros) -> Iterator[str]:
    """The lines whose conditions hold."""
    # For each open #if: whether its current branch is used, and whether any branch was.
    open_ifs: list[tuple[bool, bool]] = []
    for line in lines:
        match = _DIRECTIVE.match(line)
        counts = all(current for current, _ in open_ifs)
        if not match:
            if counts:
                yield line
            continue
        directive, rest = match[1], match[2].strip()
        if directive in ("if", "ifdef", "ifndef"):
            forms = {"if": rest, "ifdef": f"defined({rest})", "ifndef": f"!defined({rest})"}
            holds = counts and _holds(forms[directive], macros)
            open_ifs.append((holds, holds))
        elif directive == "elif":
            _, taken = open_ifs.pop()
            holds = not taken and _holds(rest, macros)
            open_ifs.append((holds, taken or holds))
        elif directive == "else":
            _, taken = open_ifs.pop()
            open_ifs.append((not taken, True))
        elif directive == "endif":
            open_ifs.pop()
        elif directive == "define" and counts:
            _define(rest, macros)
        elif directive == "undef" and counts:
            macros.pop(rest, None)


def _define(text: str, macros: Macros) -> None:
    """Records a macro; one with arguments counts as 0 in conditions."""
    name, _, value = text.partition(" ")
    if "(" not in name:
        value = _SUFFIXED.sub(r"\1", value.strip())
        is_number = re.fullmatch(r"0[xX][0-9a-fA-F]+|0|[1-9]\d*", value)
        macros[name] = int(value, 0) if is_number else int(not value)


def _holds(condition: str, macros: Macros) -> bool:
    text = _DEFINED.sub(lambda match: str(int(match[1] in macros)), condition)
    text = _PACKED_VERSION.sub(lambda it: str(int(it[1]) << 24 | int(it[2]) << 16), text)
    text = _SUFFIXED.sub(r"\1", text)
    # The remaining words are macros; those with arguments ask for features of the compiler.
    while re.search(r"(?<!\w)[A-Za-z_]", text):
        text = _MACRO.sub(lambda match: str(macros.get(match[0], 0)), text)
    text = text.replace("&&", " and ").replace("||", " or ")
    text = re.sub(r"!(?!=)", " not ", text).strip()
    if not _ARITHMETIC.fullmatch(text):
        raise ValueError(f"unsupported condition: {condition}")
    return bool(eval(text, {"__builtins__": {}}))


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
_WASM_KINDS = {0: "function", 3: "data"}


def wasm_exports(module: bytes) -> Names:
    """The functions and globals that a module exports; a global there holds a variable's address."""
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
