"""A report as workflow commands of GitHub Actions, which shows them at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from app.readiness.model import Severity
from app.readiness.reports.model import Entry, FileReport, Report, at_home, counts_text, percent

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_github(report: Report) -> str:
    """One command for each finding that counts, and one for each file."""
    return "\n".join(_commands(report))


def _commands(report: Report) -> Iterator[str]:
    for file in report.files:
        if file.evaluation is None:
            said = f"could not be checked: {file.error}"
            yield _command("error", file.file, file.line or 1, "dbcharter", said)
            continue
        for entry in file.entries:
            if entry.counts:
                yield _finding(file, entry)
        readiness = f"readiness {percent(file.evaluation.readiness)} %"
        kind = "error" if report.too_low(file) else "notice"
        low = f"; at least {report.minimum_text} % is asked for" if report.too_low(file) else ""
        yield _command(kind, file.file, 1, readiness, counts_text(file.evaluation) + low)


def _finding(file: FileReport, entry: Entry) -> str:
    finding = entry.finding
    path, line = file.place(finding.target, entry.line)
    belongs = f"{file.file}: " if path != file.file else ""
    where = f"{finding.target}: " if finding.target.question else ""
    fix = f"\nFix: {finding.fix}" if finding.fix else ""
    message = f"{belongs}{where}{at_home(finding.message, finding.target)}{fix}"
    return _command(_COMMANDS[finding.severity], path, line, f"{finding.code} {finding.name}", message)


def _command(kind: str, file: str, line: int, title: str, message: str) -> str:
    return f"::{kind} file={_property(file)},line={line},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
