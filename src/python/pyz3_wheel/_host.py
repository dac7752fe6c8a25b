"""Which platform a frontend wants a wheel for.

That is its Python's, unless the environment says otherwise. The names are those of ``pyz3-wheel
platforms``; a machine that has none there gets one all the same, which the program then refuses.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
from collections.abc import Mapping

CROSS = "_PYTHON_HOST_PLATFORM"
"""What ``sysconfig.get_platform`` gives instead of the truth, if it is set."""


def wanted_platform(environment: Mapping[str, str]) -> str:
    """Name the platform.

    Cross builds are asked for by ``_PYTHON_HOST_PLATFORM`` (crossenv, cibuildwheel), for macOS also
    by ``ARCHFLAGS``, for Windows by ``VSCMD_ARG_TGT_ARCH``; here on any machine.
    """
    host = environment.get(CROSS) or own_platform()
    machines = re.findall(r"-arch\s+(\S+)", environment.get("ARCHFLAGS", ""))
    if host.startswith("macosx"):
        return _macos(host, list(dict.fromkeys(machines)), environment)
    if host.startswith("win"):
        target = environment.get("VSCMD_ARG_TGT_ARCH", "")
        host = {"x86": "win32", "x64": "win-amd64", "arm64": "win-arm64"}.get(target, host)
        names = {"win32": "windows-x86", "win-amd64": "windows-x64", "win-arm64": "windows-arm64"}
        return names.get(host, host)
    return host


def _macos(host: str, machines: list[str], environment: Mapping[str, str]) -> str:
    machine = host.rsplit("-", 1)[-1]
    if not machines and machine == "universal2" and CROSS not in environment:
        # A Python for both machines: what it runs on will do.
        machine = platform.machine()
    if sorted(machines) == ["arm64", "x86_64"]:
        machine = "universal2"
    elif machines:
        machine = "-".join(machines)
    return f"macos-{machine}"


def own_platform() -> str:
    """Name what this Python runs on: ``linux-x86_64``, ``macosx-11.0-arm64``, ``win-amd64``."""
    asked = os.environ.pop(CROSS, None)
    try:
        name = sysconfig.get_platform()
    finally:
        if asked is not None:
            os.environ[CROSS] = asked
    if not name.startswith("linux"):
        return name
    if sys.maxsize <= 2**32:
        # A 32-bit Python under a 64-bit kernel speaks of the kernel.
        name = {
            "linux-x86_64": "linux-i686",
            "linux-aarch64": "linux-armv7l",
            "linux-armv8l": "linux-armv7l",
        }.get(name, name)
    # CPython's own name for the ABI says so from 3.11 on only.
    built_for = map(sysconfig.get_config_var, ("SOABI", "HOST_GNU_TYPE"))
    if any("musl" in (text or "") for text in built_for):
        name = name.replace("linux", "musllinux", 1)
    return name
