"""What was found to be wrong, in the words and colours that it has wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.widget import Widget

from app.bank.model import Bank
from app.document.values import Misfit
from app.readiness.model import Finding, Severity
from screens.naming import named
from screens.plain import plain
from screens.states import Mark, colour_of

if TYPE_CHECKING:
    from screens.application import DbcharterApp


def misfit_line(misfit: Misfit, colours: Mapping[str, str]) -> Text:
    """What does not fit, and that it is kept."""
    glyph, style = ("◐", "secondary") if misfit.missing else ("⚠", "warning")
    hint = f" ({misfit.hint})" if misfit.hint else ""
    kept = "" if misfit.missing else " It is kept as you wrote it."
    return plain(f"{glyph} {misfit.message}{hint}.{kept}", colours.get(style, ""))


def finding_lines(
    bank: Bank, finding: Finding, colours: Mapping[str, str], where: str = ""
) -> Iterator[Text]:
    """A finding and what to do about it; `where` stands behind the severity."""
    yield finding_line(finding, colours, where)
    yield from fix_lines(bank, finding)


def finding_line(finding: Finding, colours: Mapping[str, str], where: str = "") -> Text:
    """A finding without what to do about it."""
    head = head_of(finding)
    return plain(f"{head.glyph} {head.word}{where}: {finding.message}", colour_of(head, colours))


def head_of(finding: Finding) -> Mark:
    """How a finding begins: with its code, and how much it matters or that it is waived."""
    if finding.waived:
        return Mark("–", f"waived {finding.code}", "muted")
    style = "error" if finding.severity == Severity.ERROR else "warning"
    return Mark("⚠", f"{finding.code} {finding.severity}", style)


def fix_lines(bank: Bank, finding: Finding) -> Iterator[Text]:
    """What to do about a finding, where there is something to say; questions as they are called."""
    if finding.fix:
        yield plain(f"  {named(bank, finding.fix)}", "dim")


def how_to_waive(widget: Widget) -> str:
    """The keys for findings that `widget` shows, in words; "" where nobody may waive one."""
    application = cast("DbcharterApp", widget.app)
    session = application.session
    if application.reviewing or session is None or session.read_only_reason:
        return ""
    key = application.key_of
    return f"{key('waive')} waives a finding · {key('next_finding')} goes to the next one"
