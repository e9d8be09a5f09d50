"""Migration rules about statements on tables that hold rows: what they lock, and what stops them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from app import patterns
from app.document.answers import Value
from app.readiness.facts.changes import KEY_ACTS, Act, Change, Changes, unread_like
from app.readiness.facts.locks import built_online, in_window, is_small, lock_family, major_version
from app.readiness.facts.tables import rows, text
from app.readiness.facts.type_changes import copies_on_mysql, rewrites_on_postgresql, type_changes
from app.readiness.model import Found, NotChecked
from app.readiness.registry import Yield, rule
from app.schema.names import bare_name

_LITERAL = patterns.compile(r"'[^']*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_ONLY = patterns.compile(r"\bON\s+ONLY\b", re.IGNORECASE)
_IS_ONLINE = patterns.compile(r"\bONLINE\b(?!\s*=\s*OFF)", re.IGNORECASE)
_SPECIAL = patterns.compile(r"\b(?:FULLTEXT|SPATIAL)\b", re.IGNORECASE)
_DECIDED = patterns.compile(r"\b(?:ALGORITHM|LOCK)\s*=?\s*(?P<how>\w+)", re.IGNORECASE)
_FOREIGN = patterns.compile(r"\bFOREIGN\s+KEY\b", re.IGNORECASE)
_LATE = patterns.compile(r"\bNOT\s+VALID\b", re.IGNORECASE)
_REWRITES = patterns.compile(
    r"\b(?:gen_random_uuid|uuid_generate_\w+|uuidv[47]|random|clock_timestamp|timeofday|nextval)\s*\("
    r"|\bSTORED\b|\b(?:small|big)?serial[248]?\b|\bAS\s+IDENTITY\b",
    re.IGNORECASE,
)
_VALIDATES = patterns.compile(r"\bvalidat", re.IGNORECASE)
_INDEX_STATEMENT = r"\bcreate\s+(?:\w+\s+)*?index\b"
_ALTER_STATEMENT = r"\balter\s+table\b"
_USING = patterns.compile(r"\bUSING\b", re.IGNORECASE)
_STORED = patterns.compile(r"\b(?:STORED|PERSISTENT)\b", re.IGNORECASE)
_COPYING = "write ALGORITHM and LOCK out, and plan the window in 11.3"
_IN_PARTS = "build a unique index concurrently, then add the constraint USING INDEX"
_NO_PARTS = "it cannot be done in parts: plan the window in 11.3, or fill a new table that has the constraint"
_FREE_DEFAULTS = 11
"""The PostgreSQL version from which on a constant default rewrites no row."""


def _found(change: Change, message: str, fix: str) -> Found:
    return Found(change.target, message, fix)


@rule(
    "MG01",
    "blocking-index",
    "A",
    sections=("7.2", "11.3"),
    checklist=("CHK11",),
    what="An index is built on a table that exists, in a way that makes every writer wait until it is done.",
    why="Building an index takes minutes for each hundred million rows. Without the online form nobody "
    "can write to the table meanwhile, and the queue behind it takes the readers down as well.",
    fix="Build it online: CREATE INDEX CONCURRENTLY on PostgreSQL, outside of a transaction; ONLINE = ON "
    "on SQL Server; ONLINE on Oracle.",
    wrong_when="The table is small (give its rows in 16.1), the step says that writers are stopped "
    "meanwhile, or the index is there already and was pasted with the table.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE INDEX ix_loan_due ON lending.loan (due_on);"
""",
    silent=(
        """
[profile]
traits = ["existing_data"]

[problem]
existing_tables = ["shelf_mark: 400 rows, changed twice a year"]

[physical]
engine = "postgresql"
ddl = "CREATE INDEX ix_shelf_mark_room ON shelf_mark (room_no);"

[[capacity.growth]]
entity = "shelf_mark"
current_rows = "400"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE INDEX ix_loan_due ON loan (due_on);"

[[migration.steps]]
step = "1"
action = "CREATE INDEX ix_loan_due ON loan (due_on)"
owner = "Ilse Brandt"
safety_guard = "in the maintenance window, Sunday 04:00, all branches closed"
rollback = "DROP INDEX ix_loan_due"
""",
        """
[problem]
existing_tables = ["loan: 31 million rows"]

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE loan (loan_id bigint PRIMARY KEY, due_on date NOT NULL);
CREATE INDEX ix_loan_due ON loan (due_on);
ALTER TABLE loan ADD COLUMN branch_id integer;
CREATE INDEX CONCURRENTLY ix_loan_branch ON loan (branch_id);
CREATE TABLE reminder (reminder_id bigint PRIMARY KEY, loan_id bigint NOT NULL);
CREATE INDEX ix_reminder_loan ON reminder (loan_id);
\"\"\"
""",
        """
[physical]
engine = "mysql"
ddl = "CREATE INDEX ix_loan_due ON loan (due_on);"
""",
    ),
)
def blocking_index(
    engine: str, changes: Changes, migration_steps: Value | None, capacity_growth: Value | None
) -> Iterator[Yield]:
    family = lock_family(engine)
    if family == "online":
        return
    yield from unread_like(changes, _INDEX_STATEMENT)
    seen: set[str] = set()
    for change in changes.on_existing:
        name = next((act.name for act in change.named("index", "add_index")), "")
        if change.kind != "create_index" and not change.named("add_index"):
            continue
        if family == "unknown":
            yield NotChecked(f"whether an index blocks writers is not known for {engine or 'no engine'}")
            return
        if not _blocks(change, family) or name in seen or is_small(change.table, capacity_growth):
            continue
        if in_window(change, migration_steps) or (name and built_online(name, migration_steps)):
            continue
        seen.add(name)
        fix = {
            "postgresql": "CREATE INDEX CONCURRENTLY, outside of a transaction",
            "mysql": "leave ALGORITHM and LOCK out, or name the window in 11.3"
            if _DECIDED.search(change.sql)
            else "this kind of index has no online form: name the window in 11.3",
            "sqlserver": "add WITH (ONLINE = ON)",
            "oracle": "add ONLINE",
        }[family]
        what, table = f"index {name}" if name else "this index", bare_name(change.table)
        yield _found(change, f"building {what} blocks all writes to the existing table {table}", fix)


