"""What a check of several files found, before it is written in one of the formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from app.readiness.model import Evaluation, Finding, ItemState, Severity, Step, Unchecked

FILE_CODE = "FILE"
"""Stands for a code where the file itself is the trouble, not what it says."""


class Entry(Struct, frozen=True):
    """A finding with its line in the answer file. `known`: it was there in the baseline too."""

    finding: Finding
    line: int
    known: bool = False

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

    `before` is the readiness in the baseline, where that is an answer file or knows this one, and
    `drops` says why it is higher than the present one.
    """

    file: str
    error: str = ""
    evaluation: Evaluation | None = None
    entries: tuple[Entry, ...] = ()
    blind: tuple[Blind, ...] = ()
    before: float | None = None
    drops: tuple[str, ...] = ()

    def counting(self, severities: Iterable[Severity]) -> Iterator[Entry]:
        """The entries of these severities that may fail the check."""
        wanted = frozenset(severities)
        return (entry for entry in self.entries if entry.counts and entry.finding.severity in wanted)


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
        return self.too_low(file) or any(True for _ in file.counting(self.failing))

    def too_low(self, file: FileReport) -> bool:
        """Whether the readiness, in whole percent as it is shown, is below the minimum."""
        return file.evaluation is not None and percent(file.evaluation.readiness) < percent(self.minimum)


def percent(readiness: float) -> int:
    """Readiness in whole percent; 100 only when everything is met."""
    return int(readiness * 100 + 1e-9)


def gain_text(step: Step) -> str:
    """By how much a step raises the readiness; one that does so only together with others says that."""
    return f"+{step.gain * 100:.1f} %" if step.gain >= 0.0005 else "with others"


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
