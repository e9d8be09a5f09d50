"""SQL-backed rules about columns: nullability, time zones, states without a list of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.columns import Moment, TableColumn, never_null
from app.readiness.facts.ddl import (
    TABLES,
    Changed,
    DdlSource,
    comment_beside,
    in_ddl,
    unless_obscured,
    unread_like,
)
from app.readiness.facts.keys import sql_family
from app.readiness.facts.meanings import ColumnKey, Meanings, column_key, named_columns, row_for, said_of
from app.readiness.facts.states import Lifecycle, entity_key, lifecycles
from app.readiness.facts.tables import cell, name_key, rows
from app.readiness.facts.texts import address_of
from app.readiness.model import Severity
from app.readiness.registry import Yield, fact, rule
from app.schema.each import all_of
from app.schema.model import Schema, SchemaColumn, Table

_LATER = patterns.compile(
    r"(?i)\b(?:nullable|not null|required|mandatory)\b.*\b(?:until|from|after|before|since|in|with|once)\b|"
    r"\b(?:until|after|from|before|in|with)\b.*\b(?:step|phase|backfill|release|v?\d+)\b"
)
_SET_NOT_NULL = patterns.compile(r"(?i)\bnot null\b")
_NULLABLE_SHARE = 4
_TIMESTAMP = r"\btimestamp\b"
_LOCAL = patterns.compile(
    r"(?i)\b(?:local|wall[- ]?clock|without (?:a )?(?:time )?zone|no (?:time )?zone|floating|"
    r"timetable|opening hours|civil time|time zone (?:is|stands|in) )"
)
_STATE_WORDS = r"(?:\b|_)(?:state|status|stage|phase)\b"
_OPEN = patterns.compile(
    r"(?i)\b(?:open (?:list|vocabulary|set)|any (?:text|value|word)|free text|"
    r"as (?:received|sent|delivered|reported)|vendor|carrier|provider|partner|supplier|third part\w+|"
    r"external|grows|mirrors?|verbatim)\b"
)


@rule(
    "SQ05",
    "nullability-contradiction",
    "A",
    sections=("7.2", "7.3"),
    what="7.3 and the DDL disagree on whether a column may be null; a column that holds the tenant or the "
    "state of a row may be null; or every column of a table but its key may.",
    why="One of the two is what the programs were written against. A NULL that was promised never to come "
    "ends in a wrong sum before it ends in an error.",
    fix="Correct the one that is wrong.",
    wrong_when="The column becomes NOT NULL in a later step: write the step into the notes of 7.3, or SET "
    "NOT NULL with the column's name into 11.3.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (loan_id bigint PRIMARY KEY, due_on date);"

[[physical.column_semantics]]
table = "loan"
column = "due_on"
nullable = false
meaning = "the last day on which it can be brought back free of charge"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE loan (loan_id bigint PRIMARY KEY, due_on date, returned_at timestamptz, branch_id bigint);
ALTER TABLE loan ADD CONSTRAINT ck_loan_branch CHECK (branch_id IS NOT NULL) NOT VALID;
\"\"\"

[[physical.column_semantics]]
table = "loan"
column = "due_on"
nullable = false
meaning = "the last day on which it can be brought back free of charge"
notes = "null until the backfill of step 4 is done"

[[physical.column_semantics]]
table = "loan"
column = "returned_at"
nullable = true
meaning = "when it was scanned on return; null while it is out"

[[physical.column_semantics]]
table = "loan"
column = "branch_id"
nullable = false
meaning = "where it was lent"
""",
        """
[physical]
engine = "postgresql"
ddl = "ALTER TABLE loan ADD COLUMN renewed_at timestamptz, ADD COLUMN renewals integer NOT NULL DEFAULT 0;"

[[physical.column_semantics]]
table = "Loan"
column = "renewed_at"
nullable = true
meaning = "when it was renewed last; null if never"

[[physical.column_semantics]]
table = "loan"
column = "renewals, loan_id"
nullable = false
meaning = "how often it was renewed"
""",
    ),
)
def nullability_contradiction(
    bank: Bank,
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    nullability: Mapping[str, Mapping[ColumnKey, TableColumn]],
    contradictions: tuple[tuple[int, TableColumn], ...],
    hollow_tables: tuple[Table, ...],
    tenant_columns: frozenset[str],
    meaning_rows: Meanings,
    physical_column_semantics: Value | None,
    migration_steps: Value | None,
    logical_states: Value | None,
) -> Iterator[Yield]:
    if schema is None:
        return
    later = [
        f" {name_key(cell(row, 'action'))} "
        for row in rows(migration_steps)
        if _SET_NOT_NULL.search(cell(row, "action"))
    ]
    for position, known in contradictions:
        row = meaning_rows.rows[position]
        if _staged(known, later):
            continue
        if not _LATER.search(f"{cell(row, 'meaning')} {cell(row, 'notes')}"):
            address = address_of(bank, "physical.column_semantics", physical_column_semantics, position)
            found = in_ddl(known.column.span, _contradiction(known, address), "correct one of them")
            yield unless_obscured(schema.unread, TABLES, found, known.table.name)
    lives = lifecycles(bank, logical_states)
    for changed in changed_tables if tenant_columns or lives else ():
        owner = entity_key(changed.table.name)
        for column in _roles(changed.table, tenant_columns, lives.get(owner)):
            key = column_key(changed.table.name, column.name)
            known, meant = nullability[owner][key], meaning_rows.get(key)
            contradicted = meant is not None and meant.get("nullable") is False
            if (
                known.nullable
                and column in changed.columns
                and not contradicted
                and not _staged(known, later)
            ):
                message = f"{known} tells {_role(column, tenant_columns)}, but may be null"
                yield in_ddl(column.span, message, "make it NOT NULL", Severity.WARNING)
    for table in hollow_tables:
        message = f"every column of {table.name} but its key may be null, so an empty row is a valid one"
        yield in_ddl(table.span, message, "make NOT NULL what a row is worthless without", Severity.WARNING)
    yield from unread_like(schema.unread, TABLES)