def _blocks(change: Change, family: str) -> bool:
    sql = _LITERAL.sub(" ", change.sql)
    if family == "postgresql":
        return "concurrently" not in change.flags and not _ONLY.search(sql)
    if family == "mysql":
        decided = {match["how"].casefold() for match in _DECIDED.finditer(sql)}
        return bool(decided & {"copy", "shared", "exclusive"} or _SPECIAL.search(sql))
    return not _IS_ONLINE.search(sql)


@rule(
    "MG02",
    "blocking-constraint",
    "B",
    sections=("7.2", "11.3"),
    checklist=("CHK11",),
    what="A statement on a table that exists checks or rewrites every row under a lock: a constraint "
    "added at once, SET NOT NULL, a change of type, a default that differs from row to row.",
    why="The lock lasts as long as the table is large. In two parts, NOT VALID and then VALIDATE, the "
    "same rule costs one moment.",
    fix="Add the constraint NOT VALID and validate it in a later transaction; for SET NOT NULL have a "
    "validated CHECK first; build keys from an index that was built concurrently; change types by way of "
    "a new column.",
    wrong_when="The version of the engine has a fast path, the table is small (give its rows in 16.1), or "
    "the step says that writers are stopped meanwhile.",
    fires="""
[physical]
engine = "postgresql"
ddl = "ALTER TABLE parcel ADD CONSTRAINT ck_parcel_weight CHECK (weight_g > 0);"
""",
    silent=(
        """
[physical]
engine = "postgresql"
version = "17"
ddl = \"\"\"
ALTER TABLE parcel ADD COLUMN locker_id bigint REFERENCES locker (locker_id);
ALTER TABLE parcel ADD COLUMN size_class text NOT NULL DEFAULT 'unknown';
ALTER TABLE parcel ALTER COLUMN remark TYPE text;
\"\"\"
""",
        """
[physical]
engine = "postgresql"
version = "17"
ddl = \"\"\"
ALTER TABLE parcel ADD CONSTRAINT ck_parcel_weight CHECK (weight_g IS NOT NULL) NOT VALID;
ALTER TABLE parcel VALIDATE CONSTRAINT ck_parcel_weight;
ALTER TABLE parcel ALTER COLUMN weight_g SET NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY uq_parcel_label ON parcel (label_no);
ALTER TABLE parcel ADD CONSTRAINT uq_parcel_label UNIQUE USING INDEX uq_parcel_label;
\"\"\"

[problem]
data_quality = "No label number is there twice; a duplicate query over all 84 million rows returned 0."
""",
        """
[physical]
engine = "mysql"
ddl = "ALTER TABLE parcel ADD CONSTRAINT ck_weight CHECK (weight_g > 0), ALGORITHM = COPY, LOCK = SHARED;"
""",
    ),
)
def blocking_constraint(
    engine: str,
    changes: Changes,
    existing_ddl: str,
    physical_version: Value | None,
    migration_steps: Value | None,
    capacity_growth: Value | None,
    memo: dict[str, Any],
) -> Iterator[Yield]:
    family = lock_family(engine)
    if family == "online":
        return
    yield from unread_like(changes, _ALTER_STATEMENT)
    version = major_version(text(physical_version))
    for change in changes.on_existing:
        if change.kind != "alter_table" or is_small(change.table, capacity_growth):
            continue
        types = list(type_changes(change, changes, engine, existing_ddl, memo))
        if family == "postgresql":
            problems = [*_postgresql(change, changes, version, migration_steps), *_new_types(change, types)]
        elif family == "mysql":
            problems = list(_mysql(change, types))
        elif change.named("add_foreign_key", "add_check", "set_not_null", "type"):
            yield NotChecked(f"how {engine or 'the engine'} locks for this is not known", change.target)
            continue
        else:
            continue
        if problems and not in_window(change, migration_steps):
            yield from (
                _found(change, *told) if told[1] else NotChecked(told[0], change.target) for told in problems
            )


