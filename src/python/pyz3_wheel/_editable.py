"""Editable installs (PEP 660): Python files where they lie, native ones out of the last build."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import sys
import sysconfig
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from . import _redirect
from ._program import ask, refused, wheels_of
from ._results import Pyz3WheelError


@dataclass(frozen=True)
class Install:
    """What an editable install has to know of its project, in types of JSON."""

    project: str
    """The folder of pyproject.toml."""
    folder: str
    """Where the wheel is built, and its native files are unpacked."""
    arguments: list[str]
    """How it is built; the Python is missing where it is the one that imports."""
    roots: list[str]
    """The folders that packages are counted from."""
    names: list[str]
    """What the project provides, as far as it is imported from the top level."""
    rebuild: bool
    """Whether importing the project builds what has changed."""

    def build(self, *, quiet: bool = True) -> Path:
        """Build the wheel, unless nothing has changed, and unpack its native files; give it."""
        arguments = [*self.arguments, f"--project={self.project}", f"--output-dir={self.folder}"]
        if not any(argument.startswith("--python=") for argument in arguments):
            arguments.append(f"--python={sys.executable}")
        # A Python that the build starts must not begin a build.
        environment = {**os.environ, "PYZ3_WHEEL_REBUILD": "0"}
        wheels = wheels_of(ask(arguments, quiet=quiet, environment=environment))
        if len(wheels) != 1:
            raise Pyz3WheelError(f"{len(wheels)} wheels were built, and not one", exit_code=2)
        [wheel] = wheels
        path = Path(wheel["path"])
        self.unpack(path, wheel["sha256"])
        return path

    def refresh(self) -> None:
        """Build what has changed, or raise ``ImportError`` with all that zig said."""
        try:
            self.build()
        except (Pyz3WheelError, OSError) as error:
            logs = [failure.log for failure in getattr(error, "failures", ())]
            message = "\n".join([str(error), *logs])
            raise ImportError(
                f"the native modules of {self.project} could not be built anew; "
                f"PYZ3_WHEEL_REBUILD=0 takes those of the last build\n{message}"
            ) from None

    def unpack(self, wheel: Path, digest: str) -> None:
        """Unpack the native files of a wheel, unless they are those of the last one."""
        stamp = Path(self.folder) / "unpacked"
        if stamp.is_file() and stamp.read_text() == digest:
            return
        native = Path(self.folder) / "native"
        with zipfile.ZipFile(wheel) as archive:
            places = native_files(archive, self.project)
            for old in [file for file in native.rglob("*") if file.is_file()]:
                if old.relative_to(native).as_posix() not in places:
                    old.unlink()
            for place in places:
                data = archive.read(place)
                _replace(native / place, data)
                if not _is_module(place):
                    # A library is looked for beside the Python file that loads it.
                    _replace(self.beside(place), data)
        _replace(stamp, digest.encode())

    def beside(self, place: str) -> Path:
        """Give the place of a file among the sources: in the root that has its folder."""
        roots = [Path(root) for root in self.roots]
        return next((root for root in roots if (root / place).parent.is_dir()), roots[0]) / place


def package_files(project: str) -> dict[str, Path]:
    """Give the files of the project that the wheel has in packages, each with its place there."""
    document = ask(["files", "--wheel", f"--project={project}"], quiet=True)
    refused(document)
    files = document["wheel"]
    return {file["place"]: Path(file["source"]) for file in files if file["kind"] == "package"}


def native_files(archive: zipfile.ZipFile, project: str) -> list[str]:
    """Name the files of a wheel that zig has made."""
    known = package_files(project)
    names = [name for name in archive.namelist() if name not in known]
    return [name for name in names if not name.split("/")[0].endswith((".dist-info", ".data"))]


def _is_module(place: str) -> bool:
    """Tell an extension module from a library: by the suffix, which modules always have."""
    suffixes = (".abi3.so", ".pyd", sysconfig.get_config_var("EXT_SUFFIX") or ".pyd")
    return place.endswith(suffixes)


def _replace(path: Path, data: bytes) -> None:
    """Write a file as a whole: another process may have the old one open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_bytes(data)
    new.replace(path)


def plan(project: Path, arguments: list[str], *, rebuild: bool) -> Install:
    """Say what an editable install of this project is, before anything is built."""
    # Where builds are isolated, this very Python is gone afterwards.
    own = f"--python={sys.executable}"
    arguments = [argument for argument in arguments if argument != own]
    roots: dict[str, None] = {}
    names: dict[str, None] = {}
    for place, source in package_files(str(project)).items():
        if not source.as_posix().endswith(f"/{place}"):
            raise Pyz3WheelError(
                f"{source}: goes to {place} in the wheel; an editable install can't rename it",
                exit_code=2,
            )
        roots[str(Path(source.as_posix()[: -len(place) - 1]))] = None
        names[place.split("/")[0].split(".")[0]] = None
    key = f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
    return Install(
        project=str(project),
        folder=str(project / ".pyz3-wheel" / "editable" / key),
        arguments=arguments,
        roots=list(roots) or [str(project)],
        names=list(names),
        rebuild=rebuild,
    )


def write_wheel(install: Install, built: Path, directory: Path) -> str:
    """Write the wheel that installs the project without its files; give its name."""
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        record = next(name for name in names if name.endswith(".dist-info/RECORD"))
        kept = [name for name in names if name.split("/")[0].endswith((".dist-info", ".data"))]
        entries = [(archive.getinfo(name), archive.read(name)) for name in kept if name != record]
    install = with_native_names(install, built)
    module = module_name(built.name.split("-")[0])
    # Python 3.15 and later leave the import alone where the other file is (PEP 829).
    pth = "\n".join([*install.roots, f"import {module}; {module}.start()", ""])
    entries += [
        (zipfile.ZipInfo(f"{module}.pth"), pth.encode()),
        (zipfile.ZipInfo(f"{module}.start"), f"{module}:start\n".encode()),
        (zipfile.ZipInfo(f"{module}.py"), module_text(install).encode()),
    ]
    rows = [(info.filename, _digest(data), str(len(data))) for info, data in entries]
    table = io.StringIO(newline="")
    csv.writer(table, lineterminator="\n").writerows([*rows, (record, "", "")])
    entries.append((zipfile.ZipInfo(record), table.getvalue().encode()))
    with zipfile.ZipFile(directory / built.name, "w") as archive:
        for info, data in entries:
            archive.writestr(info, data)
    return built.name


def with_native_names(install: Install, built: Path) -> Install:
    """Add what a wheel has of native modules at the top."""
    with zipfile.ZipFile(built) as archive:
        native = native_files(archive, install.project)
    top = [*install.names, *(name.split("/")[0].split(".")[0] for name in native)]
    return replace(install, names=sorted(set(top)))


def module_name(name: str) -> str:
    """Name the module in site-packages; ``name`` is as in the wheel's."""
    return f"_editable_{name}"


def module_text(install: Install) -> str:
    """Give the text of that module."""
    source = Path(_redirect.__file__).read_text(encoding="utf-8")
    return f"{source}\n\ndef start() -> None:\n    redirect({asdict(install)!r})\n"


def digest_of(wheel: Path) -> str:
    """Give a wheel's SHA-256, as the program does."""
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def _digest(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return f"sha256={digest.decode().rstrip('=')}"
