"""``python -m hello`` greets each name that it is given."""

from __future__ import annotations

import sys

from hello import greet


def main(names: list[str] | None = None) -> int:
    """Greet ``names``, by default those on the command line, or the world."""
    for name in (sys.argv[1:] if names is None else names) or ["world"]:
        print(greet(name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
