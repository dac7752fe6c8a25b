"""``python -m pyz3_wheel …`` is ``pyz3-wheel …``."""

from __future__ import annotations

import os
import subprocess
import sys

from ._program import find_program


def main() -> None:
    """Become the program; on Windows, where a process cannot, run it and end with its exit code."""
    try:
        command = [str(find_program()), *sys.argv[1:]]
        if sys.platform == "win32":
            sys.exit(subprocess.run(command, check=False).returncode)
        os.execv(command[0], command)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
