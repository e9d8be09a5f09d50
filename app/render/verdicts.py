"""The final review as it was evaluated: each item with its verdict, its evidence and what holds it back."""

from __future__ import annotations

from collections.abc import Iterator

from app.bank.model import Bank
from app.document.text import one_line
from app.readiness.model import Evaluation, ItemState, ItemVerdict, Severity, Unchecked
from app.readiness.reports.model import counts_text, percent
from app.render.markdown import anchor, cell, inline
from app.render.view import AppendixPart, Block, Bullets, Table, Text

TITLE = "Final Review"
ANCHOR = "appendix-final-review"
_COLUMNS = ("Item", "Verdict", "Rests on", "Missing, or held back by")
_LONGEST = 160
"""How much of a finding's message is printed."""


def verdict_parts(bank: Bank, evaluation: Evaluation | None) -> tuple[AppendixPart, ...]:
    """The part of the appendix about the evaluation; none for a document that was not evaluated."""
    if evaluation is None:
        return ()
    return (AppendixPart(inline(TITLE), anchor(ANCHOR), tuple(_blocks(bank, evaluation))),)


def _blocks(bank: Bank, evaluation: Evaluation) -> Iterator[Block]:
    yield Text(inline(f"Readiness {percent(evaluation.readiness)} %: {counts_text(evaluation)}."))
    rows = tuple(tuple(map(cell, _row(bank, item))) for item in evaluation.checklist)
    yield Table(tuple(map(cell, _COLUMNS)), rows)
    if evaluation.unchecked:
        yield Text(inline("Not checked:"))
        yield Bullets(tuple(inline(_blind(blind)) for blind in evaluation.unchecked))


def _row(bank: Bank, item: ItemVerdict) -> tuple[str, ...]:
    held = [
        f"{f.code} {f.target}: {one_line(f.message, _LONGEST)}"
        for f in item.findings
        if f.severity == Severity.ERROR and not f.waived
    ]
    against = [f"{_title(bank, question)} is open" for question in item.missing]
    against += held + [_blind(blind) for blind in item.unchecked]
    if item.state == ItemState.NOT_APPLICABLE:
        against = [item.reason]
    rests_on = dict.fromkeys(_title(bank, question) for question in item.rests_on)
    return item.title, item.state.value.replace("_", " "), ", ".join(rests_on), "\n".join(against)


def _title(bank: Bank, question_id: str) -> str:
    question = bank.questions[question_id]
    return f"{question.number} {question.title}"


def _blind(blind: Unchecked) -> str:
    where = f" {blind.target}" if blind.target else ""
    return f"{blind.code}{where} not checked: {one_line(blind.reason, _LONGEST)}"
