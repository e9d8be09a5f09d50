"""A report as workflow commands of GitHub Actions, which shows them at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from app.readiness.model import Severity
from app.readiness.reports.model import Report, counts_text, percent

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def as_github(report: Report) -> str:
    """One command for each finding that counts, and one for each file."""
    return "\n".join(_commands(report))


def _commands(report: Report) -> Iterator[str]:
    for file in report.files:
        if file.evaluation is None:
            yield _command("error", file.file, 1, "dbcharter", f"could not be checked: {file.error}")
            continue
        for entry in file.entries:
            finding = entry.finding
            if entry.counts:
                where = f"{finding.target}: " if finding.target.question else ""
                fix = f"\nFix: {finding.fix}" if finding.fix else ""
                title = f"{finding.code} {finding.name}"
                message = f"{where}{finding.message}{fix}"
                yield _command(_COMMANDS[finding.severity], file.file, entry.line, title, message)
        readiness = f"readiness {percent(file.evaluation.readiness)} %"
        kind = "error" if report.too_low(file) else "notice"
        low = f"; at least {percent(report.minimum)} % is asked for" if report.too_low(file) else ""
        yield _command(kind, file.file, 1, readiness, counts_text(file.evaluation) + low)


def _command(kind: str, file: str, line: int, title: str, message: str) -> str:
    return f"::{kind} file={_property(file)},line={line},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
