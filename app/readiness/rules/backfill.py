"""The migration rule about the backfill: what its plan leaves out, and which rows it would miss."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.interview.applicability import QuestionState, Survey
from app.readiness.facts.changes import Change, Changes
from app.readiness.facts.steps import steps_of
from app.readiness.facts.tables import name_key, text
from app.readiness.model import Found
from app.readiness.registry import Yield, at, fact, rule
from app.schema.each import all_of, union_of

_PLAN = "11.4"
_UPDATE = patterns.compile(r"\bset\b(?P<set>.*?)\bwhere\b(?P<where>.*)", re.IGNORECASE | re.DOTALL)
_ASSIGNED = patterns.compile(r"(?:^|,)\s*(?:\w+\.)?\"?(\w+)\"?\s*=\s*([^,]*)")
_NOT_NULL = patterns.compile(r"\b(?:\w+\.)?\"?(\w+)\"?\s+is\s+not\s+null\b", re.IGNORECASE)
_WHERE = patterns.compile(r"\bwhere\s+(?:\w+\.)?[\"`]?(\w+)[\"`]?\s+is\s+not\s+null\b", re.IGNORECASE)


@rule(
    "MG09",
    "backfill-incomplete-or-inverted",
    "B",
    sections=("11.4",),
    checklist=("CHK11",),
    what="The plan of a backfill leaves items out, is not asked for although a step is a backfill, or its "
    "UPDATE leaves out exactly the rows that it should fill.",
    why="A backfill runs for days beside everything else. Each of the twelve items is something that has "
    "stopped one; and WHERE new_column IS NOT NULL finishes in a second, having done nothing.",
    fix="Answer the items that are missing, or say with a reason why one does not apply; update WHERE the "
    "new column IS NULL.",
    wrong_when="The value comes from a constant default, so that no row is rewritten: then no step is a "
    "backfill.",
    fires="""
[profile]
change_types = ["add_column"]
traits = ["existing_data", "backfill"]

[physical]
engine = "postgresql"
ddl = "ALTER TABLE loan ADD COLUMN due_week integer;"

[[migration.steps]]
step = "2"
kind = "backfill"
action = "`UPDATE loan SET due_week = extract(week FROM due_on) WHERE due_week IS NOT NULL AND loan_id > 0`"
owner = "Ilse Brandt"
safety_guard = "1,000 rows each"
rollback = "set it to null"
""",
    silent=(
        """
[profile]
change_types = ["add_column"]
traits = ["existing_data"]

[[migration.steps]]
step = "1"
kind = "expand"
action = "add loan.renewals with the constant default 0; there is no backfill"
owner = "Ilse Brandt"
safety_guard = "lock_timeout 2 s"
rollback = "drop it"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
ALTER TABLE loan ADD COLUMN due_week integer;
UPDATE loan SET due_week = 1 WHERE due_week IS NULL AND due_on IS NOT NULL;
UPDATE loan SET card_no = upper(card_no) WHERE card_no IS NOT NULL;
UPDATE loan SET due_week = NULL WHERE due_week IS NOT NULL AND returned_on IS NOT NULL;
\"\"\"
""",
    ),
)
def backfill_incomplete_or_inverted(
    bank: Bank,
    survey: Survey,
    inverted_backfills: tuple[Found, ...],
    migration_steps: Value | None,
) -> Iterator[Yield]:
    steps = [step for step in steps_of(bank, "migration.steps", migration_steps) if step.kind == "backfill"]
    views = [view for view in survey.questions.values() if view.question.number == _PLAN]
    if steps and views and not any(view.applies for view in views):
        message = (
            f"{steps[0].label} is a backfill, but the profile says that no row gets a new value, so 11.4 is "
            "not asked"
        )
        fix = "add the trait backfill to the profile, or correct the kind"
        yield at("migration.steps", message, row=steps[0].address, column="kind", fix=fix)
    begun = bool(steps) or any(view.state == QuestionState.ANSWERED for view in views)
    missing = [view for view in views if view.due and view.state == QuestionState.UNANSWERED]
    if begun and missing:
        named = ", ".join(view.question.title.lower() for view in missing)
        many = f"{len(missing)} of {len(views)} items" if len(missing) > 1 else "one item"
        yield at(missing[0].id, f"the backfill plan leaves out {many}: {named}", fix="answer them in 11.4")
    yield from inverted_backfills


@fact
def inverted_backfills(
    changes: Changes,
    migration_idempotency: Value | None,
    migration_chunk_key: Value | None,
    memo: dict[str, Any],
) -> tuple[Found, ...]:
    """What is said of statements, and of answers, that change rows with a value and leave out the rest."""
    new = union_of(memo, "keys of added columns", changes.statements, _added)

    def inverted(change: Change) -> Iterator[Found]:
        if change.kind == "update" and (column := _left_out(change.sql, new)):
            message = f"only rows whose {column} is set already are changed, so those to fill stay empty"
            yield Found(change.target, message, f"WHERE {column} IS NULL")

    found = all_of(memo, "inverted backfills", changes.statements, inverted, new)
    prose = {"migration.idempotency": migration_idempotency, "migration.chunk_key": migration_chunk_key}
    return (*found, *_inverted_in(prose, new))


def _inverted_in(prose: Mapping[str, Value | None], new: frozenset[str]) -> Iterator[Found]:
    for question, value in prose.items():
        match = _WHERE.search(text(value))
        if match and name_key(match[1]) in new and not _UPDATE.search(text(value)):
            message = f"{match[0]!r} leaves out the rows that are to be filled"
            yield at(question, message, fix=f"WHERE {match[1]} IS NULL")


def _added(change: Change) -> frozenset[str]:
    return frozenset(name_key(act.name) for act in change.named("add_column"))


def _left_out(sql: str, new: frozenset[str]) -> str:
    """The new column that an UPDATE sets, to a value that does not come from itself, only where it is set."""
    match = _UPDATE.search(sql) if "where" in sql.casefold() else None
    if match is None or re.search(r"\bor\b", match["where"], re.IGNORECASE):
        return ""
    where = {name_key(name): name for name in _NOT_NULL.findall(match["where"])}
    for column, assigned in _ASSIGNED.findall(match["set"]):
        key = name_key(column)
        own = re.search(rf"(?i)\b{re.escape(column)}\b", assigned) or assigned.strip().casefold() == "null"
        if key in where and key in new and not own:
            return str(where[key])
    return ""
