"""Evaluates the conditions (#if, #ifdef …) of C headers and of assembly files for the C preprocessor."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Macro → its number; one without a value is 1, one with a value that is not a number is 0.
Macros = dict[str, int]

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_CONTINUED = re.compile(r"\\\n")
_DIRECTIVE = re.compile(r"\s*#\s*(\w+)\s*(.*)")
_DEFINED = re.compile(r"\bdefined\s*\(?\s*(\w+)\s*\)?")
_PACKED_VERSION = re.compile(r"\b_?Py_PACK_VERSION\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)")
# A macro, with its arguments if it has some; not the digits and letters of a number.
_MACRO = re.compile(r"(?<!\w)[A-Za-z_]\w*(?:\s*\([^()]*\))?")
_SUFFIXED = re.compile(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b")
_ARITHMETIC = re.compile(r"(?:0[xX][0-9a-fA-F]+|\d+|and|or|not|[<>=!]=|\*(?!\*)|[<>()+/|&\s-])*")


def enabled_lines(source: str, macros: Macros) -> Iterator[str]:
    """The lines whose conditions hold where these macros are defined, without comments and directives."""
    macros = dict(macros)
    text = _COMMENT.sub(" ", source)
    # For each open #if: whether its current branch is used, and whether any branch was.
    open_ifs: list[tuple[bool, bool]] = []
    for line in _CONTINUED.sub(" ", text).splitlines():
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
        elif directive not in ("define", "undef", "include", "error", "warning", "pragma"):
            raise ValueError(f"unsupported directive: {line}")


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
