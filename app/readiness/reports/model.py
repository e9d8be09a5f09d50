"""What a check of several files found, before it is written in one of the formats."""

from __future__ import annotations

from pathlib import PurePath

from msgspec import Struct

from app.document.answers import Waiver
from app.readiness.model import Evaluation, Finding, ItemState, Severity, Step, Target, Unchecked
from app.schema.sources import OF_FILES

FILE_CODE = "FILE"
"""Stands for a code where the file itself is the trouble, not what it says."""


class Entry(Struct, frozen=True):
    """A finding with its line in the answer file.

    `known`: it was there in the baseline too. `waiver` is the one that accepts it. `required`: it fails the
    check, whatever else does.
    """

    finding: Finding
    line: int
    known: bool = False
    waiver: Waiver | None = None
    required: bool = False

    @property
    def counts(self) -> bool:
        """Whether it may fail the check: waived and known findings do not."""
        return not (self.finding.waived or self.known)


class Blind(Struct, frozen=True):
    """Something that was not checked, with its line in the answer file."""

    unchecked: Unchecked
    line: int


class FileReport(Struct, frozen=True):
    """What was found in one file; `error` says why it could not be looked at, and then nothing was.

    `line` is where the error is, 0 for none. `before` is the readiness in the baseline, None where that does
    not know this file. `drops` says why the readiness is lower than it was.
    """

    file: str
    error: str = ""
    evaluation: Evaluation | None = None
    entries: tuple[Entry, ...] = ()
    blind: tuple[Blind, ...] = ()
    line: int = 0
    before: float | None = None
    drops: tuple[str, ...] = ()

    def place(self, target: Target | None, line: int) -> tuple[str, int]:
        """The file and line to open for something at `line` of the answer file: the SQL it is about."""
        in_sql = target is not None and target.question in OF_FILES and target.row
        if target is None or not target.line or not in_sql:
            return self.file, line
        return str(PurePath(self.file).parent / target.row), target.line


class Report(Struct, frozen=True):
    """What was found in all files, and which findings and what readiness fail the check.

    `failing` holds severities; `minimum` is a readiness between 0 and 1. `day` is the day, in ISO form,
    on which it was checked; `bank` the bank's id and version; `baseline` whether there is one.
    """

    files: tuple[FileReport, ...]
    failing: frozenset[Severity]
    minimum: float = 0.0
    day: str = ""
    bank: tuple[str, str] = ("", "")
    baseline: bool = False

    @property
    def failed(self) -> bool:
        return any(self.fails(file) for file in self.files)

    def fails(self, file: FileReport) -> bool:
        """Whether a file could not be looked at, is not ready enough, or holds what fails the check."""
        return file.evaluation is None or self.too_low(file) or any(map(self.fails_by, file.entries))

    def fails_by(self, entry: Entry) -> bool:
        """Whether an entry fails the check."""
        return entry.required or (entry.counts and entry.finding.severity in self.failing)

    def too_low(self, file: FileReport) -> bool:
        """Whether the readiness is below the minimum."""
        return file.evaluation is not None and file.evaluation.readiness < self.minimum - 1e-9

    @property
    def minimum_text(self) -> str:
        """The minimum in percent, as it was asked for."""
        return f"{self.minimum * 100:.6g}"


def at_home(message: str, target: Target | None) -> str:
    """A message without the line of a file that it begins with, for where that line is named anyway."""
    return message.removeprefix(f"line {target.line}: ") if target is not None and target.line else message


def waiver_text(waiver: Waiver) -> str:
    """Who accepted something until when, and why."""
    until = f" until {waiver.expires}" if waiver.expires else ""
    return f"by {waiver.owner}{until}: {waiver.reason}"


def percent(readiness: float) -> int:
    """Readiness in whole percent; 100 only when everything is met."""
    return int(readiness * 100 + 1e-9)


def gain_text(step: Step) -> str:
    """By how much a step raises the readiness, `up to` where that is not sure, or only `with others`."""
    if step.gain < 0.0005:
        return "with others"
    return f"{'up to ' if step.at_most else ''}+{step.gain * 100:.1f} %"


def counts_text(evaluation: Evaluation) -> str:
    """`14 of 20 met, 3 partly, 3 not applicable`; states that no item is in are left out."""
    counts = evaluation.counts()
    parts = [f"{counts[ItemState.MET]} of {len(evaluation.checklist)} met"]
    parts += [
        f"{counts[state]} {word}"
        for state, word in (
            (ItemState.PARTLY, "partly"),
            (ItemState.UNMET, "unmet"),
            (ItemState.NOT_APPLICABLE, "not applicable"),
            (ItemState.NOT_CHECKED, "not checked"),
        )
        if counts[state]
    ]
    return ", ".join(parts)
