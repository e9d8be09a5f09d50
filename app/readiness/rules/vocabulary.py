"""Naming rules about the whole vocabulary: conventions that drift, terms that nobody explains."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.each import each
from app.readiness.facts.ddl import Changed, exists_already, in_ddl, named_here
from app.readiness.facts.meanings import column_key
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import addressed, bare_key, cell, name_key, rows, text
from app.readiness.facts.texts import word_set
from app.readiness.registry import Yield, at, rule
from app.schema.model import Table
from app.schema.names import bare_name

_ENOUGH = 3
_MAJORITY = 0.7
_CAMEL = re.compile(r"[a-z][A-Z]")
_UPPER = re.compile(r"^[A-Z][A-Z0-9_]*$")
_DERIVED_END = re.compile(r"_(?:counts?|snapshot|versions?|version_no)$")
_STORED = re.compile(r"_(?:count|snapshot)$")
_MASS = word_set(
    "data news series species metadata media status address address_book access process progress business"
)
_COMMON = word_set(
    "outbox inbox event log queue job setting config history audit version transition state status type "
    "user account address file message note comment tag link item entry line list map batch run step"
)
_SHORTEST = 6


@rule(
    "NM04",
    "convention-drift",
    "C",
    sections=("4.1",),
    what="Most tables are singular and some plural, most names in snake_case and some in another case; or a "
    "derived column has no suffix that says so, or a column with such a suffix no source in 4.1.",
    why="Two rules in one schema cost a guess in every join.",
    fix="Follow the majority, or name the exceptions in 4.1.",
    wrong_when="Irregular nouns, or two old schemas side by side: name the tables in 4.1.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE car (car_id bigint PRIMARY KEY);
CREATE TABLE rental (rental_id bigint PRIMARY KEY);
CREATE TABLE tariff (tariff_id bigint PRIMARY KEY);
CREATE TABLE drivers (driver_id bigint PRIMARY KEY);
\"\"\"
""",
    silent=(
        """
[glossary]
table_names = "Singular, snake_case; one exception: `drivers`, shared with billing."

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE car (car_id bigint PRIMARY KEY);
CREATE TABLE rental_data (rental_id bigint PRIMARY KEY);
CREATE TABLE address (address_id bigint PRIMARY KEY);
CREATE TABLE drivers (driver_id bigint PRIMARY KEY);
\"\"\"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE cars (car_id bigint PRIMARY KEY, rental_count integer NOT NULL);
CREATE TABLE driver (driver_id bigint PRIMARY KEY, row_version integer NOT NULL);
\"\"\"

[[glossary.derived_fields]]
column = "cars.rental_count"
suffix = "count"
source = "rentals of the car, recounted every night"
""",
    ),
)
def convention_drift(
    bank: Bank,
    changed_tables: tuple[Changed, ...],
    existing_names: frozenset[str],
    glossary_table_names: Value | None,
    glossary_derived_fields: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    excused = f" {name_key(text(glossary_table_names))} "
    made = [c.table for c in changed_tables if f" {bare_key(c.table.name)} " not in excused]
    yield from _drifting(made, each(memo, "numbers", made, lambda table: _number(bare_name(table.name))))
    yield from _drifting(made, each(memo, "cases", made, lambda table: _case(bare_name(table.name))))
    sourced = {
        column_key(*_parts(cell(row, "column")))
        for row in rows(glossary_derived_fields)
        if cell(row, "source")
    }
    for changed, derived in zip(changed_tables, each(memo, "derived", changed_tables, _derived), strict=True):
        for column in named_here(changed, existing_names) if derived else ():
            if column.name in derived and column_key(changed.table.name, column.name) not in sourced:
                message = (
                    f"{changed.table.name}.{column.name} is named as derived, and 4.1 does not say from what"
                )
                yield in_ddl(column.span, message, "add its source under derived fields")
    for address, row in addressed(bank, "glossary.derived_fields", glossary_derived_fields):
        name = _parts(cell(row, "column"))[1].casefold()
        if name and cell(row, "suffix").casefold() in ("", "none") and not _DERIVED_END.search(name):
            message = f"{name} is derived, and its name does not show it"
            fix = "call it …_count, …_snapshot or …_version"
            yield at("glossary.derived_fields", message, row=address, column="column", fix=fix)


def _parts(name: str) -> tuple[str, str]:
    table, _, column = name.rpartition(".")
    return table, column


def _derived(changed: Changed) -> frozenset[str]:
    """The columns of a table that are named as derived."""
    return frozenset(c.name for c in changed.table.columns if _STORED.search(c.name.casefold()))


def _drifting(tables: Sequence[Table], kinds: Sequence[str]) -> Iterator[Yield]:
    """The tables whose name is of another kind than most; a kind is "" for one that cannot be told."""
    counted = Counter(kind for kind in kinds if kind)
    if not counted or sum(counted.values()) <= _ENOUGH:
        return
    most, number = counted.most_common(1)[0]
    if number / sum(counted.values()) < _MAJORITY:
        return
    for table, kind in zip(tables, kinds, strict=True):
        if kind and kind != most:
            message = f"{table.name} is {kind}, and {number} other tables are {most}"
            yield in_ddl(table.span, message, "follow them, or name the exception in 4.1")


def _number(name: str) -> str:
    last = name_key(name).split()[-1] if name_key(name) else ""
    if not last or last in _MASS:
        return ""
    return "plural" if singular(last) != last else "singular"


def _case(name: str) -> str:
    if _CAMEL.search(name):
        return "in camelCase"
    return "in capitals" if _UPPER.match(name) else "in lower case"


@rule(
    "NM05",
    "unglossed-term",
    "C",
    sections=("4", "5"),
    what="A concept of 5.1 or a new table has no term in the glossary, or two sections spell what looks like "
    "one thing in two ways.",
    why="A word with two readings becomes two joins with two results, both of them defended.",
    fix="Add the term, or use one spelling.",
    wrong_when="Everyday nouns need no entry.",
    fires="""
[[glossary.terms]]
term = "Loan"
definition = "one copy in the hands of one reader"

[[conceptual.concepts]]
concept = "Reservation"
meaning = "the wish for the next free copy"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE seat_holds (hold_id bigint PRIMARY KEY);
CREATE TABLE hold_event (hold_id bigint, event_no integer, PRIMARY KEY (hold_id, event_no));
\"\"\"

[[glossary.terms]]
term = "Seat hold"
definition = "a seat kept for one buyer for ten minutes"

[[conceptual.concepts]]
concept = "seat-hold"
meaning = "a seat kept for one buyer"
""",
        """
[[conceptual.concepts]]
concept = "Reservation"
meaning = "the wish for the next free copy"

[[logical.grain]]
entity = "reservation"
grain = "one wish of one reader for one title"
""",
    ),
)
def unglossed_term(
    bank: Bank,
    changed_tables: tuple[Changed, ...],
    existing_names: frozenset[str],
    glossary_terms: Value | None,
    conceptual_concepts: Value | None,
    logical_grain: Value | None,
) -> Iterator[Yield]:
    terms = [entity_key(cell(row, "term")) for row in rows(glossary_terms)]
    words = {singular(word) for term in terms for word in term.split()}
    for address, row in addressed(bank, "conceptual.concepts", conceptual_concepts):
        own = entity_key(cell(row, "concept"))
        if terms and own and not _is_explained(own, terms):
            fix = "add it to the glossary (4), or call it what the glossary calls it"
            yield at("conceptual.concepts", "this concept is not in the glossary", row=address, fix=fix)
    if terms:
        for changed in changed_tables:
            parts = {singular(word) for word in bare_key(changed.table.name).split()}
            known = not changed.whole or exists_already(changed.table.name, existing_names)
            if not known and not changed.table.existing and not parts & words and not parts <= _COMMON:
                message = f"no term of the glossary explains {changed.table.name}"
                yield in_ddl(changed.table.span, message, "add its noun to 4")
    yield from _spelled_twice(bank, glossary_terms, conceptual_concepts, logical_grain)


