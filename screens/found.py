"""What was found to be wrong, in the words and colours that it has wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from app.document.values import Misfit
from app.readiness.model import Finding, Severity
from screens.plain import plain

SAID_ALREADY = frozenset({"CP01"})
"""Rules about answers and cells that are missing or incomplete: the marks and the misfits say that."""


def misfit_line(misfit: Misfit, colours: Mapping[str, str]) -> Text:
    """What does not fit, and that it is kept."""
    glyph, style = ("◐", "secondary") if misfit.missing else ("⚠", "warning")
    hint = f" ({misfit.hint})" if misfit.hint else ""
    kept = "" if misfit.missing else " It is kept as you wrote it."
    return plain(f"{glyph} {misfit.message}{hint}.{kept}", colours.get(style, ""))


def finding_lines(finding: Finding, colours: Mapping[str, str], where: str = "") -> Iterator[Text]:
    """A finding and what to do about it; `where` stands behind the severity."""
    style = colours.get(style_of(finding.severity), "")
    yield plain(f"⚠ {finding.code} {finding.severity}{where}: {finding.message}", style)
    if finding.fix:
        yield plain(f"  {finding.fix}", "dim")


def style_of(severity: Severity) -> str:
    """The style of a severity: a theme variable's name."""
    return "error" if severity == "error" else "warning"
