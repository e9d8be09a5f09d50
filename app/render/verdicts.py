"""The final review as it was evaluated: each item with its verdict, its evidence and what holds it back."""

from __future__ import annotations

from collections.abc import Iterator

from app.bank.model import Bank
from app.readiness.model import Evaluation
from app.readiness.reports.model import counts_text, percent
from app.readiness.reports.verdicts import Group, causes, evidence, groups, not_checked
from app.render.markdown import anchor, cell, inline
from app.render.view import AppendixPart, Block, Bullets, Table, Text

TITLE = "Final Review"
ANCHOR = "appendix-final-review"
_COLUMNS = ("Verdict", "Rests on", "Missing, or held back by")


def verdict_parts(bank: Bank, evaluation: Evaluation | None) -> tuple[AppendixPart, ...]:
    """The part of the appendix about the evaluation; none for a document that was not evaluated."""
    if evaluation is None:
        return ()
    return (AppendixPart(inline(TITLE), anchor(ANCHOR), tuple(_blocks(bank, evaluation))),)


def _blocks(bank: Bank, evaluation: Evaluation) -> Iterator[Block]:
    yield Text(inline(f"Readiness {percent(evaluation.readiness)} %: {counts_text(evaluation)}."))
    for group in groups(evaluation):
        if group.items:
            yield _table(bank, group)
    unchecked = not_checked(evaluation.unchecked)
    if unchecked:
        yield Text(inline("Not checked:"))
        yield Bullets(tuple(map(inline, unchecked)))


def _table(bank: Bank, group: Group) -> Table:
    rows = tuple(
        (
            cell(item.title),
            cell(group.state(item)),
            cell(", ".join(evidence(bank, item))),
            cell("\n".join(cause.text for cause in causes(bank, item) if group.hinders(cause))),
        )
        for item in group.items
    )
    return Table(tuple(map(cell, (group.title, *_COLUMNS))), rows)
