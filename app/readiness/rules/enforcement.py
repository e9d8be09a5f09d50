"""Cross-section rules about invariants and what holds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.bank.model import Bank, Risk
from app.document.answers import Value
from app.readiness.facts.objects import identifiers
from app.readiness.facts.scopes import means_column, mentions_column, scope_terms
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import addressed, cell, name_key, rows
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule
from app.schema.each import all_of
from app.schema.model import Key, Schema, Table

_BESIDE_THE_DATA = ("application_service", "async_validator", "operational_control")
"""Levels of enforcement at which the bad row can be written."""


@rule(
    "XS03",
    "invariant-without-enforcement",
    "A",
    sections=("6.5", "8", "18"),
    checklist=("CHK07",),
    cross_checks=("RVW03",),
    what="An invariant of 6.5 has no row in the enforcement matrix; a row lacks what makes it hold, or says "
    "no more of it than no: a mechanism, a test or monitoring; or at critical risk neither a constraint nor "
    "a transaction holds an invariant.",
    why="An invariant that nothing enforces is a wish. The first batch job that nobody thought of breaks it.",
    fix="Add the row to section 8 and name the constraint, the test that provokes a violation, and the "
    "signal that shows one.",
    wrong_when="The same invariant is worded differently in both places: refer to it by the same words. An "
    "invariant spans two stores, so that no transaction can hold it: waive it and say how a breach is found.",
    fires="""
[[logical.invariants]]
invariant = "a seat is held by at most one buyer at a time"

[[invariants.matrix]]
id = "INV-001"
invariant = "a hold ends after it begins"
enforcement = "database_constraint"
mechanism = "ck_hold_interval"
test = "insert of an inverted interval fails"
monitoring = "constraint error count"
""",
    silent=(
        """
[[logical.invariants]]
invariant = "a seat is held by at most one buyer at a time"

[[invariants.matrix]]
id = "INV-001"
invariant = "A seat is held by at most one buyer at a time."
enforcement = "database_constraint"
mechanism = "uq_seat_hold_active"
test = "two buyers hold one seat at once, one of them fails"
monitoring = "drift query of 8.1, hourly"
""",
        """
[profile]
risk = "critical"

[[invariants.matrix]]
id = "INV-001"
invariant = "a seat is held by at most one buyer at a time"
enforcement = "database_constraint"
mechanism = "uq_seat_hold_active"
test = "two buyers hold one seat at once, one of them fails"
monitoring = "count of 23505 on uq_seat_hold_active"

