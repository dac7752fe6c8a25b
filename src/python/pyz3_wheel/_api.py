"""The Python API: build and check wheels from a program."""

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
    """A platform that wheels can be built for. The value is the name on the command line."""

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
        """The target for Zig, for example ``x86_64-linux-gnu.2.17``; two targets for universal2."""
        return str(_row(self)["zig_target"])

    @property
    def wheel_platform(self) -> str:
        """The platform tag of the wheel, for example ``macosx_11_0_arm64``."""
        return str(_row(self)["wheel_platform"])

    @classmethod
    def current(cls) -> Platform:
        """Return the platform of this machine.

        Raises:
            Pyz3WheelError: Wheels cannot be built for this machine.

        """
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
    """The settings of a build.

    If a field is ``None``, the setting comes from the environment variable, else from
    pyproject.toml, else it is the default.
    """

    target_platform: Platform | None = None
    """The platform; this machine's by default."""
    optimize: str | None = None
    """``Debug``, ``ReleaseSafe``, ``ReleaseFast`` (the default) or ``ReleaseSmall``."""
    python_version: str | None = None
    """A version such as ``3.12`` or ``3.13t``, or a path.

    The default is the Python of the active environment, else ``python3``.
    """
    output_dir: StrPath | None = None
    """The directory for wheels; ``dist`` in the project by default."""


class WheelBuilder:
    """Builds the wheels of one project."""

    def __init__(self, project_root: StrPath = ".") -> None:
        """Create a builder for the project whose pyproject.toml is in this directory."""
        self.project_root = Path(project_root)

    def build(self, config: BuildConfig | None = None) -> Path:
        """Build one wheel and return its path.

        Raises:
            BuildError: The wheel could not be built.
            Pyz3WheelError: The settings are invalid, or describe more than one wheel.

        """
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
                f"the settings of the project describe {len(jobs)} wheels, but build() builds one "
                f"({', '.join(jobs)}); set target_platform or python_version",
                exit_code=2,
            )
        [wheel] = self._build(config, options)
        return wheel

    def build_all_platforms(self, config: BuildConfig | None = None) -> list[Path]:
        """Build a wheel for each of the five main platforms and each Python on this machine.

        If ``python_version`` is set, wheels are built for that Python only. ``target_platform`` is
        ignored.

        Raises:
            BuildError: A wheel could not be built. The other wheels are in ``wheels``.
            Pyz3WheelError: The settings are invalid.

        """
        config = config or BuildConfig()
        python = config.python_version
        return self._build(
            config, ["--all-platforms", f"--python={python}" if python else "--all-pythons"]
        )

    def left_out(self) -> list[str]:
        """Return the Pythons that ``build_all_platforms`` skips because they are not installed.

        For example ``["3.14", "3.15t"]``. If the setting ``provision`` is on, they are installed
        instead.
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
    """Check that wheels, from any build tool, work where their filenames say they do.

    No code in the wheels is run.

    Raises:
        Pyz3WheelError: A file cannot be read.

    """
    paths = [wheels] if isinstance(wheels, (str, os.PathLike)) else list(wheels)
    if not paths:
        return []
    document = ask(["check", "--", *(os.fspath(path) for path in paths)], quiet=True)
    problems = problems_of(document)
    if problems:
        message = "\n".join(map(str, problems))
        raise Pyz3WheelError(message, exit_code=document["exit_code"], problems=problems)
    return [judgement_of(wheel) for wheel in document["wheels"]]
