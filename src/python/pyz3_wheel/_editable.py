"""Editable installs (PEP 660): Python files where they lie, native ones out of the last build."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import warnings
import zipfile
from collections.abc import Container, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from . import _redirect
from ._program import RECORD, ask, find_on_path, refused, wheels_of
from ._redirect import native_folder
from ._results import BuildError, Pyz3WheelError
from ._shown import say, shown


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
    """What the project provides: its outermost packages and modules, as ``namespace.package``."""
    rebuild: bool
    """Whether importing the project builds what has changed."""
    package: str = ""
    """The folder with a copy of this package, if ``pyz3-wheel develop`` installs the project.

    Empty if the package has to be in the environment.
    """
    unlisted: list[str] = field(default_factory=list)
    """The roots that are not in the ``.pth`` file, since they are not ASCII.

    Until 3.12 Python reads that file in the encoding of the locale, and 3.11 and 3.12 do not start
    where it has other bytes. The module beside it is always read as UTF-8.
    """

    @classmethod
    def restore(cls, saved: Mapping[str, Any]) -> Install:
        """Read what the installation has kept, perhaps with another version of this package."""
        known = {field.name for field in fields(cls)}
        try:
            return cls(**{name: value for name, value in saved.items() if name in known})
        except TypeError:
            raise ImportError(
                f"{saved.get('project')} was installed by another version of pyz3-wheel; "
                "install it again, or set PYZ3_WHEEL_REBUILD=0"
            ) from None

    def build(self, *, quiet: bool = True, announcement: str = "") -> Path:
        """Build the wheel, unless nothing has changed, and unpack its native files; give it."""
        arguments = ["--editable", *self.arguments]
        arguments += [f"--project={self.project}", f"--output-dir={self.folder}"]
        if not any(argument.startswith("--python=") for argument in arguments):
            arguments.append(f"--python={sys.executable}")
        # A Python that the build starts must not begin a build, and what is asked for is built.
        environment = {**os.environ, "PYZ3_WHEEL_REBUILD": "0", "PYZ3_WHEEL_DRY_RUN": "0"}
        document = ask(arguments, quiet=quiet, environment=environment, announcement=announcement)
        wheels = wheels_of(document)
        if len(wheels) != 1:
            raise Pyz3WheelError(f"{len(wheels)} wheels were built, and not one", exit_code=2)
        [wheel] = wheels
        path = Path(wheel["path"])
        self.unpack(path, wheel["sha256"])
        return path

    def refresh(self) -> None:
        """Build what has changed, or raise ``ImportError`` with all that zig said.

        Where nothing can be built at all, without a Zig or where nothing may be written, those of
        the last build are taken, with a warning.
        """
        if not Path(self.project).is_dir():
            raise ImportError(
                f"the project was installed from {self.project}, and is no longer there; "
                "install it again from where it is"
            )
        # Compiling takes a while, and so does what it may need to fetch first.
        announcement = f"building the native modules of {self.project} …"
        try:
            self.build(announcement=announcement)
        except (Pyz3WheelError, OSError) as error:
            message = f"the native modules of {self.project} could not be built anew"
            why = shown(str(error))
            if isinstance(error, BuildError) or not native_folder(self.folder).is_dir():
                raise ImportError(
                    f"{message}; PYZ3_WHEEL_REBUILD=0 takes those of the last build\n{why}"
                ) from None
            warnings.warn(f"{message}; the last build's are used\n{why}", stacklevel=2)

    def unpack(self, wheel: Path, digest: str) -> None:
        """Unpack the native files of a wheel, unless they are those of the last one.

        Each wheel's go into a folder of their own, which appears as a whole: other processes build,
        unpack and import at the same time.
        """
        folder = Path(self.folder)
        last = native_folder(self.folder)
        native = native_folder(self.folder, digest)
        if last == native and native.is_dir():
            return
        with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory(dir=folder) as new:
            places = built_files(archive, self.project)
            made = Path(new) / "native"
            made.mkdir()
            for place in places:
                (made / place).parent.mkdir(parents=True, exist_ok=True)
                (made / place).write_bytes(archive.read(place))
                if not _is_module(place):
                    # Libraries, data and generated modules are looked for beside the Python files.
                    file = self.beside(place)
                    _replace(file, archive.read(place))
                    _ignore(file)
            # Where it is there already, another process was faster.
            with contextlib.suppress(OSError):
                made.rename(native)
        _replace(folder / "unpacked", digest.encode())
        # Whoever has just looked imports from the last one.
        used = {native.name, last.name, wheel.name}
        for old in [*folder.glob("native-*"), *folder.glob("*.whl")]:
            if old.name in used:
                continue
            if old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.unlink(missing_ok=True)

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


def built_files(archive: zipfile.ZipFile, project: str) -> list[str]:
    """Name the files of a wheel that the build has made: native ones, and generated ones.

    A generated file that lies among the sources too is one of them if it differs there.
    """
    known = package_files(project)
    names = [name for name in archive.namelist() if not _is_metadata(name)]
    return [
        name
        for name in names
        if name not in known or known[name].read_bytes() != archive.read(name)
    ]


def _is_metadata(place: str) -> bool:
    return place.split("/")[0].endswith((".dist-info", ".data"))


def _is_module(place: str) -> bool:
    """Tell an extension module from a library: by the suffix, which modules always have."""
    suffixes = (".abi3.so", ".pyd", sysconfig.get_config_var("EXT_SUFFIX") or ".pyd")
    return place.endswith(suffixes)


def _replace(path: Path, data: bytes) -> None:
    """Write a file as a whole: another process may have the old one open."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    new.write_bytes(data)
    new.replace(path)


