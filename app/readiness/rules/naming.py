"""Naming rules about columns: names that could mean anything, flags beside a lifecycle, unclear moments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import compress
from typing import Any

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.columns import Moment, is_time
from app.readiness.facts.ddl import TABLES, Changed, in_ddl, named_here, unless_obscured, unread_like
from app.readiness.facts.keys import kind_of, resolved_type
from app.readiness.facts.meanings import Meanings, named_columns, row_for, said_of
from app.readiness.facts.states import Lifecycle, entity_key, lifecycles, parse_chain
from app.readiness.facts.tables import cell, name_key, rows, text
from app.readiness.registry import Yield, fact, rule
from app.schema.each import all_of, each
from app.schema.model import Schema, SchemaColumn, Table, Unread
from app.schema.names import word_set, words_of

_OVERLOADED = word_set("status type data value name key payload info")
_PAIR = frozenset({"key", "value"})
_FLAG_WORDS = word_set(
    "active inactive archived enabled disabled deleted closed open cancelled canceled approved rejected "
    "completed complete finished done published draft expired suspended blocked locked paid shipped "
    "delivered processed pending confirmed accepted released revoked terminated void voided current live"
)
_FLAG = patterns.compile(r"^(?:is|was|has_been|flag)_(?P<word>\w+)$")
_MANY = 2
_BARE_TIMES = word_set(
    "created updated modified changed deleted inserted date time timestamp datetime ts when moment start end "
    "expires expiry expiration begin finish last_update last_updated last_modified createdate updatedate "
    "created_date updated_date created_time update_time create_time createtime updatetime"
)
_INSERTED = patterns.compile(r"^(?:created|inserted|row_created|record_created)(?:_at|_on|_time)?$")
_OCCURRED = patterns.compile(r"^(?:occurred|happened|effective|valid)_(?:at|on|from)$")
_BUSINESS = patterns.compile(
    r"(?i)\bbusiness time\b|\bin the world\b|\b(?:really |actually )?(?:happened|occurred|took place)\b|"
    r"\bcounts? from\b|\b(?:is|becomes|was) (?:effective|valid)\b|\beffective (?:from|date)\b|\bvalid from\b|"
    r"\bby the (?:meter|device|terminal|scanner|customer|sender)'?s? clock\b|"
    r"\bset by the (?:caller|device|client)\b"
)
_BY_SYSTEM = patterns.compile(
    r"(?i)\b(?:row|record) (?:was|is) (?:inserted|written|created|stored)\b|"
    r"\binsert(?:ed|ion)? (?:time|moment|of the row)\b|"
    r"\bwhen (?:this|the) system (?:learned|stored|wrote)\b"
)
_NOT_BUSINESS = patterns.compile(r"(?i)\bnot\b|\bnothing more\b|\bnever\b|\binsert")


@rule(
    "NM01",
    "overloaded-name",
    "A",
    sections=("4.1", "7.2"),
    what="A column is called exactly status, type, data, value, name, key, payload or info.",
    why="The second status always comes, for payment or for delivery, and from then on every join and every "
    "report has to say which one it means.",
    fix="Give it its qualifier, such as delivery_status, or list it in 4.1 with the reason why nobody can "
    "misread it.",
    wrong_when="A table of keys and values by design, or a name on purpose: list it in 4.1.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE parcel (parcel_id bigint PRIMARY KEY, status text NOT NULL);"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE setting (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE parcel (parcel_id bigint PRIMARY KEY, parcel_status text NOT NULL, type_no int);
\"\"\"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE carrier.parcel_scan (scan_id bigint PRIMARY KEY, Type text NOT NULL);"

[[glossary.overloaded_names]]
column = "Parcel_Scan.type"
name = "type"
qualifier_or_reason = "mirrors the field TYPE of the carrier's scan message"
""",
    ),
)
def overloaded_name(
    unread_sql: tuple[Unread, ...],
    changed_tables: tuple[Changed, ...],
    existing_names: frozenset[str],
    glossary_overloaded_names: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    kept = named_columns(glossary_overloaded_names, "qualifier_or_reason")

    def overloaded(changed: Changed) -> Iterator[tuple[Changed, SchemaColumn]]:
        names = {name.casefold() for name in changed.table.column_names}
        wanted = _OVERLOADED - _PAIR if names >= _PAIR else _OVERLOADED
        named = named_here(changed, existing_names)
        yield from ((changed, c) for c in named if c.name.casefold() in wanted)

    for changed, column in all_of(memo, "overloaded names", changed_tables, overloaded, existing_names):
        if not row_for(kept, changed.table.name, column.name):
            message = f"{changed.table.name}.{column.name} does not say {_question(column.name.casefold())}"
            found = in_ddl(column.span, message, "give it its qualifier, or list it in 4.1 with the reason")
            yield unless_obscured(unread_sql, TABLES, found, changed.table.name)
    yield from unread_like(unread_sql, TABLES)


def _question(name: str) -> str:
    return "of what it is the name" if name == "name" else f"which {name} it is"


@rule(
    "NM02",
    "boolean-lifecycle",
    "B",
    sections=("4.1", "6.4"),
    what="A boolean such as is_active or is_archived stands on a table whose rows go through more than two "
    "states, or two such booleans stand on one table.",
    why="Two booleans allow four combinations, of which the code knows three. The state and the flag will "
    "say different things on the day it matters.",
    fix="Make it a state, or say in 4.1 under lifecycle flags what it says that the state does not.",
    wrong_when="The flag is orthogonal to the lifecycle: name it under lifecycle flags.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE membership (
    membership_id bigint PRIMARY KEY, is_active boolean NOT NULL, is_archived boolean NOT NULL DEFAULT false
);
\"\"\"
""",
    silent=(
        """
[profile]
traits = ["lifecycle"]

[glossary]
lifecycle_flags = "One stays: membership.is_blocked, set by the desk; a member may be blocked in any state."

[physical]
engine = "postgresql"
ddl = "CREATE TABLE membership (member_id bigint PRIMARY KEY, is_blocked boolean, is_default boolean);"

[[logical.states]]
entity = "membership"
state = "requested"

[[logical.states]]
entity = "membership"
state = "running"

[[logical.states]]
entity = "membership"
state = "ended"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE reader (
    reader_id bigint PRIMARY KEY, is_active boolean NOT NULL, has_card boolean NOT NULL,
    is_minor boolean NOT NULL, closed_note text
);
\"\"\"
""",
    ),
)
def boolean_lifecycle(
    bank: Bank,
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    existing_names: frozenset[str],
    logical_states: Value | None,
    conceptual_concepts: Value | None,
    glossary_lifecycle_flags: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    if schema is None:
        return
    said = f" {name_key(text(glossary_lifecycle_flags))} "
    lives = lifecycles(bank, logical_states)

    def booleans(changed: Changed) -> list[SchemaColumn]:
        return [c for c in named_here(changed, existing_names) if _is_boolean(schema, c)]

    found = each(memo, "booleans", changed_tables, booleans, (existing_names, schema.domains))
    for changed, columns in compress(zip(changed_tables, found, strict=True), found):
        entity = entity_key(changed.table.name)
        states = _states_of(entity, lives, conceptual_concepts)
        flags = [
            column
            for column in columns
            if _flag_word(column.name, states) and f" {name_key(column.name)} " not in said
        ]
        if flags and len(states) > _MANY:
            for column in flags:
                listed = ", ".join(sorted(states))
                message = f"{changed.table.name}.{column.name} stands beside {len(states)} states ({listed})"
                yield in_ddl(column.span, message, _FLAG_FIX)
        elif len(flags) >= _MANY:
            names = " and ".join(column.name for column in flags)
            message = f"{names} of {changed.table.name} are a lifecycle in {2 ** len(flags)} combinations"
            yield in_ddl(flags[0].span, message, _FLAG_FIX)
    yield from unread_like(schema.unread, TABLES)


_FLAG_FIX = (
    "make it one state column, or say under lifecycle flags in 4.1 what the flag says beside the state"
)


def _states_of(entity: str, lives: Mapping[str, Lifecycle], concepts: Value | None) -> frozenset[str]:
    """The keys of the states of an entity, by 6.4 or by the chain in 5.1."""
    if entity in lives:
        return lives[entity].keys
    for row in rows(concepts):
        if entity_key(cell(row, "concept")) == entity:
            chain = parse_chain(cell(row, "lifecycle"))
            return chain.keys if chain else frozenset()
    return frozenset()


def _is_boolean(schema: Schema, column: SchemaColumn) -> bool:
    kind = resolved_type(schema, column)
    return kind_of(kind) == "boolean" or kind in ("tinyint(1)", "bit", "bit(1)", "number(1)", "bool")


def _flag_word(name: str, states: frozenset[str]) -> bool:
    """Whether a boolean's name says that a row is in a state."""
    match = _FLAG.match(words_of(name))
    word = match["word"] if match else words_of(name)
    return word in _FLAG_WORDS or name_key(word) in states


@rule(
    "NM03",
    "time-name-unclear",
    "B",
    sections=("4.1", "7.3"),
    what="A time column has a name that does not say which moment it holds (date, time, timestamp, created, "
    "expires), or a name that says another moment than its meaning does, such as created_at for the moment "
    "at which something happened in the world.",
    why="What happened on Monday and was entered on Thursday is in one month or in the other, and nobody "
    "can tell from the name.",
    fix="Name the moment: occurred_at, recorded_at, effective_from, expires_at.",
    wrong_when="A framework demands the name: list the column in 4.1 under time columns, with its meaning.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE meter_visit (visit_id bigint PRIMARY KEY, date date NOT NULL);"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE meter_visit (
    visit_id bigint PRIMARY KEY, visited_on date NOT NULL, created_at timestamptz NOT NULL,
    timestamp timestamptz NOT NULL, expires boolean NOT NULL
);
\"\"\"

[[glossary.time_columns]]
column = "meter_visit.timestamp"
name_family = "recorded_at"
meaning = "when the driver of the vendor stored it; the vendor's library insists on the name"

[[physical.column_semantics]]
table = "meter_visit"
column = "created_at"
meaning = "when the row was inserted, database clock; not the visit, which happened at visited_on"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE lease (lease_id bigint PRIMARY KEY, effective_from date NOT NULL, ends_on date);"

[[physical.column_semantics]]
table = "lease"
column = "effective_from"
meaning = "the first day on which it counts"
""",
    ),
)
def time_name_unclear(
    unread_sql: tuple[Unread, ...],
    telling_moments: tuple[Moment, ...],
    existing_names: frozenset[str],
    meaning_rows: Meanings,
    glossary_time_columns: Value | None,
) -> Iterator[Yield]:
    explained = named_columns(glossary_time_columns, "meaning")
    for changed, column in telling_moments:
        if row_for(explained, changed.table.name, column.name):
            continue
        problem = _unclear(changed.table, column, said_of(meaning_rows, changed.table.name, column.name))
        if problem and column in named_here(changed, existing_names):
            fix = "name the moment (occurred_at, recorded_at, effective_from), or explain it in 4.1"
            yield in_ddl(column.span, problem, fix)
    yield from unread_like(unread_sql, TABLES)


@fact
def telling_moments(
    schema: Schema | None, changed_tables: tuple[Changed, ...], memo: dict[str, Any]
) -> tuple[Moment, ...]:
    """The new columns that hold a date or a time and whose names say nothing, or promise a certain moment."""
    if schema is None:
        return ()

    def of(changed: Changed) -> Iterator[Moment]:
        for column in changed.columns:
            if _is_telling(column.name) and is_time(resolved_type(schema, column)):
                yield changed, column

    return all_of(memo, "telling moments", changed_tables, of, schema.domains)


@lru_cache(maxsize=4096)
def _is_telling(name: str) -> bool:
    """Whether a name is one of those that say nothing, or promise a certain moment."""
    words = words_of(name)
    return words in _BARE_TIMES or bool(_INSERTED.match(words) or _OCCURRED.match(words))


def _unclear(table: Table, column: SchemaColumn, meaning: str) -> str:
    name = words_of(column.name)
    if name in _BARE_TIMES:
        return f"{table.name}.{column.name} does not say which moment it holds"
    if _INSERTED.match(name) and _BUSINESS.search(meaning) and not _NOT_BUSINESS.search(meaning):
        named = f"{table.name}.{column.name} is named after the insertion"
        return f"{named}, but 7.3 gives it another moment: {_short(meaning)}"
    if _OCCURRED.match(name) and _BY_SYSTEM.search(meaning) and not _BUSINESS.search(meaning):
        named = f"{table.name}.{column.name} is named after what happened"
        return f"{named}, but 7.3 gives it the insertion: {_short(meaning)}"
    return ""


def _short(words: str) -> str:
    return words if len(words) <= 80 else words[:77].rsplit(" ", 1)[0] + " …"
