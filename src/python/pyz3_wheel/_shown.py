"""Escapes text for people: it cannot control the terminal or the CI service that reads a log."""

from __future__ import annotations

import re
import sys

# Commands to GitHub and GitLab begin a line; those to GitHub, Azure Pipelines and TeamCity that are
# marked with ## may stand anywhere. src/text/escape.rs has the same rules.
_AT_START = re.compile(r"^(\s*)(?=::|section_start:|section_end:)(.)")
_ANYWHERE = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)


def shown(text: str) -> str:
    """Escape a text so that every character is visible; line feeds and tabs stay."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    visible = "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line)
    visible = _AT_START.sub(lambda match: f"{match[1]}\\x{ord(match[2]):x}", visible)
    return _ANYWHERE.sub(r"\\x23", visible)


def say(text: str) -> None:
    """Print a text with values from outside on stderr, escaped."""
    print(shown(text), file=sys.stderr)
