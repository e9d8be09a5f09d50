"""SQL-backed rules about identity: references without a foreign key, tables whose rows are not told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app import patterns
from app.document.answers import Value
from app.readiness.facts.ddl import (
    FOREIGN_KEYS,
    KEYS,
    TABLES,
    Changed,
    DdlSource,
    comment_beside,
    exists_already,
    in_ddl,
    unless_obscured,
    unread_like,
)
from app.readiness.facts.keys import is_filled
from app.readiness.facts.meanings import Meanings, said_of
from app.readiness.facts.references import LooseReference, is_reference
from app.readiness.facts.scopes import means_column, scope_terms
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, name_key, rows
from app.readiness.facts.texts import is_bare
from app.readiness.model import Found
from app.readiness.registry import Yield, rule
from app.schema.each import all_of
from app.schema.model import Schema, Table, Unread
from app.schema.names import words_of

_EXTERNAL = patterns.compile(
    r"(?i)\b(?:another|other) (?:service|system|database|store|team|company|module|schema)|"
    r"\bexternal\b|\b(?:no|without(?: an?)?|instead of an?) (?:foreign key|fk|reference)\b|"
    r"\b(?:lives?|kept|owned|issued|assigned|made|given|defined) (?:in|by|at)\b|\bby value\b|\bpolymorphic\b|"
    r"\bsoft reference\b|\bidempotency\b|\bcorrelation\b|\b(?:service|vendor|partner|provider|gateway|"
    r"identity provider|broker|log)\b"
)
_POLYMORPHIC = patterns.compile(r"(?i)\bpolymorphic\b|\bany (?:of|table|kind)\b|\bone of (?:several|the)\b")
_LOG = patterns.compile(
    r"(?i)\b(?:append[- ]only|log|journal|raw|staging|import|heap|telemetry|measurements?)\b"
)
_PARTS = patterns.compile(r"\(([^()]+)\)")
_REFERRING = f"{TABLES}|{FOREIGN_KEYS}"
_KEYED = f"{TABLES}|{KEYS}"
_NO_NATURAL = patterns.compile(r"(?i)^\s*(?:none|no\b|not\b|n/a|-)")


@rule(
    "SQ03",
    "reference-without-fk",
    "B",
    sections=("6.3", "7.2"),
    checklist=("CHK06",),
    what="A column is called and typed like a reference (booking_id, a UUID), and has neither a foreign key "
    "nor a word that says that what it refers to is outside.",
    why="Either the foreign key was forgotten, and orphans will be found by a customer, or the other side is "
    "a service, and the next reader cannot know.",
    fix="Add the foreign key, or write external reference and the owner into the notes of 7.3 or into a "
    "comment behind the column.",
    wrong_when="The reference crosses services or is polymorphic: say so in 7.3. Ids of messages, requests "
    "and sessions, and UUIDs called key, token or the like, are not taken for references.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE car (car_id bigint PRIMARY KEY);
CREATE TABLE rental (rental_id bigint PRIMARY KEY, car_id bigint NOT NULL);
\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE car (car_id bigint PRIMARY KEY);
CREATE TABLE rental (
    rental_id bigint PRIMARY KEY,
    car_id bigint NOT NULL REFERENCES car,
    driver_id uuid NOT NULL, -- drivers live in the account service: no foreign key
    payment_id uuid,
    subject_id bigint,
    subject_type text,
    dedup_key uuid NOT NULL,
    request_id uuid NOT NULL
);
\"\"\"

[[physical.column_semantics]]
table = "rental"
column = "payment_id"
meaning = "the payment that settled it; null until then"
notes = "external reference: billing"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE zone (zone_id integer, zone_name text NOT NULL, PRIMARY KEY (zone_id));
CREATE TABLE stay (
    stay_uuid uuid NOT NULL DEFAULT gen_random_uuid(),
    zone_id integer NOT NULL,
    stay_no integer NOT NULL,
    PRIMARY KEY (zone_id, stay_no),
    FOREIGN KEY (zone_id) REFERENCES zone
);
\"\"\"
""",
    ),
)
def reference_without_fk(
    unread_sql: tuple[Unread, ...],
    ddl_text: DdlSource,
    loose_references: tuple[LooseReference, ...],
    existing_names: frozenset[str],
    meaning_rows: Meanings,
    logical_cardinality: Value | None,
) -> Iterator[Yield]:
    related = [f" {name_key(cell(row, 'enforcement'))} " for row in rows(logical_cardinality)]
    for loose in loose_references:
        table, column = loose.table, loose.column
        comment = f"{comment_beside(ddl_text, column.span)} {column.comment}"
        said = f"{comment} {said_of(meaning_rows, table.name, column.name)}"
        if loose.owner:
            if not _POLYMORPHIC.search(said):
                message = (
                    f"{table.name}.{column.name} is the key of {loose.owner}, without a foreign key to it"
                )
                fix = "add the foreign key, or waive this with the reason"
                yield unless_obscured(unread_sql, _REFERRING, in_ddl(column.span, message, fix), table.name)
        elif not _EXTERNAL.search(said) and not any(
            f" {name_key(column.name)} " in words for words in related
        ):
            there = (
                f"; {loose.stem} exists already (1.1)" if exists_already(loose.stem, existing_names) else ""
            )
            message = f"nothing says what {table.name}.{column.name} refers to{there}"
            fix = "add a foreign key, or note in 7.3 that it is an external reference, and to what"
            yield unless_obscured(unread_sql, _REFERRING, in_ddl(column.span, message, fix), table.name)
    yield from unread_like(unread_sql, _REFERRING)


