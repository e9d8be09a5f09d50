"""A report for people: one line for each finding, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.document.text import one_line
from app.readiness.model import Severity
from app.readiness.reports.model import Entry, FileReport, Report, counts_text, gain_text, percent

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LONGEST = 400
"""How much of a message or name is shown; people's words may be any length."""


def as_text(report: Report) -> str:
    """The report as lines of text."""
    return "\n".join(line for file in report.files for line in _file_lines(report, file))


def _file_lines(report: Report, file: FileReport) -> Iterator[str]:
    if file.evaluation is None:
        yield f"{file.file}: could not be checked: {file.error}"
        return
    for entry in file.entries:
        if entry.counts:
            yield _finding_line(file, entry)
    for blind in file.blind:
        unchecked = blind.unchecked
        where = f" {unchecked.target}" if unchecked.target else ""
        place = f"{file.file}:{blind.line}: not checked {unchecked.code}{where}"
        yield one_line(f"{place}: {unchecked.reason}", _LONGEST)
    yield from _summary(report, file)


def _finding_line(file: FileReport, entry: Entry) -> str:
    finding = entry.finding
    fix = f" ({one_line(finding.fix, _LONGEST)})" if finding.fix else ""
    where = one_line(str(finding.target), _LONGEST)
    head = f"{file.file}:{entry.line}: {_WORDS[finding.severity]} {finding.code}"
    return f"{head}{f' {where}' if where else ''}: {one_line(finding.message, _LONGEST)}{fix}"


def _summary(report: Report, file: FileReport) -> Iterator[str]:
    evaluation = file.evaluation
    assert evaluation is not None
    was = f" (was {percent(file.before)} %)" if file.before is not None else ""
    yield f"{file.file}: readiness {percent(evaluation.readiness)} %{was}: {counts_text(evaluation)}"
    yield f"  {_found(report, file)}"
    if report.too_low(file):
        yield f"  readiness is below {percent(report.minimum)} %"
    yield from (f"  lower because {one_line(reason, _LONGEST)}" for reason in file.drops)
    for step in evaluation.next_steps:
        yield f"  next: {step.question} ({gain_text(step)}): {one_line(step.reason, 160)}"


def _found(report: Report, file: FileReport) -> str:
    assert file.evaluation is not None
    counted = Counter(entry.finding.severity for entry in file.entries if entry.counts)
    parts = [
        f"{counted[severity]} {word}{'' if counted[severity] == 1 else 's'}"
        for severity, word in _WORDS.items()
    ]
    waived = sum(entry.finding.waived for entry in file.entries)
    known = sum(entry.known and not entry.finding.waived for entry in file.entries)
    parts += [f"{waived} waived"] if waived else []
    parts += [f"{known} known before"] if report.baseline else []
    progress = file.evaluation.progress
    return f"{', '.join(parts)}; {progress.done} of {progress.required} required questions answered"
