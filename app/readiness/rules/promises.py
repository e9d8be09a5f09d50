"""A cross-section rule about promises: what the summary and the goals name must be somewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from app import patterns
from app.document.answers import Value
from app.readiness.facts.ddl import is_like, told
from app.readiness.facts.objects import identifiers
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, lines, name_key, rows, text
from app.readiness.facts.texts import is_bare
from app.readiness.model import NotChecked
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema

_BEFORE = 80
_REFUSED = patterns.compile(
    r"(?i)\b(?:no|not|without|instead of|rather than|never|neither|nor|replace[sd]?|drops?|removes?|avoids?|"
    r"considered|remaining)\s+(?:\w+\s+){0,3}$"
)
_HISTORY = patterns.compile(
    r"(?:^| )(?:histor\w*|audit\w*|version\w*|transition\w*|events?|ledger\w*|journal\w*|log|logs|revisions?|"
    r"changes?|movements?|archive\w*|snapshot\w*|entry|entries)(?: |$)"
)


_PROMISING = ("control.decision_summary", "control.non_technical_summary", "problem.goals")


class _Sources(Struct, frozen=True):
    """The answers in which a promise may be kept."""

    schema: Schema
    ddl_words: frozenset[str]
    grain: Value | None
    boundaries: Value | None
    surfaces: Value | None
    row_policies: str
    partitioning: str
    mechanisms: str


def _has_outbox(have: _Sources) -> bool:
    named = any("outbox" in word for word in have.ddl_words)
    used = any(row.get("outbox") is True for row in rows(have.boundaries))
    return named or used or any("outbox" in cell(row, "surface") for row in rows(have.surfaces))


def _has_history(have: _Sources) -> bool:
    entities = {entity_key(cell(row, "entity")) for row in rows(have.grain)}
    entities |= {entity_key(name) for name in have.schema.tables}
    columns = {name for table in have.schema.tables.values() for name in table.column_names}
    temporal = any(re.match(r"(?:valid|effective|recorded|row_start|sys_start)", name) for name in columns)
    return temporal or any(map(_HISTORY.search, entities))


def _has_policy(have: _Sources) -> bool:
    return any(t.policies or t.row_security for t in have.schema.tables.values()) or not (
        is_bare(have.row_policies) or not have.row_policies
    )


def _has_partition(have: _Sources) -> bool:
    by_ddl = any(t.partition_by or t.partition_of for t in have.schema.tables.values())
    return by_ddl or bool(have.partitioning and not is_bare(have.partitioning))


def _has_trigger(have: _Sources) -> bool:
    return "trigger" in have.ddl_words or "trigger" in have.mechanisms


def _has_exclusion(have: _Sources) -> bool:
    return any(t.exclusions for t in have.schema.tables.values()) or "exclude" in have.ddl_words


def _has_check(have: _Sources) -> bool:
    return any(t.checks for t in have.schema.tables.values()) or "check" in have.ddl_words


def _has_partial_index(have: _Sources) -> bool:
    tables = have.schema.tables.values()
    return any(i.where for t in tables for i in t.indexes) or any(k.where for t in tables for k in t.keys)


_PROMISES: tuple[tuple[str, re.Pattern[str], Callable[[_Sources], bool], str], ...] = (
    (
        "an outbox",
        patterns.compile(r"(?i)\boutbox\b"),
        _has_outbox,
        "no table, transaction or surface has one",
    ),
    (
        "a history",
        patterns.compile(
            r"(?i)\b(?:audit (?:trail|history|table)|(?:full |complete )?history (?:of|table|rows)|"
            r"(?:change|version) history)\b"
        ),
        _has_history,
        "no table keeps one",
    ),
    (
        "row policies",
        patterns.compile(r"(?i)\b(?:row[- ](?:level )?(?:security|polic(?:y|ies))|RLS)\b"),
        _has_policy,
        "the DDL has no policy and 12.2 describes none",
    ),
    (
        "partitions",
        patterns.compile(r"(?i)\bpartition(?:s|ed|ing)\b"),
        _has_partition,
        "the DDL has none and 7.5 describes none",
    ),
    (
        "a trigger",
        patterns.compile(r"(?i)\btriggers?\b(?! (?:a|the|an)\b)"),
        _has_trigger,
        "the DDL has none",
    ),
    (
        "an exclusion constraint",
        patterns.compile(r"(?i)\bexclusion constraints?\b"),
        _has_exclusion,
        "the DDL has none",
    ),
    ("a CHECK", patterns.compile(r"\bCHECKs?\b|(?i:\bcheck constraints?\b)"), _has_check, "the DDL has none"),
    (
        "a partial index",
        patterns.compile(r"(?i)\bpartial (?:unique )?index(?:es)?\b"),
        _has_partial_index,
        "the DDL has none",
    ),
)


@rule(
    "XS07",
    "promise-without-object",
    "B",
    sections=("0.1", "1.2"),
    what="The decision summary or a goal names a table, an index, a constraint or a mechanism, such as an "
    "outbox, a history or a trigger, that no section defines.",
    why="The summary is what most readers read. What it promises and the design does not have will be "
    "missed in production.",
    fix="Define it in its section, or take it out of the summary.",
    wrong_when="The thing has another name in its section: use one name for it.",
    fires="""