@rule(
    "SQ10",
    "grain-not-keyed",
    "B",
    sections=("6.1", "7.2"),
    checklist=("CHK05",),
    what="A table has no primary key; or only a generated one, while its grain says per what there is one "
    "row, or 6.2 names columns as its natural identifier, and no unique key has them.",
    why="A generated number makes every duplicate unique. The nouns of the grain are what must not come "
    "twice, and only a key refuses that.",
    fix="Add a unique key over the columns of the grain, or word the grain as what the table really holds.",
    wrong_when="The table is an append-only log without identity (say so in its grain), or 6.2 says that "
    "there is no natural identifier.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE meter_day (
    meter_day_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_id bigint NOT NULL,
    read_on date NOT NULL,
    kwh numeric(12,3) NOT NULL
);
\"\"\"

[[logical.grain]]
entity = "meter_day"
grain = "one total per meter and read_on"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE raw_message (received_at timestamptz NOT NULL, body text NOT NULL);
CREATE TABLE meter_day (
    meter_day_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_id bigint NOT NULL,
    read_on date NOT NULL,
    UNIQUE (read_on, meter_id)
);
\"\"\"

[[logical.grain]]
entity = "raw_message"
grain = "one message as received, append-only"

[[logical.grain]]
entity = "meter_day"
grain = "one total per meter and read_on"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE visit (
    visit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    meter_id bigint NOT NULL,
    fitter_id bigint NOT NULL,
    started_at timestamptz NOT NULL
);
\"\"\"

[[logical.grain]]
entity = "visit"
grain = "one visit of one fitter to one meter"

[[logical.keys]]
entity = "visit"
primary_identity = "visit_id bigint, generated"
natural_identifier = "none: a fitter may come twice a day"
""",
    ),
)
def grain_not_keyed(
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    tenant_columns: frozenset[str],
    grain_texts: Mapping[str, str],
    logical_keys: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None:
        return
    natural = {entity_key(cell(row, "entity")): cell(row, "natural_identifier") for row in rows(logical_keys)}

    def of(changed: Changed) -> Iterator[tuple[str, Found]]:
        if changed.whole and not changed.table.existing:
            name = changed.table.name
            key = entity_key(name)
            grain, identifier = grain_texts.get(key, ""), natural.get(key, "")
            yield from ((name, f) for f in _not_keyed(changed.table, grain, identifier, tenant_columns))

    given = grain_texts, natural, tenant_columns
    for name, found in all_of(memo, "grain not keyed", changed_tables, of, given):
        yield unless_obscured(schema.unread, _KEYED, found, name)
    yield from unread_like(schema.unread, _KEYED)


def _not_keyed(table: Table, grain: str, identifier: str, tenant: frozenset[str]) -> Iterator[Found]:
    if not table.keys and not table.exclusions and not table.inherits:
        if not _LOG.search(f"{grain} {name_key(table.name)}"):
            message = f"{table.name} has no primary key, so nothing tells two of its rows apart"
            yield in_ddl(table.span, message, "add one, or say in the grain that it is an append-only log")
        return
    wanted = _natural_columns(identifier, table)
    if wanted:
        if not any(set(wanted) >= {c for c in k.columns if name_key(c) not in tenant} for k in table.keys):
            message = (
                f"6.2 identifies {table.name} by {', '.join(wanted)}, and no unique key has these columns"
            )
            yield in_ddl(table.span, message, "add the unique key")
    elif _only_generated(table) and not _NO_NATURAL.search(identifier):
        columns = _grain_columns(grain, table)
        if columns:
            message = f"{table.name} holds {grain.strip().rstrip('.')}, but may have two rows with the same"
            fix = f"add a unique key over ({', '.join(columns)}), or correct the grain (6.1 {table.name})"
            yield in_ddl(table.span, f"{message} {' and '.join(columns)}", fix)


def _natural_columns(identifier: str, table: Table) -> tuple[str, ...]:
    """The columns that a cell of 6.2 lists in parentheses, when all of them are the table's."""
    if is_bare(identifier) or _NO_NATURAL.search(identifier):
        return ()
    by_key = {name_key(name): name for name in table.column_names}
    for listed in _PARTS.findall(identifier):
        names = [name_key(part) for part in listed.split(",")]
        if names and all(name in by_key for name in names):
            return tuple(by_key[name] for name in names)
    return ()


def _only_generated(table: Table) -> bool:
    """Whether the only key is one column that means nothing."""
    key = table.primary_key
    if key is None or table.uniques or table.exclusions or len(key.columns) != 1:
        return False
    column = table.column(key.columns[0])
    return column is not None and (
        is_filled(column) or is_reference(column.name) or words_of(column.name) == "id"
    )


def _grain_columns(grain: str, table: Table) -> list[str]:
    """The columns that "per a and b" of a grain means; none unless each term has one."""
    key = table.primary_key.columns if table.primary_key else ()
    terms = scope_terms(grain)
    found = []
    for term in terms:
        fitting = [name for name in table.column_names if name not in key and means_column(term, name, table)]
        if not fitting:
            return []
        found.append(fitting[0])
    return list(dict.fromkeys(found))
