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

if TYPE_CHECKING:
    from screens.application import DbcharterApp


def said_already(bank: Bank, finding: Finding) -> bool:
    """Whether it only says that an answer is missing or incomplete: the marks and the misfits say that."""
    question = bank.questions.get(finding.target.question)
    if finding.code != "CP01" or question is None:
        return False
    head = f"{question.title} ({question.number}) is"
    return finding.message.startswith((f"{head} due and not answered", f"{head} not complete"))


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
    style = colours.get(style_of(finding.severity), "")
    yield plain(f"⚠ {finding.code} {finding.severity}{where}: {finding.message}", style)
    yield from fix_lines(bank, finding)


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


def style_of(severity: Severity) -> str:
    """The style of a severity: a theme variable's name."""
    return "error" if severity == "error" else "warning"