IGNORE_FILE = b"# Built by pyz3-wheel for an editable install; safe to delete\n/.gitignore\n"


def _ignore(file: Path) -> None:
    """Keep a built file out of ``git status``, by a .gitignore beside it that ignores itself too.

    A .gitignore that the project has is left alone.
    """
    ignores = file.with_name(".gitignore")
    if not _is_shown_by_git(file):
        return
    text = ignores.read_bytes() if ignores.exists() else IGNORE_FILE
    if text.startswith(IGNORE_FILE):
        # A pattern in which these characters stand for themselves.
        pattern = re.sub(r"([\\[*?])", r"\\\1", file.name)
        _replace(ignores, text + os.fsencode(f"/{pattern}\n"))
    else:
        say(f"note: git does not ignore {file}, which was built: add /{file.name} to {ignores}")


def _is_shown_by_git(file: Path) -> bool:
    """Whether the file is in a git repository that neither tracks nor ignores it."""
    git = find_on_path("git")
    if git is None:
        return False
    # These settings keep git from running what the repository configures.
    settings = ["-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"]
    # In a hook of git, these name the repository of the commit.
    of_hook = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    environment = {name: value for name, value in os.environ.items() if name not in of_hook}
    pathspec = f":(literal){file.name}"
    shown = subprocess.run(
        [git, *settings, "ls-files", "--others", "--exclude-standard", "--", pathspec],
        cwd=file.parent,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return bool(shown.stdout)


def copy_package(install: Install) -> None:
    """Copy this package to the place from which the imports of the project will use it."""
    folder = Path(__file__).parent
    for file in folder.iterdir():
        copy = Path(install.package, folder.name, file.name)
        if file.is_file() and not (copy.is_file() and copy.read_bytes() == file.read_bytes()):
            _replace(copy, file.read_bytes())


def plan(project: Path, arguments: list[str], *, rebuild: bool) -> Install:
    """Return the plan of an editable install. Nothing is built yet."""
    # Where builds are isolated, this very Python is gone afterwards.
    if not _is_unicode(str(project)):
        raise Pyz3WheelError(
            f"the path of the project is not Unicode: {project}; an editable install is Python "
            "code that names it, so move the project, or install it without --editable",
            exit_code=2,
        )
    own = f"--python={sys.executable}"
    arguments = [argument for argument in arguments if argument != own]
    roots: dict[str, None] = {}
    files = package_files(str(project))
    packages = {place.rpartition("/")[0] for place in files if place.endswith("/__init__.py")}
    for place, source in files.items():
        if not source.as_posix().endswith(f"/{place}"):
            raise Pyz3WheelError(
                f"{source}: goes to {place} in the wheel; an editable install cannot rename it",
                exit_code=2,
            )
        roots[str(Path(source.as_posix()[: -len(place) - 1]))] = None
    names = {_outermost(place, packages) for place in files if place.endswith(".py")}
    key = f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}"
    return Install(
        project=str(project),
        folder=str(project / ".pyz3-wheel" / "editable" / key),
        arguments=arguments,
        roots=list(roots) or [str(project)],
        names=sorted(names),
        rebuild=rebuild,
        package=str(project / ".pyz3-wheel" / "editable" / "package") if RECORD.is_file() else "",
        unlisted=[root for root in roots if not root.isascii()],
    )


def _is_unicode(text: str) -> bool:
    """Whether the text has no surrogates, which stand for bytes that are not Unicode."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _outermost(place: str, packages: Container[str]) -> str:
    """Name the outermost package that a file is in; the module itself where all are namespaces."""
    parts = place.split("/")
    for depth in range(1, len(parts)):
        if "/".join(parts[:depth]) in packages:
            return ".".join(parts[:depth])
    return _module(place)


def _module(place: str) -> str:
    """Name the module of a file: ``a/b.abi3.so`` is ``a.b``."""
    folder, _, file = place.rpartition("/")
    return ".".join([*folder.split("/"), file.split(".")[0]] if folder else [file.split(".")[0]])


def write_wheel(install: Install, built: Path, directory: Path) -> str:
    """Write the wheel that installs the project without its files; give its name."""
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        record = next(name for name in names if name.endswith(".dist-info/RECORD"))
        kept = [name for name in names if _is_metadata(name)]
        entries = [(archive.getinfo(name), archive.read(name)) for name in kept if name != record]
    install = with_native_names(install)
    module = module_name(built.name.split("-")[0])
    # Python 3.15 and later leave the import alone where the other file is (PEP 829).
    listed = [root for root in install.roots if root not in install.unlisted]
    pth = "\n".join([*listed, f"import {module}; {module}.start()", ""])
    entries += [
        (zipfile.ZipInfo(f"{module}.pth"), pth.encode("ascii")),
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


def with_native_names(install: Install) -> Install:
    """Add what was unpacked of native modules outside the packages."""
    root = native_folder(install.folder)
    files = [file for file in root.rglob("*") if file.is_file()]
    native = {_module(file.relative_to(root).as_posix()) for file in files}
    within = tuple(f"{name}." for name in install.names)
    others = {module for module in native if not module.startswith(within)}
    return replace(install, names=sorted({*install.names, *others}))


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
