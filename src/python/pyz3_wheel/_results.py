"""The results and errors of the program, as types and exceptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One problem: what is wrong, where, and how to fix it."""

    message: str
    place: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        """Return the place, the message, and the hint on lines of its own."""
        where = f"{self.place}: " if self.place else ""
        hints = "".join(f"\n  hint: {line}" for line in (self.hint or "").splitlines())
        return f"{where}{self.message}{hints}"


@dataclass(frozen=True)
class Failure:
    """A job that failed."""

    job: str
    """The job, for example ``linux-x86_64-cp312``."""
    platform: str
    """The platform, for example ``linux-x86_64``."""
    kind: str
    """The kind of error, for example ``build`` or ``audit``."""
    problems: tuple[Problem, ...]
    log: str
    """The output of zig."""


@dataclass(frozen=True)
class Finding:
    """A problem of a wheel."""

    code: str
    """The code of the check, for example ``wrong-machine``."""
    severity: str
    """``error``, ``warning`` or ``note``."""
    actual: str
    """What was found, as the end of a sentence about the file."""
    promised: str | None
    """What the wheel promises instead, for example ``the tag win_amd64 promises Windows x64``."""
    file: str | None
    """The file in the wheel that the finding is about, if there is one."""
    hint: str | None

    def __str__(self) -> str:
        """Return everything except the hint."""
        where = f"{self.file}: " if self.file else ""
        against = f", but {self.promised}" if self.promised else ""
        return f"{self.severity}[{self.code}] {where}{self.actual}{against}"


@dataclass(frozen=True)
class Judgement:
    """The findings of ``check`` about one wheel."""

    path: Path
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether the wheel has no errors. Warnings and notes are not errors."""
        return all(finding.severity != "error" for finding in self.findings)


class Pyz3WheelError(Exception):
    """The program could not do its work: a setting is invalid, or a tool is missing."""

    def __init__(self, message: str, *, exit_code: int, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        """The exit code: 1 a build failed, 2 wrong usage or configuration, 3 nothing to do."""
        self.problems = tuple(problems)
        """All problems, each with its hint."""


class BuildError(Pyz3WheelError):
    """At least one wheel could not be built, or was rejected by the checks (exit code 4)."""

    def __init__(
        self, failures: Sequence[Failure], wheels: Sequence[Path], *, exit_code: int
    ) -> None:
        problems = [problem for failure in failures for problem in failure.problems]
        text = [f"{failure.job}: {problem}" for failure in failures for problem in failure.problems]
        super().__init__("\n".join(text), exit_code=exit_code, problems=problems)
        self.failures = tuple(failures)
        """The jobs that failed, with the output of zig."""
        self.wheels = tuple(wheels)
        """The wheels that were built anyway."""


def problems_of(document: Any) -> tuple[Problem, ...]:
    """Read the problems of an error or a failure."""
    return tuple(
        Problem(problem["message"], problem.get("place"), problem.get("hint"))
        for problem in document["problems"]
    )


def failure_of(document: Any) -> Failure:
    """Read a failure."""
    return Failure(
        document["job"],
        document["platform"],
        document["kind"],
        problems_of(document),
        document["log"] or "",
    )


def judgement_of(document: Any) -> Judgement:
    """Read what was found in a wheel."""
    findings = tuple(
        Finding(
            finding["code"],
            finding["severity"],
            finding["actual"],
            finding["promised"],
            finding["file"],
            finding["hint"],
        )
        for finding in document["findings"]
    )
    return Judgement(Path(document["path"]), findings)