def _staged(known: TableColumn, later: list[str]) -> bool:
    """Whether a step of the migration makes a column NOT NULL."""
    return any(f" {name_key(known.column.name)} " in words for words in later)


def _contradiction(known: TableColumn, address: str) -> str:
    ddl = "allows NULL" if known.nullable else "says NOT NULL"
    said = "not nullable" if known.nullable else "nullable"
    return f"{known} {ddl} here, but its row in 7.3 ({address}) says {said}"


def _roles(table: Table, tenant: frozenset[str], life: Lifecycle | None) -> Iterator[SchemaColumn]:
    """The columns without which a row is nobody's or in no state: the tenant, and the state of 6.4."""
    for column in table.columns if tenant or life else ():
        if name_key(column.name) in tenant:
            yield column
        elif life:
            listed = {name_key(v) for c in table.checks if c.columns == (column.name,) for v in c.values}
            listed |= {name_key(value) for value in column.values}
            if listed and listed == life.keys:
                yield column


def _role(column: SchemaColumn, tenant: frozenset[str]) -> str:
    return "to which tenant a row belongs" if name_key(column.name) in tenant else "the state of a row"


@fact
def contradictions(
    meant_columns: tuple[tuple[str, tuple[str, ...]], ...],
    meant_positions: Mapping[ColumnKey, int],
    promised_nulls: tuple[Value | None, ...],
    nullability: Mapping[str, Mapping[ColumnKey, TableColumn]],
    memo: dict[str, Any],
) -> tuple[tuple[int, TableColumn], ...]:
    """Columns of which 7.3 and the DDL say the opposite, each with the position of its row."""

    def of(columns: Mapping[ColumnKey, TableColumn]) -> Iterator[tuple[int, int, TableColumn]]:
        for key, known in columns.items():
            position = meant_positions.get(key)
            said = None if position is None else promised_nulls[position]
            if position is not None and isinstance(said, bool) and said != known.nullable:
                yield position, meant_columns[position][1].index(key[1]), known

    found = all_of(memo, "contradictions", nullability.values(), of, (meant_positions, promised_nulls))
    return tuple((position, known) for position, _, known in sorted(found, key=itemgetter(0, 1)))


@fact
def hollow_tables(changed_tables: tuple[Changed, ...], memo: dict[str, Any]) -> tuple[Table, ...]:
    """The new tables of which every column but the key may be null."""

    def of(changed: Changed) -> Iterator[Table]:
        if changed.whole and not changed.table.existing and _is_hollow(changed.table):
            yield changed.table

    return all_of(memo, "hollow tables", changed_tables, of)


def _is_hollow(table: Table) -> bool:
    key = table.primary_key.columns if table.primary_key else ()
    required = never_null(table)
    others = [c for c in table.columns if c.name not in key and not c.generated]
    return len(others) >= _NULLABLE_SHARE and all(c.nullable and c.name not in required for c in others)


