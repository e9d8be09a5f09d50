"""Completeness rules about things that refer to each other, and about decision records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Answers, Row, Value
from app.document.dangling import dangling_references
from app.document.values import Misfit
from app.interview.applicability import QuestionState, Survey
from app.readiness.facts.tables import addressed, cell, items, rows
from app.readiness.facts.texts import Id, Looked, address_of, id_of, is_bare
from app.readiness.model import Severity
from app.readiness.registry import Yield, at, fact, rule
from app.schema.each import union_of

_DEFINING = ("invariants.matrix", "workload.queries", "decisions.records")
_FROM_OUTSIDE = frozenset({"control.related_tickets", "control.related_adrs", "control.related_migrations"})
"""Questions whose ids are those of other documents."""
_MISSING = 50
"""A number so far beyond the last one of its prefix is that of another list."""


@rule(
    "CP09",
    "id-dangling",
    "A",
    sections=("all",),
    what="A cell or a text refers to something that the document does not have, a row is there twice, or the "
    "words of a link name one id and its target another.",
    why="A reference that leads nowhere hides a thing that was renamed or forgotten, and generated tables "
    "and diagrams leave it out.",
    fix="Correct the reference, or add what it refers to.",
    wrong_when="The id is that of another document with the same prefix: write it as a link to there, in "
    "backticks or quotation marks, or with the name of that document (INV-044 of the billing manual). Tables "
    "that have no rows yet, and numbers more than 50 above the last row's, are not looked at.",
    fires="""
[[domain.actors]]
actor = "desk clerk"

[[domain.commands]]
command = "place hold"
actor = "reader"
""",
    silent=(
        """
[control]
related_adrs = ["ADR-0044 of the lending handbook (one row per copy; overturned)"]

[[domain.commands]]
command = "place hold"
actor = "reader"

[[decisions.records]]
id = "ADR-001"
title = "Holds are rows of their own"
status = "accepted"
options = ["a column of the copy", "a table"]
consequences = ["one more join"]
revisit_trigger = "more than 5M open holds"
decision = "a table; https://adr.example.com/ADR-0044 is overturned"
""",
        """
[[domain.actors]]
actor = "Reader"

[[domain.commands]]
command = "place hold"
actor = "reader"

