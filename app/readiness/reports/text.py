"""A report for people: one line for each finding, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.document.text import one_line
from app.readiness.model import Severity, Target
from app.readiness.reports.model import (
    Entry,
    FileReport,
    Report,
    at_home,
    counts_text,
    gain_text,
    percent,
    waiver_text,
)

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LONGEST = 400
"""How much of a message or name is shown; people's words may be any length."""


def as_text(report: Report) -> str:
    """The report as lines of text."""
    return "\n".join(line for file in report.files for line in _file_lines(report, file))


def _file_lines(report: Report, file: FileReport) -> Iterator[str]:
    name = _name(file.file)
    if file.evaluation is None:
        place = f"{name}:{file.line}" if file.line else name
        yield f"{place}: could not be checked: {one_line(file.error, _LONGEST)}"
        return
    for entry in file.entries:
        if entry.counts:
            yield _finding_line(file, entry)
    for blind in file.blind:
        unchecked = blind.unchecked
        head = f"{_head(file, unchecked.target, blind.line)}: not checked {unchecked.code}"
        where = f" {unchecked.target}" if unchecked.target else ""
        yield one_line(f"{head}{where}: {at_home(unchecked.reason, unchecked.target)}", 2 * _LONGEST)
    yield from _summary(report, file)


def _name(file: str) -> str:
    """The name of a file on one line; blanks in it stay as they are."""
    return file if file.isprintable() else "".join(c if c.isprintable() else "?" for c in file)


def _head(file: FileReport, target: Target | None, line: int) -> str:
    """The place to open, and behind that in the SQL the answer file that it belongs to."""
    path, number = file.place(target, line)
    return f"{_name(path)}:{number}" + (f" ({_name(file.file)})" if path != file.file else "")


def _finding_line(file: FileReport, entry: Entry) -> str:
    finding = entry.finding
    fix = f" ({one_line(finding.fix, _LONGEST)})" if finding.fix else ""
    where = one_line(str(finding.target), _LONGEST)
    head = f"{_head(file, finding.target, entry.line)}: {_WORDS[finding.severity]} {finding.code}"
    message = one_line(at_home(finding.message, finding.target), _LONGEST)
    return f"{head}{f' {where}' if where else ''}: {message}{fix}"


def _summary(report: Report, file: FileReport) -> Iterator[str]:
    evaluation = file.evaluation
    assert evaluation is not None
    name = _name(file.file)
    was = f" (was {percent(file.before)} %)" if file.before is not None else ""
    yield f"{name}: readiness {percent(evaluation.readiness)} %{was}: {counts_text(evaluation)}"
    yield f"  {_found(report, file)}"
    if report.baseline and file.before is None:
        yield "  the baseline does not know this file, so everything counts as new"
    if report.too_low(file):
        yield f"  readiness is below {report.minimum_text} %"
    yield from (f"  lower because {one_line(reason, _LONGEST)}" for reason in file.drops)
    yield from _waived(file)
    for step in evaluation.next_steps:
        yield f"  next: {step.question} ({gain_text(step)}): {one_line(step.reason, 160)}"


def _waived(file: FileReport) -> Iterator[str]:
    counts = Counter(entry.waiver for entry in file.entries if entry.waiver)
    for waiver, count in counts.items():
        times = f" ({count} findings)" if count > 1 else ""
        said = f"{waiver.code} at {waiver.target}{times} {waiver_text(waiver)}"
        yield f"  waived: {one_line(said, _LONGEST)}"


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
    return f"{', '.join(parts)}; {file.evaluation.progress}"