def _is_explained(concept: str, terms: list[str]) -> bool:
    """Whether a term is the concept, a part of its words, or more words around it."""
    own = set(concept.split())
    return any(own <= set(term.split()) or set(term.split()) <= own for term in terms if term)


def _spelled_twice(
    bank: Bank, terms: Value | None, concepts: Value | None, grain: Value | None
) -> Iterator[Yield]:
    """Names of different sections that differ by one letter."""
    known: dict[str, str] = {}
    for question, value, column in (
        ("glossary.terms", terms, "term"),
        ("conceptual.concepts", concepts, "concept"),
        ("logical.grain", grain, "entity"),
    ):
        before = dict(known)
        for address, row in addressed(bank, question, value):
            name = entity_key(cell(row, column))
            near = next((other for other in before if _one_letter(name, other)), None)
            if near is not None and name not in before:
                message = (
                    f"{cell(row, column)!r} and {before[near]!r} look like one thing, spelled in two ways"
                )
                yield at(question, message, row=address, column=column, fix="use one spelling")
            known.setdefault(name, cell(row, column))


def _one_letter(one: str, other: str) -> bool:
    """Whether two names differ by one letter that is added, left out, changed or in the wrong place."""
    if one == other or min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > 1:
        return False
    if one[0] != other[0]:
        return False
    start = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    rest, rest_other = one[start:], other[start:]
    swapped = rest[:2] == rest_other[:2][::-1] and rest[2:] == rest_other[2:]
    return swapped or rest[1:] == rest_other[1:] or rest[1:] == rest_other or rest == rest_other[1:]