@rule(
    "SQ06",
    "timestamp-without-zone",
    "A",
    sections=("7.2",),
    what="On PostgreSQL a column is timestamp without time zone.",
    why="It stores what the session's clock showed and forgets which zone that was. After a change of the "
    "server's zone, or twice a year, an hour exists twice or not at all.",
    fix="Use timestamptz.",
    wrong_when="The value is a local time on purpose, such as a timetable: say local time in 7.3, 4.1 or a "
    "comment. MySQL, CockroachDB and others have other types.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE scan (scan_id bigint PRIMARY KEY, scanned_at timestamp NOT NULL);"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE departure (
    departure_id bigint PRIMARY KEY,
    leaves_at timestamp NOT NULL, -- local time at the depot, as printed in the timetable
    closes_at timestamp(0) NOT NULL,
    seen_at timestamptz
);
\"\"\"

[[glossary.time_columns]]
column = "departure.closes_at"
meaning = "when the gate closes, wall-clock time of the depot"
""",
        """
[physical]
engine = "mysql"
ddl = "CREATE TABLE scan (scan_id bigint PRIMARY KEY, scanned_at timestamp NOT NULL);"
""",
    ),
)
def timestamp_without_zone(
    engine: str,
    schema: Schema | None,
    ddl_text: DdlSource,
    zoneless: tuple[Moment, ...],
    meaning_rows: Meanings,
    glossary_time_columns: Value | None,
) -> Iterator[Yield]:
    if schema is None or sql_family(engine) != "postgresql" or "cockroach" in engine.casefold():
        return
    named = named_columns(glossary_time_columns, "meaning", "name_family")
    for changed, column in zoneless:
        table = changed.table.name
        said = " ".join(
            (
                comment_beside(ddl_text, column.span),
                column.comment,
                said_of(meaning_rows, table, column.name),
                row_for(named, table, column.name) or "",
            )
        )
        if not _LOCAL.search(said):
            message = f"{table}.{column.name} is a timestamp without time zone"
            found = in_ddl(column.span, message, "use timestamptz, or say in 7.3 that it is a local time")
            yield unless_obscured(schema.unread, TABLES, found, table)
    yield from unread_like(schema.unread, _TIMESTAMP)


@rule(
    "SQ09",
    "state-column-unconstrained",
    "B",
    sections=("6.4", "7.2"),
    what="A text column that holds a state has no enum, no foreign key to a list of states, and no CHECK but "
    "of its length or of its not being empty.",
    why="The first spelling mistake is a state that no transition leaves and no query finds.",
    fix="Add a CHECK with the states of 6.4, or a foreign key to a table of them.",
    wrong_when="The vocabulary is open or somebody else's: say so in 7.3.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE bag (bag_id bigint PRIMARY KEY, bag_state text NOT NULL);"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TYPE bag_state AS ENUM ('announced', 'accepted');
CREATE TABLE claim_state (claim_state text PRIMARY KEY);
CREATE TABLE bag (
    bag_id bigint PRIMARY KEY,
    bag_state bag_state NOT NULL,
    claim_state text REFERENCES claim_state,
    belt_status text NOT NULL CONSTRAINT ck_bag_belt CHECK (belt_status IN ('on', 'off')),
    carrier_status text, -- as received from the carrier
    status_note text
);
\"\"\"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE address (
    address_id bigint PRIMARY KEY,
    street text NOT NULL,
    city text NOT NULL,
    state text,
    scan_status smallint NOT NULL
);
\"\"\"
""",
    ),
)
def state_column_unconstrained(
    bank: Bank,
    schema: Schema | None,
    ddl_text: DdlSource,
    free_states: tuple[TableColumn, ...],
    meaning_rows: Meanings,
    logical_states: Value | None,
) -> Iterator[Yield]:
    if schema is None:
        return
    lives = lifecycles(bank, logical_states) if free_states else {}
    for free in free_states:
        table, column = free.table, free.column
        said = f"{comment_beside(ddl_text, column.span)} {said_of(meaning_rows, table.name, column.name)}"
        if not _OPEN.search(said):
            life = lives.get(entity_key(table.name))
            states = f" (6.4: {', '.join(life.written.values())})" if life else ""
            fix = "add a CHECK with its states, or a foreign key to a list of them"
            yield in_ddl(column.span, f"{free} takes any text{states}", fix)
    yield from unread_like(schema.unread, _STATE_WORDS)