def _new_types(change: Change, types: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """What PostgreSQL does for new types; without what to do about it where that is not known."""
    table, sql = bare_name(change.table), _LITERAL.sub(" ", change.sql)
    for column, old, new in types:
        rewrites = "yes" if _USING.search(sql) and old != new else rewrites_on_postgresql(old, new)
        if rewrites == "yes":
            yield (
                f"a new type for {table}.{column} rewrites the whole table while nobody may use it",
                "add a column of the new type, fill it, and switch",
            )
        elif rewrites == "unknown":
            yield f"whether {new} for {table}.{column} rewrites the table depends on its type before", ""


def _mysql(change: Change, types: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """An algorithm or a lock that the statement names was decided, and fails rather than surprises."""
    if _DECIDED.search(_LITERAL.sub(" ", change.sql)):
        return
    table = bare_name(change.table)
    for column, old, new in types:
        copies = copies_on_mysql(old, new)
        if copies == "yes":
            yield f"{new} for {table}.{column} is made by copying {table}, which blocks all writes", _COPYING
        elif copies == "unknown":
            yield f"whether {new} for {table}.{column} copies the table depends on its type before", ""
    if any(act.verb == "character_set" for act in change.acts):
        yield f"another character set is made by copying {table}, which blocks all writes", _COPYING
    if change.named("add_column") and _STORED.search(change.sql):
        yield f"a stored column is made by copying {table}, which blocks all writes", _COPYING
    for act in change.named("add_check", "add_foreign_key"):
        name = act.name or "the constraint"
        yield (
            f"{name} is added by copying {table}, which blocks all writes",
            _COPYING,
        )


def _postgresql(
    change: Change, changes: Changes, version: int | None, steps: Value | None
) -> Iterator[tuple[str, str]]:
    table, sql = bare_name(change.table), _LITERAL.sub(" ", change.sql)
    defaulted = {act.name for act in change.named("default")}
    added = change.named("add_column")
    for act in change.acts:
        if act.verb in ("add_check", "add_foreign_key"):
            if act.not_valid:
                yield from _never_validated(act, changes, steps)
            elif act.verb == "add_check" or not added or defaulted or _FOREIGN.search(sql):
                yield (
                    f"{act.name} is checked against every row of {table} under a lock that stops its writers",
                    "add it NOT VALID, then VALIDATE CONSTRAINT in a later transaction",
                )
        elif act.verb == "set_not_null" and not _LATE.search(sql):
            if not _has_validated_check(act.name, change, changes):
                yield (
                    f"SET NOT NULL on {table}.{act.name} reads the whole table while nobody may use it",
                    f"first add and validate a CHECK ({act.name} IS NOT NULL)",
                )
        elif act.verb in KEY_ACTS and not act.using_index:
            yield (
                f"{act.name} builds its index while nobody may use {table}",
                _NO_PARTS if act.verb == "add_exclusion" else _IN_PARTS,
            )
    yield from _new_columns(change, table, defaulted, sql, version)


def _new_columns(
    change: Change, table: str, defaulted: set[str], sql: str, version: int | None
) -> Iterator[tuple[str, str]]:
    added = {act.name for act in change.named("add_column")}
    for name in sorted({act.name for act in change.named("not_null")} - defaulted):
        yield (
            f"{table}.{name} is NOT NULL without a default, which fails as soon as {table} has a row",
            "add it nullable, fill it, then forbid nulls; or give a constant default",
        )
    old = version is not None and version < _FREE_DEFAULTS
    if added & defaulted and (old or _REWRITES.search(sql)):
        yield (
            f"the value of {', '.join(sorted(added & defaulted))} is computed for every row of {table} at "
            "once, while nobody may use it",
            "add the column without a default, set the default, and fill old rows in chunks",
        )


def _never_validated(act: Act, changes: Changes, steps: Value | None) -> Iterator[tuple[str, str]]:
    if any(other.name == act.name for c in changes.statements for other in c.named("validate")):
        return
    if any(_VALIDATES.search(str(row.get("action", ""))) for row in rows(steps)):
        return
    yield (
        f"{act.name} is NOT VALID, and nothing validates it later",
        "add VALIDATE CONSTRAINT as a later step",
    )


def _has_validated_check(column: str, change: Change, changes: Changes) -> bool:
    """Whether an earlier CHECK says that the column is not null and is valid by then."""
    pattern = re.compile(rf'(?i)\b{re.escape(column)}"?\s+IS\s+NOT\s+NULL\b')
    checks: set[str] = set()
    for earlier in changes.statements:
        if earlier is change:
            return False
        if earlier.table != change.table:
            continue
        if pattern.search(earlier.sql):
            checks |= {act.name for act in earlier.named("add_check")}
        if checks & {act.name for act in earlier.named("validate")}:
            return True
    return False
