"""The hooks of PEP 517 and PEP 660.

Whatever goes wrong has been printed when a hook ends with ``SystemExit``: a traceback would only
hide it.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, Union

from . import _editable
from ._host import wanted_platform
from ._program import ask
from ._results import Problem, Pyz3WheelError, problems_of
from ._shown import say

Settings = Union[Mapping[str, Union[str, Sequence[str]]], None]

KNOWN = {
    "platform": "the platform, instead of this Python's",
    "python": "the Python, instead of the one that runs the build",
    "optimize": "Debug, ReleaseSafe, ReleaseFast or ReleaseSmall",
    "args": "more options of pyz3-wheel",
    "rebuild": "editable installs: whether an import builds what has changed, 1 or 0",
}

# What decides how many wheels there are, and where.
OURS = (
    "--platform",
    "--all-platforms",
    "--python",
    "--all-pythons",
    "--output-dir",
    "--from-sdist",
    "--dry-run",
    "--metadata-only",
    "--editable",
    "--project",
    "--format",
)


class RefusedError(SystemExit):
    """The error that ends a hook; it has been printed."""

    def __init__(self, exit_code: int, problems: Sequence[Problem]) -> None:
        super().__init__(exit_code)
        self.exit_code = exit_code
        self.problems = tuple(problems)


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Require ziglang if no suitable Zig is on this machine."""
    named = _which_zig(_more_options(_read(config_settings).get("args", "")))
    if named.zig:
        # No other takes its place.
        return []
    version = [f"--zig-version={named.zig_version}"] if named.zig_version else []
    document = _ask(["doctor", "--project=.", *version], quiet=True)
    requirement = document.get("zig_requirement")
    return [] if document.get("zig") or not requirement else [requirement]


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    """Require nothing: no Zig is run."""
    _read(config_settings)
    return []


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: Settings = None
) -> str:
    """Write the .dist-info folder of the wheel without running Zig, and return its name."""
    document = _build(metadata_directory, config_settings, "--metadata-only")
    return Path(document["dist_info"]).name


