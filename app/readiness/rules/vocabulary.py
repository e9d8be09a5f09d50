"""Naming rules about the whole vocabulary: conventions that drift, terms that nobody explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import Changed, exists_already, in_ddl, named_here
from app.readiness.facts.grains import Grain
from app.readiness.facts.meanings import column_key
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import addressed, bare_key, cell, name_key, rows, text
from app.readiness.facts.texts import address_of
from app.readiness.registry import Yield, at, fact, rule
from app.schema.each import all_of, each
from app.schema.model import Table
from app.schema.names import bare_name, word_set

_ENOUGH = 3
_MAJORITY = 0.7
_CAMEL = patterns.compile(r"[a-z][A-Z]")
_UPPER = patterns.compile(r"^[A-Z][A-Z0-9_]*$")
_DERIVED_END = patterns.compile(r"_(?:counts?|snapshot|versions?|version_no)$")
_STORED = patterns.compile(r"_(?:count|snapshot)$")
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

    def named(changed: Changed) -> Iterator[tuple[Table, str, str]]:
        name = changed.table.name
        if f" {bare_key(name)} " not in excused:
            yield changed.table, _number(bare_name(name)), _case(bare_name(name))

    made = all_of(memo, "names of made tables", changed_tables, named, excused)
    yield from _drifting([(table, number) for table, number, _ in made])
    yield from _drifting([(table, case) for table, _, case in made])
    sourced = {
        column_key(*_parts(cell(row, "column")))
        for row in rows(glossary_derived_fields)
        if cell(row, "source")
    }
    found = each(memo, "derived", changed_tables, _derived)
    for changed, derived in compress(zip(changed_tables, found, strict=True), found):
        for column in named_here(changed, existing_names):
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


def _drifting(tables: Sequence[tuple[Table, str]]) -> Iterator[Yield]:
    """The tables whose name is of another kind than most; a kind is "" for one that cannot be told."""
    counted = Counter(kind for _, kind in tables if kind)
    if not counted or counted.total() <= _ENOUGH:
        return
    most, number = counted.most_common(1)[0]
    if number / counted.total() < _MAJORITY or number == counted.total():
        return
    for table, kind in tables:
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
    spelled_twice: tuple[tuple[str, int, str, str], ...],
    memo: dict[str, Any],
) -> Iterator[Yield]:
    terms = [entity_key(cell(row, "term")) for row in rows(glossary_terms)]
    words = {singular(word) for term in terms for word in term.split()}
    for address, row in addressed(bank, "conceptual.concepts", conceptual_concepts):
        own = entity_key(cell(row, "concept"))
        if terms and own and not _is_explained(own, terms):
            fix = "add it to the glossary (4), or call it what the glossary calls it"
            yield at("conceptual.concepts", "this concept is not in the glossary", row=address, fix=fix)

    def unexplained(changed: Changed) -> Iterator[Yield]:
        parts = {singular(word) for word in bare_key(changed.table.name).split()}
        known = not changed.whole or exists_already(changed.table.name, existing_names)
        if not known and not changed.table.existing and not parts & words and not parts <= _COMMON:
            message = f"no term of the glossary explains {changed.table.name}"
            yield in_ddl(changed.table.span, message, "add its noun to 4")

    if terms:
        yield from all_of(memo, "unexplained tables", changed_tables, unexplained, (words, existing_names))
    answers = {
        "glossary.terms": (glossary_terms, "term"),
        "conceptual.concepts": (conceptual_concepts, "concept"),
        "logical.grain": (logical_grain, "entity"),
    }
    for question, position, name, near in spelled_twice:
        value, column = answers[question]
        message = f"{name!r} and {near!r} look like one thing, spelled in two ways"
        there = address_of(bank, question, value, position)
        yield at(question, message, row=there, column=column, fix="use one spelling")


def _is_explained(concept: str, terms: list[str]) -> bool:
    """Whether a term is the concept, a part of its words, or more words around it."""
    own = set(concept.split())
    return any(own <= set(term.split()) or set(term.split()) <= own for term in terms if term)


@fact
def spelled_twice(
    glossary_terms: Value | None, conceptual_concepts: Value | None, grains: tuple[Grain, ...]
) -> tuple[tuple[str, int, str, str], ...]:
    """Names that differ by one letter from one of a section before: question, position and both names."""
    named = {
        "glossary.terms": [cell(row, "term") for row in rows(glossary_terms)],
        "conceptual.concepts": [cell(row, "concept") for row in rows(conceptual_concepts)],
        "logical.grain": [grain.entity for grain in grains],
    }
    found: list[tuple[str, int, str, str]] = []
    known: dict[str, str] = {}
    for question, names in named.items():
        before = dict(known)
        for position, written in enumerate(names):
            name = entity_key(written)
            near = next((other for other in before if _one_letter(name, other)), None)
            if near is not None and name not in before:
                found.append((question, position, written, before[near]))
            known.setdefault(name, written)
    return tuple(found)


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
