"""Text for people: it neither steers the terminal nor commands the service that reads a log."""

from __future__ import annotations

import re
import sys

# What GitHub and GitLab take for a command at the beginning of a line; what GitHub, Azure Pipelines
# and TeamCity take for one anywhere.
_AT_START = re.compile(r"^(\s*)(?=::|section_start:|section_end:)(.)")
_ANYWHERE = re.compile(r"#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)


def shown(text: str) -> str:
    """Make every character visible; line feeds and tabs stay."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    visible = "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line)
    visible = _AT_START.sub(lambda match: f"{match[1]}\\x{ord(match[2]):x}", visible)
    return _ANYWHERE.sub(r"\\x23", visible)


def say(text: str) -> None:
    """Print a text with values from outside on stderr."""
    print(shown(text), file=sys.stderr)