def build_wheel(
    wheel_directory: str,
    config_settings: Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel for the Python that runs this, and return its name."""
    return _build_one(wheel_directory, config_settings)


def _build_one(wheel_directory: str, config_settings: Settings, *options: str) -> str:
    document = _build(wheel_directory, config_settings, *options)
    wheels = document.get("wheels") or []
    if len(wheels) != 1:
        _fail(
            2,
            f"{len(wheels)} wheels were built where a frontend takes one",
            "take away what asks for that: a variable PYZ3_WHEEL_…, a key of [tool.pyz3-wheel]",
        )
    return Path(wheels[0]["path"]).name


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Write the sdist and return its name."""
    _read(config_settings)
    document = _ask(["sdist", "--project=.", "--output-dir", str(Path(sdist_directory).absolute())])
    return Path(document["sdist"]["path"]).name


# An editable install has the same needs.
get_requires_for_build_editable = get_requires_for_build_wheel


def prepare_metadata_for_build_editable(
    metadata_directory: str, config_settings: Settings = None, *, quiet: bool = False
) -> str:
    """Write the .dist-info folder of the editable install without Zig, and return its name."""
    options = ("--metadata-only", "--editable")
    document = _build(metadata_directory, config_settings, *options, quiet=quiet)
    return Path(document["dist_info"]).name


def build_editable(
    wheel_directory: str,
    config_settings: Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Write a wheel that installs the project in editable mode, and return its name."""
    settings = _read(config_settings)
    rebuild = settings.get("rebuild", "1")
    if rebuild not in ("0", "1"):
        _fail(2, f"-C rebuild: `{rebuild}` is neither 1 nor 0", KNOWN["rebuild"])
    _only_for_this_python(settings)
    try:
        install = _editable.plan(Path.cwd(), arguments(settings), rebuild=rebuild == "1")
        Path(install.folder).mkdir(parents=True, exist_ok=True)
        name = _build_one(install.folder, config_settings, "--editable")
        built = Path(install.folder) / name
        install.unpack(built, _editable.digest_of(built))
        return _editable.write_wheel(install, built, Path(wheel_directory))
    except (Pyz3WheelError, OSError) as error:
        _fail(getattr(error, "exit_code", 1), str(error))


def _only_for_this_python(settings: Mapping[str, str]) -> None:
    """Reject an editable install for a Python other than the one that will import it."""
    for name in ("platform", "python"):
        if name in settings:
            _fail(
                2,
                f"-C {name}: an editable install is for the Python that imports it",
                "leave it out; wheels for others are built by pip wheel, or pyz3-wheel",
            )
    wanted = wanted_platform(os.environ)
    if wanted != wanted_platform({}):
        _fail(
            2,
            f"the environment asks for {wanted}; an editable install is for this machine",
            "unset _PYTHON_HOST_PLATFORM, ARCHFLAGS and VSCMD_ARG_TGT_ARCH",
        )


def _build(directory: str, config_settings: Settings, *options: str, quiet: bool = False) -> Any:
    settings = arguments(_read(config_settings))
    return _ask(
        ["--project=.", *settings, *options, "--output-dir", str(Path(directory).absolute())],
        quiet=quiet,
    )


def arguments(settings: Mapping[str, str]) -> list[str]:
    """Return the options of the program that select the wheel."""
    platform = settings.get("platform") or wanted_platform(os.environ)
    python = settings.get("python") or sys.executable
    options = [f"--platform={platform}", f"--python={python}", "--no-from-sdist"]
    if "optimize" in settings:
        options.append(f"--optimize={settings['optimize']}")
    return options + _more_options(settings.get("args", ""))


def _which_zig(options: Sequence[str]) -> argparse.Namespace:
    """Read the options of the program that select the Zig."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    for name in ("--zig", "--zig-version"):
        # An option that lacks its value is reported when it is used.
        parser.add_argument(name, nargs="?")
    return parser.parse_known_args(options)[0]


def _more_options(text: str) -> list[str]:
    try:
        options = shlex.split(text)
    except ValueError as error:
        _fail(2, f"-C args: {error}: {text}", "quote it as in a shell")
    for option in options:
        name = option.split("=")[0]
        if name in ("-h", "--help", "-V", "--version"):
            _fail(
                2, f"`{name}` in -C args builds nothing", "python -m pyz3_wheel --help tells more"
            )
        if name in OURS or (name.startswith("-o") and not name.startswith("--")):
            _fail(
                2,
                f"`{name}` cannot be in -C args: the frontend builds one wheel, in its own folder",
                "set -C platform=… or -C python=…; to build several wheels, run pyz3-wheel",
            )
    return options


def _read(config_settings: Settings) -> dict[str, str]:
    """Check the settings (``-C name=value``); the last value of a repeated setting counts."""
    settings: dict[str, str] = {}
    for name, value in (config_settings or {}).items():
        if name not in KNOWN:
            known = "\n".join(f"-C {name}=…  {meaning}" for name, meaning in KNOWN.items())
            _fail(2, f"unknown config setting `{name}`", f"these are known:\n{known}")
        if isinstance(value, str):
            settings[name] = value
        elif name == "args":
            settings[name] = " ".join(value)
        elif value:
            settings[name] = value[-1]
    return settings


def _ask(arguments: Sequence[str], *, quiet: bool = False) -> Any:
    try:
        document = ask(arguments, quiet=quiet)
    except Pyz3WheelError as error:
        _fail(error.exit_code, str(error))
    if not quiet and document.get("exit_code"):
        failures = [document["error"]] if "error" in document else document["failures"]
        problems = [problem for failure in failures for problem in problems_of(failure)]
        raise RefusedError(document["exit_code"], problems)
    return document


def _fail(exit_code: int, message: str, hint: str = "") -> NoReturn:
    lines = [f"error: {message}", *(f" hint: {line}" for line in hint.splitlines())]
    say("\n".join(lines))
    raise RefusedError(exit_code, [Problem(message, hint=hint or None)])
