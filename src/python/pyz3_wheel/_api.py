"""The interface for programs."""

from __future__ import annotations

import enum
import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

from ._program import ask, refused, wheels_of
from ._results import Judgement, Pyz3WheelError, judgement_of, problems_of

StrPath = Union[str, "os.PathLike[str]"]


class Platform(enum.Enum):
    """A platform that wheels are built for; its value is what the command line calls it."""

    LINUX_X86_64 = "linux-x86_64"
    LINUX_AARCH64 = "linux-aarch64"
    MACOS_X86_64 = "macos-x86_64"
    MACOS_ARM64 = "macos-arm64"
    WINDOWS_X64 = "windows-x64"
    LINUX_I686 = "linux-i686"
    LINUX_ARMV7L = "linux-armv7l"
    LINUX_PPC64LE = "linux-ppc64le"
    LINUX_S390X = "linux-s390x"
    LINUX_RISCV64 = "linux-riscv64"
    WINDOWS_X86 = "windows-x86"
    WINDOWS_ARM64 = "windows-arm64"
    MUSLLINUX_X86_64 = "musllinux-x86_64"
    MUSLLINUX_AARCH64 = "musllinux-aarch64"
    MUSLLINUX_I686 = "musllinux-i686"
    MUSLLINUX_ARMV7L = "musllinux-armv7l"
    MUSLLINUX_PPC64LE = "musllinux-ppc64le"
    MUSLLINUX_S390X = "musllinux-s390x"
    MUSLLINUX_RISCV64 = "musllinux-riscv64"
    MACOS_UNIVERSAL2 = "macos-universal2"

    @property
    def zig_target(self) -> str:
        """What Zig is given as the target, of universal2 both. Ex) ``x86_64-linux-gnu.2.17``."""
        return str(_row(self)["zig_target"])

    @property
    def wheel_platform(self) -> str:
        """The last part of the wheel's name. Ex) ``macosx_11_0_arm64``."""
        return str(_row(self)["wheel_platform"])

    @classmethod
    def current(cls) -> Platform:
        """Give the platform of this machine."""
        for row in _table():
            if row["current"]:
                return cls(row["name"])
        raise Pyz3WheelError("this machine's platform is not supported", exit_code=2)


@functools.cache
def _table() -> Any:
    return ask(["platforms"])


def _row(platform: Platform) -> Any:
    return next(row for row in _table() if row["name"] == platform.value)


@dataclass(frozen=True)
class BuildConfig:
    """What a wheel is to be; what is ``None`` is as the project or the environment says."""

    target_platform: Platform | None = None
    """Default: this machine's."""
    optimize: str | None = None
    """``Debug``, ``ReleaseSafe``, ``ReleaseFast`` (the default) or ``ReleaseSmall``."""
    python_version: str | None = None
    """As ``3.12``, ``3.13t`` or a path; default: the active environment's, else ``python3``."""
    output_dir: StrPath | None = None
    """Where wheels go; default: ``dist`` in the project."""


class WheelBuilder:
    """Builds the wheels of one project."""

    def __init__(self, project_root: StrPath = ".") -> None:
        """Take the folder that pyproject.toml lies in."""
        self.project_root = Path(project_root)

    def build(self, config: BuildConfig | None = None) -> Path:
        """Build one wheel; give its path."""
        config = config or BuildConfig()
        options = []
        if config.target_platform:
            options.append(f"--platform={Platform(config.target_platform).value}")
        if config.python_version:
            options.append(f"--python={config.python_version}")
        planned = self._ask(config, [*options, "--dry-run"])
        refused(planned)
        jobs = [job["id"] for job in planned["jobs"]]
        if len(jobs) != 1:
            raise Pyz3WheelError(
                f"the project asks for {len(jobs)} wheels where one is to be built "
                f"({', '.join(jobs)}); say which: target_platform, python_version",
                exit_code=2,
            )
        [wheel] = self._build(config, options)
        return wheel

    def build_all_platforms(self, config: BuildConfig | None = None) -> list[Path]:
        """Build a wheel for each of the five main platforms and every Python of this machine.

        With ``python_version`` for that Python only; ``target_platform`` is ignored.
        """
        config = config or BuildConfig()
        python = config.python_version
        return self._build(
            config, ["--all-platforms", f"--python={python}" if python else "--all-pythons"]
        )

    def left_out(self) -> list[str]:
        """Give the Pythons that ``build_all_platforms`` leaves out because this machine lacks them.

        Ex) ``["3.14", "3.15t"]``. If the setting ``provision`` is on, they are installed instead.
        """
        options = ["--all-platforms", "--all-pythons", "--dry-run"]
        planned = self._ask(BuildConfig(), options)
        refused(planned)
        return [str(python) for python in planned["left_out"]]

    def _build(self, config: BuildConfig, options: Sequence[str]) -> list[Path]:
        # A dry run would build nothing.
        environment = {**os.environ, "PYZ3_WHEEL_DRY_RUN": "0"}
        document = self._ask(config, options, environment)
        return [Path(wheel["path"]) for wheel in wheels_of(document)]

    def _ask(
        self,
        config: BuildConfig,
        options: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> Any:
        arguments = [f"--project={self.project_root}", *options]
        if config.optimize:
            arguments.append(f"--optimize={config.optimize}")
        if config.output_dir is not None:
            arguments.append(f"--output-dir={Path(config.output_dir).absolute()}")
        return ask(arguments, quiet=True, environment=environment)


def check(wheels: StrPath | Iterable[StrPath]) -> list[Judgement]:
    """Judge wheels, anyone's: are they what their names say? Nothing in them is run."""
    paths = [wheels] if isinstance(wheels, (str, os.PathLike)) else list(wheels)
    if not paths:
        return []
    document = ask(["check", "--", *(os.fspath(path) for path in paths)], quiet=True)
    problems = problems_of(document)
    if problems:
        message = "\n".join(map(str, problems))
        raise Pyz3WheelError(message, exit_code=document["exit_code"], problems=problems)
    return [judgement_of(wheel) for wheel in document["wheels"]]
