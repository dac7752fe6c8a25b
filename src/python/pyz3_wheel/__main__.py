"""``python -m pyz3_wheel …`` is ``pyz3-wheel …``."""

from __future__ import annotations

import os
import subprocess
import sys

from ._program import find_program


def main() -> None:
    """Become the program; on Windows, where a process can't, run it and end with its exit code."""
    try:
        command = [str(find_program()), *sys.argv[1:]]
    except FileNotFoundError as error:
        sys.exit(f"error: {error}")
    if sys.platform == "win32":
        try:
            sys.exit(subprocess.run(command, check=False).returncode)
        except KeyboardInterrupt:
            sys.exit(130)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