[[invariants.matrix]]
id = "INV-002"
invariant = "A seat is held by at most one buyer at a time."
enforcement = "async_validator"
mechanism = "hold_check, hourly"
test = "a second hold written past the constraint is reported"
monitoring = "hold_check_found_total"
""",
    ),
)
def invariant_without_enforcement(
    bank: Bank, risk: int, logical_invariants: Value | None, invariants_matrix: Value | None
) -> Iterator[Yield]:
    enforced = {name_key(cell(row, "invariant")) for row in rows(invariants_matrix)}
    for address, row in addressed(bank, "logical.invariants", logical_invariants):
        if name_key(cell(row, "invariant")) not in enforced:
            yield at(
                "logical.invariants",
                "this invariant has no row in the enforcement matrix (8)",
                row=address,
                fix="add a row to invariants.matrix with the same words",
            )
    for address, row in addressed(bank, "invariants.matrix", invariants_matrix):
        for column, what in (("mechanism", "mechanism"), ("test", "test"), ("monitoring", "monitoring")):
            if is_bare(cell(row, column)):
                yield at("invariants.matrix", f"no {what} holds this invariant", row=address, column=column)
    if risk >= Risk.CRITICAL:
        yield from _held_beside_the_data(bank, invariants_matrix)


def _held_beside_the_data(bank: Bank, matrix: Value | None) -> Iterator[Yield]:
    """The rows of invariants that no row says a constraint or a transaction holds."""
    held = {
        name_key(cell(row, "invariant"))
        for row in rows(matrix)
        if cell(row, "enforcement") not in _BESIDE_THE_DATA
    }
    for address, row in addressed(bank, "invariants.matrix", matrix):
        if name_key(cell(row, "invariant")) not in held:
            message = "the risk is critical, and neither a constraint nor a transaction holds this invariant"
            fix = "name the constraint, or the transaction that serializes its writers"
            yield at("invariants.matrix", message, row=address, column="enforcement", fix=fix)


@rule(
    "XS04",
    "invariant-scope-differs",
    "B",
    sections=("6.5", "7.2", "8"),
    checklist=("CHK07",),
    cross_checks=("RVW03",),
    what='An invariant says "per reader" or "per room and night", and the unique key that is to hold it has '
    "other columns, the tenant's aside.",
    why="A key that is wider than the sentence lets the duplicate in; one that is narrower refuses what is "
    "allowed.",
    fix="Give the key exactly the columns of the sentence, or correct the sentence.",
    wrong_when="A column has another name than the word in the sentence: use the column's words, or the name "
    "of the table that it refers to.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE room (room_id bigint PRIMARY KEY);
CREATE TABLE guest (guest_id bigint PRIMARY KEY);
CREATE TABLE booking (
    booking_id bigint PRIMARY KEY,
    room_id bigint NOT NULL REFERENCES room,
    guest_id bigint NOT NULL REFERENCES guest,
    night date NOT NULL,
    CONSTRAINT uq_booking_night UNIQUE (room_id, night, guest_id)
);
\"\"\"

[[logical.invariants]]
invariant = "at most one booking per room and night"

[[invariants.matrix]]
id = "INV-001"
invariant = "at most one booking per room and night"
enforcement = "database_constraint"
constraint = "unique"
mechanism = "uq_booking_night"
test = "two bookings of one room and night, the second fails"
monitoring = "count of 23505 on uq_booking_night"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE booking (
    booking_id bigint PRIMARY KEY,
    tenant_id integer NOT NULL,
    room_no integer NOT NULL,
    stay_night date NOT NULL,
    CONSTRAINT uq_booking_night UNIQUE (tenant_id, room_no, stay_night)
);
\"\"\"

[[logical.invariants]]
invariant = "per room and night at most one booking is confirmed"

[[invariants.matrix]]
id = "INV-001"
invariant = "per room and night at most one booking is confirmed"
enforcement = "database_constraint"
constraint = "unique"
mechanism = "uq_booking_night"
test = "two bookings of one room and night, the second fails"
monitoring = "count of 23505 on uq_booking_night"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE booking (
    booking_id bigint PRIMARY KEY,
    unit_id integer NOT NULL,
    CONSTRAINT uq_booking_unit UNIQUE (unit_id)
);
\"\"\"

[[logical.invariants]]
invariant = "at most one open booking per room; 200 bookings per day at most"

[[invariants.matrix]]
id = "INV-001"
invariant = "at most one open booking per room; 200 bookings per day at most"
enforcement = "database_constraint"
constraint = "unique"
mechanism = "uq_booking_unit"
test = "two open bookings of one room, the second fails"
monitoring = "count of 23505 on uq_booking_unit"
""",
    ),
)
def invariant_scope_differs(
    bank: Bank,
    schema: Schema | None,
    tenant_keys: frozenset[str],
    grain_texts: Mapping[str, str],
    invariants_matrix: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None or not rows(invariants_matrix):
        return
    keys = dict(all_of(memo, "keys by name", schema.all_tables, _keys_of))
    entities = grain_texts.keys() | map(entity_key, schema.tables)
    for address, row in addressed(bank, "invariants.matrix", invariants_matrix):
        names = [name_key(name) for name in identifiers(cell(row, "mechanism"))]
        named = [keys[name] for name in names if name in keys]
        invariant = cell(row, "invariant")
        terms = scope_terms(invariant)
        if len(named) != 1:
            continue
        parts = _scope_differs(invariant, terms, *named[0], tenant_keys, entities)
        if parts:
            fix = "give the key the columns of the sentence, or correct the sentence"
            message = f"the invariant holds per {' and '.join(terms)}, but {'; '.join(parts)}"
            yield at("invariants.matrix", message, row=address, column="mechanism", fix=fix)


def _keys_of(table: Table) -> Iterator[tuple[str, tuple[Table, Key]]]:
    yield from ((name_key(key.name), (table, key)) for key in table.keys if key.name)


def _scope_differs(
    invariant: str, terms: list[str], table: Table, key: Key, tenant: frozenset[str], entities: set[str]
) -> list[str]:
    """What is wrong with a key for "per a and b".

    A word that no column matches beside a column that no word matches may be its synonym.
    """
    if not terms:
        return []
    columns = [column for column in key.columns if column and name_key(column) not in tenant]
    unmatched = [
        t for t in terms if f"{t} id" not in tenant and not any(means_column(t, c, table) for c in columns)
    ]
    extra = [
        c
        for c in columns
        if not any(means_column(t, c, table) for t in terms) and not mentions_column(c, invariant)
    ]
    known = entities | set(map(name_key, table.column_names))
    certain = [term for term in unmatched if term in known or singular(term.split()[-1]) in entities]
    parts = []
    if certain and len(unmatched) > len(extra):
        parts.append(f"{key.name} does not have {' or '.join(certain)}")
    if len(extra) > len(unmatched):
        parts.append(f"{key.name} also has {', '.join(extra)}, which lets rows pass that differ in it")
    return parts