[control.decision_summary]
domain = "clinic appointments"
enforcement = "an exclusion constraint on appointment"

[physical]
engine = "postgresql"
ddl = "CREATE TABLE appointment (appointment_id bigint PRIMARY KEY, doctor_id bigint, during tstzrange);"
""",
    silent=(
        """
[control.decision_summary]
domain = "clinic appointments"
enforcement = "an exclusion constraint on appointment, without triggers"

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE appointment (appointment_id bigint PRIMARY KEY, doctor_id bigint, during tstzrange,
    EXCLUDE USING gist (doctor_id WITH =, during WITH &&));
\"\"\"
""",
        """
[problem]
goals = ["No two appointments overlap: ex_appointment_overlap refuses the second."]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE appointment (appointment_id bigint PRIMARY KEY, doctor_id bigint, during tstzrange);"

[[invariants.matrix]]
id = "INV-001"
invariant = "appointments of a doctor do not overlap"
enforcement = "database_constraint"
mechanism = "ex_appointment_overlap, added in step 3"
test = "two sessions"
monitoring = "drift query"
""",
    ),
)
def promise_without_object(
    values: Mapping[str, Value],
    memo: dict[str, Any],
    schema: Schema | None,
    ddl_defined: frozenset[str],
    ddl_words: frozenset[str],
    control_decision_summary: Value | None,
    problem_goals: Value | None,
    logical_grain: Value | None,
    invariants_matrix: Value | None,
    transactions_boundaries: Value | None,
    integration_surfaces: Value | None,
    security_row_policies: Value | None,
    physical_partitioning: Value | None,
) -> Iterator[Yield]:
    promised = list(_promised(control_decision_summary, problem_goals))
    search = _Search(memo)
    for question, column, words in promised:
        for name in dict.fromkeys(identifiers(words)):
            bare = name.rsplit(".", 1)[-1]
            if name_key(bare) not in ddl_defined and not search.finds(values, bare):
                message = f"{name} stands nowhere else in this document"
                yield at(
                    question, message, column=column, fix="define it, or use the name that it has elsewhere"
                )
    search.keep()
    if schema is None:
        return
    have = _Sources(
        schema,
        ddl_words,
        logical_grain,
        transactions_boundaries,
        integration_surfaces,
        text(security_row_policies),
        text(physical_partitioning),
        " ".join(
            cell(row, c) for row in rows(invariants_matrix) for c in ("constraint", "mechanism")
        ).casefold(),
    )
    for question, column, words in promised:
        for what, pattern, kept, lacking in _PROMISES:
            match = pattern.search(words)
            if (
                match
                and not _REFUSED.search(words, max(0, match.start() - _BEFORE), match.start())
                and not kept(have)
            ):
                message = f"{what} is promised here, but {lacking}"
                found = at(question, message, column=column, fix="define it, or take it out here")
                unread = next((one for one in schema.unread if is_like(one, ".")), None)
                yield found if unread is None else NotChecked(f"{what}: {told(unread)}", found.target)


def _promised(summary: Value | None, goals: Value | None) -> Iterator[tuple[str, str, str]]:
    """Question, slot and text of everything that promises something."""
    if isinstance(summary, Mapping):
        for slot, words in summary.items():
            yield "control.decision_summary", slot, text(words)
    for words in lines(goals):
        yield "problem.goals", "", words


class _Search:
    """Looks for names in all other answers; remembers the values and rows in which one was looked for."""

    def __init__(self, memo: dict[str, Any]) -> None:
        self.memo = memo
        self.before: dict[tuple[str, int], tuple[object, bool]] = memo.get("XS07", {})
        self.after: dict[tuple[str, int], tuple[object, bool]] = {}

    def finds(self, values: Mapping[str, Value], name: str) -> bool:
        """Whether any other answer holds a name as a word."""
        wanted = re.compile(rf"(?i)(?<!\w){re.escape(name)}(?!\w)")
        for question_id, value in values.items():
            if question_id not in _PROMISING:
                parts = value if isinstance(value, tuple) else (value,)
                if any(self._holds(part, name, wanted) for part in parts):
                    return True
        return False

    def _holds(self, part: object, name: str, wanted: re.Pattern[str]) -> bool:
        key = (name, id(part))
        known = self.before.get(key)
        if known is None or known[0] is not part:
            known = (part, _holds(part, wanted))
        self.after[key] = known
        return known[1]

    def keep(self) -> None:
        self.memo["XS07"] = self.after


def _holds(value: object, wanted: re.Pattern[str]) -> bool:
    if isinstance(value, str):
        return bool(wanted.search(value))
    if isinstance(value, Mapping):
        return any(_holds(inner, wanted) for inner in value.values())
    return isinstance(value, tuple) and any(_holds(inner, wanted) for inner in value)