[[invariants.matrix]]
id = "INV-001"
invariant = "a reader has one open hold per title"
enforcement = "database_constraint"
mechanism = "see [INV-1](#inv-001); measured under ISO-8601 and UTF-8"
""",
    ),
)
def id_dangling(
    bank: Bank,
    survey: Survey,
    values: Mapping[str, Value],
    written: Mapping[str, Value],
    looked: Mapping[str, tuple[Looked, ...]],
    dangling: tuple[Misfit, ...],
    defined_ids: Mapping[str, frozenset[Id]],
) -> Iterator[Yield]:
    for misfit in dangling:
        row = address_of(bank, misfit.question, values[misfit.question], misfit.row or 0)
        hint = misfit.hint or "correct it, or add what it refers to"
        yield at(misfit.question, misfit.message, row=row, column=misfit.column, fix=hint)
    for view in survey.questions.values():
        if view.misfits and view.state == QuestionState.PARTIAL:
            for misfit in view.misfits:
                if misfit.repeated and misfit.row is not None:
                    row = address_of(bank, view.id, written.get(view.id), misfit.row)
                    yield at(view.id, misfit.message, row=row, fix="give each row a name of its own")
    yield from _mentions(bank, values, looked, defined_ids)


@fact
def reference_answers(bank: Bank, values: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    """The answers that refer to rows of others, and those that are referred to, by question."""
    return tuple((question, values[question]) for question in _referring(bank) if question in values)


@lru_cache(maxsize=8)
def _referring(bank: Bank) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for question_id, question in bank.questions.items():
        for column in question.columns:
            if column.refers_to:
                found |= dict.fromkeys((question_id, column.refers_to.rpartition(".")[0]))
    return tuple(found)


@fact
def dangling(bank: Bank, reference_answers: tuple[tuple[str, Value], ...]) -> tuple[Misfit, ...]:
    """The cells that refer to a row which is not there."""
    return tuple(dangling_references(bank, Answers(values=dict(reference_answers))))


@fact
def defined_ids(values: Mapping[str, Value], memo: dict[str, Any]) -> Mapping[str, frozenset[Id]]:
    """By question, the ids of its rows."""
    return {
        question: union_of(memo, f"ids in {question}", rows(values.get(question)), _ids_in)
        for question in _DEFINING
    }


def _ids_in(row: Row) -> frozenset[Id]:
    found = id_of(cell(row, "id"))
    return frozenset() if found is None else frozenset((found,))


def _mentions(
    bank: Bank,
    values: Mapping[str, Value],
    looked: Mapping[str, tuple[Looked, ...]],
    defined: Mapping[str, frozenset[Id]],
) -> Iterator[Yield]:
    prefixes = {prefix: question_id for question_id, ids in defined.items() for prefix, _ in ids}
    known = {found for ids in defined.values() for found in ids}
    highest: dict[str, int] = {}
    for prefix, number in sorted(known):
        highest[prefix] = number
    for question_id, found in looked.items():
        for seen in found:
            for crossed in seen.crossed:
                row = address_of(bank, question_id, values[question_id], seen.row)
                message = f"the link {crossed.written} says one id and leads to another"
                yield at(question_id, message, row=row, column=crossed.column)
            for mention in seen.mentions:
                home = prefixes.get(mention.id[0])
                if home is None or mention.id in known or question_id in _FROM_OUTSIDE:
                    continue
                if mention.id[1] > highest[mention.id[0]] + _MISSING:
                    continue
                row = address_of(bank, question_id, values[question_id], seen.row)
                severity = Severity.WARNING if home == "decisions.records" else None
                message = f"{mention.written} is not in {home}"
                fix = "correct the id, or add the row"
                yield at(question_id, message, row=row, column=mention.column, fix=fix, severity=severity)


_IMPOSED = patterns.compile(
    r"\b(?:impos|mandat|prescrib|dictat|forced on|no choice|not ours to|required by|law)\w*", re.IGNORECASE
)
_DEAD = frozenset({"rejected", "superseded"})


@rule(
    "CP10",
    "adr-incomplete",
    "A",
    sections=("21",),
    checklist=("CHK20",),
    what="A decision record has fewer than two options, no decision, no consequence, or nothing that would "
    "reopen it.",
    why="Without the option that lost and the price that was paid, the next team takes the decision again.",
    fix="Add the option that lost and why, what becomes harder, and the measurement that would reopen it.",
    wrong_when="The decision was imposed: say so in the context, and one option is enough. A record that was "
    "rejected or superseded needs no trigger.",
    fires="""
[[decisions.records]]
id = "ADR-001"
title = "Readings are stored in UTC"
status = "accepted"
context = "meters report in local time"
options = ["store UTC and the zone of the meter"]
decision = "UTC with the zone beside it"
consequences = ["reports convert"]
revisit_trigger = "a meter without a known zone"
""",
    silent=(
        """
[[decisions.records]]
id = "ADR-001"
title = "Readings are stored in UTC"
status = "accepted"
context = "imposed by the grid operator's interface, version 4"
options = ["store UTC and the zone of the meter"]
decision = "UTC with the zone beside it"
consequences = ["reports convert"]
revisit_trigger = "version 5 of the interface"
""",
        """
[[decisions.records]]
id = "ADR-002"
title = "One table per utility"
status = "rejected"
context = "the largest utility slows the others down"
options = ["one table per utility", "partitions by utility"]
decision = "no: 40 utilities would be 40 migrations"
consequences = ["the largest utility gets its own partition"]
""",
    ),
)
def adr_incomplete(bank: Bank, decisions_records: Value | None) -> Iterator[Yield]:
    for address, row in addressed(bank, "decisions.records", decisions_records):
        options = [option for option in items(row, "options") if not is_bare(option)]
        imposed = _IMPOSED.search(f"{cell(row, 'context')} {cell(row, 'decision')}") is not None
        gaps = []
        if len(options) < (1 if imposed else 2):
            fix = "add the option that lost and why it did"
            gaps.append(("options", f"{len(options) or 'no'} option was considered", fix))
        if not cell(row, "decision") and cell(row, "status") != "proposed":
            gaps.append(("decision", "it says no decision", "write what was decided and why"))
        if not cell(row, "consequences"):
            gaps.append(("consequences", "it has no consequence", "write what becomes harder"))
        if not cell(row, "revisit_trigger") and cell(row, "status") not in _DEAD:
            fix = "name the measurement or the event"
            gaps.append(("revisit_trigger", "nothing is said to reopen it", fix))
        for column, message, fix in gaps:
            yield at("decisions.records", message, row=address, column=column, fix=fix)
