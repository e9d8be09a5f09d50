"""SQL-backed rules about foreign keys: what they may refer to, and what finds the rows that refer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import (
    FOREIGN_KEYS,
    INDEXES,
    KEYED,
    Changed,
    exists_already,
    in_ddl,
    told,
    unless_obscured,
    unread_like,
)
from app.readiness.facts.keys import (
    Family,
    base_type,
    denies_index,
    is_serving,
    referable,
    resolved_type,
    sql_family,
    target_columns,
    trees,
    types_fit,
)
from app.readiness.facts.objects import unread_about
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, cell, name_key, rows, text
from app.readiness.model import NotChecked, Severity, Target
from app.readiness.registry import Yield, rule
from app.schema.each import all_of
from app.schema.memo import Memo
from app.schema.model import ForeignKey, Key, Schema, Table
from app.schema.sources import DDL


@rule(
    "SQ01",
    "fk-without-matching-key",
    "A",
    sections=("7.2",),
    checklist=("CHK06",),
    what="A foreign key refers to columns that are not, in any order, exactly those of a primary key or of "
    "a unique key that is neither partial nor deferrable nor over expressions; or to a table or column that "
    "is not there, or on PostgreSQL is made only later; or the types of the two sides do not go together.",
    why="The server refuses the statement, on the night of the migration. The usual cause is a pair with "
    "the tenant in front of an id that is unique alone, and no unique key over the pair.",
    fix="Add a unique constraint over exactly the columns referred to, or refer to the columns of a key "
    "that is there.",
    wrong_when="The table referred to exists and was not pasted: then this is not checked.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE depot (carrier_id bigint NOT NULL, depot_id bigint NOT NULL, PRIMARY KEY (depot_id));
CREATE TABLE parcel (
    parcel_id bigint PRIMARY KEY,
    carrier_id bigint NOT NULL,
    depot_id bigint NOT NULL,
    CONSTRAINT fk_parcel_depot FOREIGN KEY (carrier_id, depot_id) REFERENCES depot (carrier_id, depot_id)
);
\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE depot (carrier_id bigint NOT NULL, depot_id bigint NOT NULL, PRIMARY KEY (depot_id));
CREATE UNIQUE INDEX uq_depot_carrier ON depot (depot_id, carrier_id);
CREATE TABLE parcel (
    parcel_id bigint PRIMARY KEY,
    carrier_id integer NOT NULL,
    depot_id bigint NOT NULL,
    CONSTRAINT fk_parcel_depot FOREIGN KEY (carrier_id, depot_id) REFERENCES depot (carrier_id, depot_id)
);
ALTER TABLE parcel ALTER COLUMN carrier_id TYPE bigint;
\"\"\"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE depot (depot_code varchar(8) PRIMARY KEY);
ALTER TABLE public.carrier ADD CONSTRAINT uq_carrier_code UNIQUE (code);
CREATE TABLE parcel (
    parcel_id bigint PRIMARY KEY,
    depot_code text NOT NULL REFERENCES public.depot,
    carrier_code text NOT NULL REFERENCES carrier (code),
    replaces_id bigint REFERENCES parcel
);
\"\"\"
""",
    ),
)
def fk_without_matching_key(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    altered_tables: Mapping[str, Table],
    changed_tables: tuple[Changed, ...],
    existing_names: frozenset[str],
    nothing_exists: bool,
    physical_ddl_files: Value | None,
    logical_cardinality: Value | None,
    invariants_matrix: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None:
        return
    known: Memo = memo.setdefault("foreign keys", Memo())
    known.turn()
    family, domains = sql_family(engine), tuple(schema.domains.items())
    # in which order files are run is not said
    one_text = family == "postgresql" and not physical_ddl_files
    for changed, key in all_of(memo, "new foreign keys", changed_tables, _new_keys):
        there = schema.table(key.target)
        target, whole = there or altered_tables.get(key.target), there is not None
        if target is None or (not whole and not _has_key(key, target)):
            yield _absent_target(schema, key, existing_names, nothing_exists and target is None)
            continue
        elsewhere = whole and not target.existing and target.name != changed.table.name
        if one_text and elsewhere and key.span.start < target.span.start:
            message = f"{_name(key)} refers to {target.name}, which is made only later"
            fix = "make the table before, or add the foreign key by ALTER TABLE behind it"
            yield in_ddl(key.span, f"{message} (DDL line {target.span.line})", fix)
        look = partial(_problems, schema, key, changed, target, whole, family)
        problems = known.once((key, changed, target), (whole, family, domains), look)
        for message, fix, severity in problems:
            relying = _relying(bank, key, changed.table, logical_cardinality, invariants_matrix)
            found = in_ddl(key.span, f"{_name(key)}{message}{relying}", fix, severity)
            yield unless_obscured(schema.unread, KEYED, found, changed.table.name, target.name)
    yield from unread_like(schema.unread, FOREIGN_KEYS)


def _new_keys(changed: Changed) -> Iterator[tuple[Changed, ForeignKey]]:
    yield from ((changed, key) for key in changed.table.foreign_keys if changed.is_new(key.name))


def _problems(
    schema: Schema, key: ForeignKey, changed: Changed, target: Table, whole: bool, family: Family
) -> list[tuple[str, str, Severity | None]]:
    """What is wrong with a foreign key whose target is there: the message behind its name, and what to do."""
    wrong = _wrong_target(key, target, whole) or _wrong_own(key, changed)
    if wrong:
        fix = "add a unique constraint over exactly these columns, or refer to a key that is there"
        return [(f" {wrong}", fix, None)]
    fix = "give both columns the same type"
    types = _wrong_types(schema, key, changed.table, target, family)
    return [(f": {message}", fix, severity) for message, severity in types]


def _name(key: ForeignKey) -> str:
    return key.name if key.name and key.named else f"the foreign key on ({', '.join(key.columns)})"


def _has_key(key: ForeignKey, target: Table) -> bool:
    """Whether what the DDL adds to a table that it does not show holds the key referred to."""
    wanted = frozenset(target_columns(key, target))
    return any(frozenset(k.columns) == wanted and not referable(k) for k in target.keys)


def _absent_target(schema: Schema, key: ForeignKey, existing: frozenset[str], nothing_exists: bool) -> Yield:
    """What is said of a foreign key whose table the DDL does not show."""
    place = Target(DDL, line=key.span.line, offset=key.span.start)
    unread = unread_about(schema, key.target)
    if unread is not None:
        return NotChecked(f"{_name(key)} refers to {key.target}: {told(unread)}", place)
    if exists_already(key.target, existing):
        reason = f"{key.target} exists already (1.1), and its keys are not in the DDL"
        return NotChecked(f"{_name(key)}: {reason}", place)
    if nothing_exists:
        message = (
            f"{_name(key)} refers to {key.target}, which the DDL does not make, and 1.1 says that nothing"
        )
        return in_ddl(key.span, f"{message} exists yet", "make the table before, or correct its name")
    return NotChecked(f"{_name(key)}: {key.target} is not in the DDL", place)


def _wrong_own(key: ForeignKey, changed: Changed) -> str:
    absent = [c for c in key.columns if changed.table.column(c) is None] if changed.whole else []
    return f"begins at {', '.join(absent)}, which {changed.table.name} does not have" if absent else ""


def _wrong_target(key: ForeignKey, target: Table, whole: bool) -> str:
    """Why no key of `target` can carry a foreign key, "" when one does."""
    if not key.target_columns:
        own = target.primary_key
        if own is None:
            return f"refers to the primary key of {target.name}, which has none"
        if own.deferrable:
            return f"refers to {own.name}, which is deferrable"
        if len(own.columns) != len(key.columns):
            return (
                f"has {len(key.columns)} columns, but {_listed(own)} of {target.name} has {len(own.columns)}"
            )
        return ""
    absent = [c for c in key.target_columns if target.column(c) is None] if whole else []
    where = f"refers to {target.name} ({', '.join(key.target_columns)})"
    if absent:
        return f"{where}, but the table has no column {', '.join(absent)}"
    if len(key.target_columns) != len(key.columns):
        return f"has {len(key.columns)} columns and {where}"
    wanted = frozenset(key.target_columns)
    same = [k for k in target.keys if frozenset(k.columns) == wanted]
    if any(not referable(k) for k in same):
        return ""
    if same:
        return f"{where}; {same[0].name or 'its key'} has these columns, but {referable(same[0])}"
    near = next((k for k in target.keys if wanted & frozenset(k.columns)), None)
    instead = f"; {_listed(near)}" if near else ""
    return f"{where}, and no primary or unique key has exactly these columns{instead}"


def _listed(key: Key) -> str:
    columns = ", ".join(column or "an expression" for column in key.columns)
    return f"{key.name or 'the key'} ({columns})"


def _wrong_types(
    schema: Schema, key: ForeignKey, table: Table, target: Table, family: Family
) -> Iterator[tuple[str, Severity | None]]:
    for name, other in zip(key.columns, target_columns(key, target), strict=True):
        child, parent = table.column(name), target.column(other)
        if child is None or parent is None:
            continue
        types = resolved_type(schema, child), resolved_type(schema, parent)
        fit = types_fit(*types, family)
        if fit == "refused":
            yield f"{name} is {types[0]}, but {target.name}.{other} is {types[1]}", None
        elif fit == "narrow":
            short = f"{name} is {base_type(types[0])}, and {target.name}.{other} is {base_type(types[1])}"
            yield f"{short}: keys beyond its range cannot be referred to", Severity.WARNING


def _relying(
    bank: Bank, key: ForeignKey, table: Table, cardinality: Value | None, matrix: Value | None
) -> str:
    """The rows of 6.3 and 8 that rest on a foreign key, as the end of a sentence."""
    pair = {entity_key(table.name), entity_key(key.target)}
    found = []
    for address, row in addressed(bank, "logical.cardinality", cardinality):
        sides = {entity_key(side) for side in re.split(r"→|->|=>", cell(row, "relationship"))}
        if _mentions(cell(row, "enforcement"), key) or sides == pair:
            found.append(f"6.3 {address}")
    found += [
        f"8 {address}"
        for address, row in addressed(bank, "invariants.matrix", matrix)
        if _mentions(cell(row, "mechanism"), key)
    ]
    return f" ({', '.join(found)} rests on it)" if found else ""


def _mentions(words: str, key: ForeignKey) -> bool:
    return bool(key.name) and f" {name_key(key.name)} " in f" {name_key(words)} "


@rule(
    "SQ04",
    "fk-unindexed",
    "A",
    sections=("7.4",),
    what="No index begins with the columns of a foreign key, so the rows that refer to a parent are found "
    "by reading the whole table.",
    why="Each DELETE of a parent, and each change of its key, reads the child table once per row. On a large "
    "child that is an outage with a lock in its hand.",
    fix="Add an index that begins with the columns of the foreign key, or say in 7.5 why none is needed.",
    wrong_when="The parent is never deleted or joined from (under index count in 7.5 say so with the name of "
    "the key, or with table and columns: booking has none on (room_id)), or the child stays small (16.1). "
    "MySQL makes the index by itself.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE room (room_id bigint PRIMARY KEY);
CREATE TABLE booking (
    booking_id bigint PRIMARY KEY,
    room_id bigint NOT NULL CONSTRAINT fk_booking_room REFERENCES room
);
\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
index_count = "booking: 2, none behind fk_booking_house since houses are never deleted"
ddl = \"\"\"
CREATE TABLE house (house_id bigint PRIMARY KEY);
CREATE TABLE room (room_id bigint PRIMARY KEY);
CREATE TABLE booking (
    booking_id bigint PRIMARY KEY,
    house_id bigint NOT NULL CONSTRAINT fk_booking_house REFERENCES house,
    room_id bigint CONSTRAINT fk_booking_room REFERENCES room,
    night date NOT NULL
);
CREATE INDEX ix_booking_room ON booking (room_id, night) WHERE room_id IS NOT NULL;
\"\"\"
""",
        """
[[capacity.growth]]
entity = "tariff"
current_rows = "140"
year_estimate = "160"

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE house (house_id bigint PRIMARY KEY);
CREATE TABLE tariff (tariff_id bigint PRIMARY KEY, house_id bigint NOT NULL REFERENCES house);
CREATE TABLE room (
    house_id bigint NOT NULL REFERENCES house,
    room_no integer NOT NULL,
    PRIMARY KEY (house_id, room_no)
);
\"\"\"
""",
        """
[physical]
engine = "mysql"
ddl = \"\"\"
CREATE TABLE room (room_id bigint PRIMARY KEY);
CREATE TABLE booking (
    booking_id bigint PRIMARY KEY,
    room_id bigint NOT NULL,
    CONSTRAINT fk_booking_room FOREIGN KEY (room_id) REFERENCES room (room_id)
);
\"\"\"
""",
    ),
)
def fk_unindexed(
    engine: str,
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    tenant_columns: frozenset[str],
    tiny_tables: frozenset[str],
    physical_index_count: Value | None,
    physical_indexes: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None or sql_family(engine) == "mysql":
        return
    excuses = [text(physical_index_count)]
    excuses += [f"{cell(row, 'index')} {cell(row, 'reason')}" for row in rows(physical_indexes)]
    tables = [changed.table.name for changed in changed_tables]

    def unserved(changed: Changed) -> Iterator[tuple[ForeignKey, Changed]]:
        if entity_key(changed.table.name) not in tiny_tables:
            yield from ((key, changed) for key in _unserved(changed, tenant_columns))

    given = tenant_columns, tiny_tables
    for key, changed in all_of(memo, "unserved keys", changed_tables, unserved, given):
        if not any(denies_index(said, key, tenant_columns, changed.table.name, tables) for said in excuses):
            yield _unindexed(schema, key, changed)
    yield from unread_like(schema.unread, f"{FOREIGN_KEYS}|{INDEXES}")


def _unserved(changed: Changed, tenant: frozenset[str]) -> Iterator[ForeignKey]:
    """The new foreign keys of a table whose columns no index begins with."""
    new = [key for key in changed.table.foreign_keys if changed.is_new(key.name)]
    served = [tree for tree in trees(changed.table) if tree.columns] if new else []
    for key in new:
        columns = frozenset(key.columns)
        own = frozenset(c for c in columns if name_key(c) not in tenant)
        if not any(is_serving(tree, columns) or is_serving(tree, own) for tree in served):
            yield key


def _unindexed(schema: Schema, key: ForeignKey, changed: Changed) -> Yield:
    if not changed.whole:
        reason = f"{changed.table.name} is not in the DDL, so its indexes are not known"
        return NotChecked(f"{_name(key)}: {reason}", Target(DDL, line=key.span.line, offset=key.span.start))
    listed = ", ".join(key.columns)
    message = f"no index of {changed.table.name} begins with ({listed}), the columns of {_name(key)}"
    fix = f"add one, or say under index count in 7.5 why {changed.table.name} has none on ({listed})"
    found = in_ddl(key.span, message, fix)
    return unless_obscured(schema.unread, f"{KEYED}|{INDEXES}", found, changed.table.name)
