"""The final review as text and as data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from app.bank.model import Bank
from app.cli.output import wrap
from app.readiness.model import ItemVerdict
from app.readiness.reports.data import evaluation_data
from app.readiness.reports.model import counts_text, percent
from app.readiness.reports.verdicts import GLYPHS, Group, causes, evidence, groups
from app.session import Session


def checklist_text(session: Session, today: date) -> str:
    """Every item of the final review: its state, what it rests on, and what stands in its way."""
    evaluation = session.evaluate(today)
    head = f"readiness {percent(evaluation.readiness)} %: {counts_text(evaluation)}"
    blocks = [head, *(_group(session.bank, group) for group in groups(evaluation) if group.items)]
    return "\n\n".join(blocks)


def _group(bank: Bank, group: Group) -> str:
    lines = [line for item in group.items for line in _item(bank, group, item)]
    return "\n".join([f"{group.title}: {group.summary()}", *lines])


def _item(bank: Bank, group: Group, item: ItemVerdict) -> Iterator[str]:
    glyph = GLYPHS[item.state]
    yield wrap(f"{glyph} {item.id} {item.title}: {group.state(item)}", "    ", "  ")
    rests_on = evidence(bank, item)
    if rests_on:
        yield wrap(f"rests on {', '.join(rests_on)}", "      ", "    ")
    for cause in causes(bank, item):
        yield wrap(cause.text, "      ", "    · ")


def checklist_data(session: Session, today: date) -> dict[str, Any]:
    """The same as data, as `check --format json` has it."""
    return evaluation_data(session.evaluate(today))
