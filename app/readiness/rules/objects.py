"""Cross-section rules about objects that one place names and another should have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.objects import (
    DdlIndex,
    IndexText,
    made_names,
    object_names,
    parse_indexes,
    table_named,
    unread_about,
)
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, bare_key, cell, items, name_key, rows, text
from app.readiness.model import NotChecked, Target
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema

_ELSEWHERE = patterns.compile(
    r"(?i)\b(?:external|exist(?:s|ing)?|already|unchanged|remote|other database|today)\b"
)
_NO_DDL = "no statement of the DDL could be read"
_LIST = patterns.compile(r"\(([\w ,\"`]+)\)")
_COLUMN = patterns.compile(r"[^\W\d]\w*")


@rule(
    "XS02",
    "unresolved-object",
    "A",
    sections=("6.2", "6.3", "8", "10.1", "12.2"),
    what="A table, key column, constraint, index, trigger or policy that the document names is not in the "
    "DDL, and nothing says that it exists already.",
    why="Either the name is out of date or the statement was forgotten; the reviewer cannot tell which.",
    fix="Correct the name, add the statement, or name the table in 1.1 as one that exists.",
    wrong_when="The object exists and was not pasted: list its table in 1.1, or write that it exists. Names "
    "are known by a customary prefix or suffix, as those that PostgreSQL makes of table and column "
    "(stay_bed_id_key), or by what they are called (the trigger stay_guard); others are not looked up.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE seat_hold (hold_id bigint PRIMARY KEY, seat_id bigint NOT NULL);"

[[transactions.boundaries]]
operation = "place_hold"
tables = ["seat_hold", "hold_history"]
isolation = "read committed"
""",
    silent=(
        """
[problem]
existing_tables = ["public.seat: one row per seat, 40,000 rows"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE seat_hold (hold_id bigint CONSTRAINT pk_seat_hold PRIMARY KEY, seat_id bigint NOT NULL);"

[[transactions.boundaries]]
operation = "place_hold"
tables = ["Seat Hold", "seat (row lock)"]
isolation = "read committed, with pk_seat_hold"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE seat_hold (hold_id bigint PRIMARY KEY, seat_id bigint NOT NULL);"

[[logical.grain]]
entity = "seat_hold"
grain = "one claim of one buyer on one seat"

[[logical.keys]]
entity = "seat_hold"
primary_identity = "hold_id (bigint)"
natural_identifier = "none (a seat may be held again)"

[[transactions.boundaries]]
operation = "place_hold"
tables = ["seat_hold", "price_list (existing, read only)"]
isolation = "read committed; the key of the request is request_key"
""",
    ),
)
def unresolved_object(
    bank: Bank,
    traits: frozenset[str],
    schema: Schema | None,
    ddl_defined: frozenset[str],
    existing_names: frozenset[str],
    physical_indexes: Value | None,
    logical_keys: Value | None,
    logical_cardinality: Value | None,
    invariants_matrix: Value | None,
    transactions_boundaries: Value | None,
    security_row_policies: Value | None,
) -> Iterator[Yield]:
    if schema is None:
        return
    if not schema.tables and not schema.statements:
        if transactions_boundaries or invariants_matrix:
            yield NotChecked(_NO_DDL, Target("physical.ddl"))
        return
    existing = _existing_indexes(physical_indexes)
    known = ddl_defined | existing if existing else ddl_defined
    for address, row in addressed(bank, "transactions.boundaries", transactions_boundaries):
        for item in items(row, "tables"):
            head = item.split("(")[0].strip()
            if len(head.split()) > 3 or _ELSEWHERE.search(item) or table_named(schema, head):
                continue
            bare = head.rsplit(".", 1)[-1]
            keys = {name_key(head), name_key(bare), entity_key(head)}
            if keys & known or keys & existing_names:
                continue
            message = f"{head} is not a table of the DDL, and 1.1 does not list it as existing"
            fix = "correct the name, add the table, or list it in 1.1"
            yield at("transactions.boundaries", message, row=address, column="tables", fix=fix)
    for address, row in addressed(bank, "logical.keys", logical_keys):
        yield from _key_columns(schema, address, cell(row, "entity"), row)
    has_old = "existing_data" in traits
    cells = (
        ("logical.cardinality", logical_cardinality, ("enforcement",)),
        ("invariants.matrix", invariants_matrix, ("mechanism",)),
        ("transactions.boundaries", transactions_boundaries, ("isolation", "locks")),
    )
    for question, value, columns in cells:
        for address, row in addressed(bank, question, value):
            for column in columns:
                for name in _absent(schema, cell(row, column), known, has_old):
                    yield _object_finding(schema, name, question, address, column)
    for name in _absent(schema, text(security_row_policies), known, has_old):
        yield _object_finding(schema, name, "security.row_policies", "", "")


def _existing_indexes(indexes: Value | None) -> frozenset[str]:
    """The keys of the indexes that 7.4 says exist already."""
    return frozenset(
        name_key(index.name)
        for row in rows(indexes)
        if _ELSEWHERE.search(cell(row, "reason"))
        for index in parse_indexes(cell(row, "index"))
    )


def _key_columns(schema: Schema, address: str, entity: str, row: Mapping[str, Value]) -> Iterator[Yield]:
    """Columns that a key of 6.2 lists in parentheses and its table does not have."""
    table = table_named(schema, entity)
    if table is None:
        return
    columns = {name_key(column) for column in table.column_names}
    for cell_name in ("primary_identity", "natural_identifier"):
        for listed in _LIST.findall(cell(row, cell_name)):
            names = [part.strip(' "`') for part in listed.split(",")]
            if not all(_COLUMN.fullmatch(name) for name in names):
                continue
            absent = [name for name in names if name_key(name) not in columns]
            if absent and len(absent) < len(names):
                message = f"{table.name} has no column {' or '.join(absent)}"
                fix = "correct the name, or add the column to the DDL"
                yield at("logical.keys", message, row=address, column=cell_name, fix=fix)


def _absent(schema: Schema, words: str, known: frozenset[str], has_old: bool) -> Iterator[str]:
    """Names of objects in a text that the DDL lacks; where old tables exist, only those of new tables."""
    if not words or _ELSEWHERE.search(words):
        return
    for name in dict.fromkeys((*object_names(words), *made_names(schema, words))):
        key = bare_key(name)
        if key not in known and (not has_old or _of_table(schema, key)):
            yield name


def _of_table(schema: Schema, key: str) -> bool:
    """Whether the key of a name holds that of a table of the DDL."""
    return any(f" {bare_key(table)} " in f" {key} " for table in schema.tables)


def _object_finding(schema: Schema, name: str, question: str, row: str, column: str) -> Yield:
    unread = unread_about(schema, name)
    if unread is not None:
        return NotChecked(f"{name}: {unread.reason}", Target(question, row, column))
    fix = "correct the name, or add the statement that makes it"
    return at(question, f"{name} is not in the DDL", row=row, column=column, fix=fix)


@rule(
    "XS06",
    "index-mapping-differs",
    "A",
    sections=("7.2", "7.4", "9.3"),
    checklist=("CHK08",),
    cross_checks=("RVW04",),
    what="An index of the index plan (7.4) or of the query mapping (9.3) is not in the DDL, or has other "
    "columns there.",
    why="The plan that was reviewed is then not the one that runs.",
    fix="Make the plan and the DDL agree: same name, same columns, same order.",
    wrong_when="The index exists and was not pasted: say so in its reason or note.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE loan (loan_id bigint PRIMARY KEY, reader_id bigint NOT NULL, due_on date NOT NULL);
CREATE INDEX ix_loan_due ON loan (due_on);
\"\"\"

[[physical.indexes]]
query = "overdue loans of a reader"
index = "ix_loan_due (reader_id, due_on)"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE fine (fine_id bigint PRIMARY KEY, loan_id bigint NOT NULL);"

[[physical.indexes]]
query = "loan by copy"
index = "ix_loan_copy (copy_id)"
reason = "exists since 2021"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE loan (loan_id bigint PRIMARY KEY, reader_id bigint NOT NULL, due_on date NOT NULL);
CREATE INDEX ix_loan_due ON loan (reader_id, due_on DESC) WHERE due_on IS NOT NULL;
\"\"\"

[[physical.indexes]]
query = "overdue loans of a reader"
index = "IX_LOAN_DUE (reader_id, due_on)"

[[physical.indexes]]
query = "loan by number"
index = "PRIMARY KEY (loan_id)"

[[physical.indexes]]
query = "export"
index = "none: reads the whole table at night"
""",
    ),
)
def index_mapping_differs(
    bank: Bank,
    schema: Schema | None,
    ddl_indexes: Mapping[str, tuple[DdlIndex, ...]],
    ddl_words: frozenset[str],
    physical_indexes: Value | None,
    workload_query_indexes: Value | None,
) -> Iterator[Yield]:
    planned: dict[str, IndexText] = {}
    have = _have(ddl_indexes) if rows(physical_indexes) or rows(workload_query_indexes) else _NONE
    existing = _existing_indexes(physical_indexes)
    for question, value, excuse in (
        ("physical.indexes", physical_indexes, "reason"),
        ("workload.query_indexes", workload_query_indexes, "notes"),
    ):
        for address, row in addressed(bank, question, value):
            for index in parse_indexes(cell(row, "index")):
                key = name_key(index.name)
                before = planned.setdefault(key, index)
                if (
                    index.columns
                    and before.columns
                    and before.columns != index.columns
                    and not index.is_primary
                ):
                    message = f"{index.name} has the columns {_listed(before.columns)} in another row"
                    yield at(
                        question, message, row=address, column="index", fix="give it one list of columns"
                    )
                elif schema is not None and key not in existing and not _ELSEWHERE.search(cell(row, excuse)):
                    found = _differs(schema, have, ddl_words, index)
                    if isinstance(found, NotChecked):
                        yield NotChecked(found.reason, Target(question, address, "index"))
                    elif found:
                        line, message = found
                        fix = "make this row and the DDL agree, or write that the index exists already"
                        yield at(question, message, row=address, column="index", fix=fix, line=line)


class _Have(Struct, frozen=True):
    """The indexes of the DDL by table, by the key of their name, and the primary keys among them."""

    by_table: Mapping[str, tuple[DdlIndex, ...]]
    by_name: Mapping[str, list[DdlIndex]]
    primary: tuple[DdlIndex, ...]


_NONE = _Have({}, {}, ())


def _have(indexes: Mapping[str, tuple[DdlIndex, ...]]) -> _Have:
    by_name: dict[str, list[DdlIndex]] = {}
    for group in indexes.values():
        for index in group:
            by_name.setdefault(bare_key(index.name), []).append(index)
    primary = tuple(index for group in indexes.values() for index in group if index.primary)
    return _Have(indexes, by_name, primary)


def _differs(
    schema: Schema, have: _Have, words: frozenset[str], index: IndexText
) -> tuple[int, str] | NotChecked | None:
    """What the DDL says against an index of a plan: the line and a sentence; None when it agrees."""
    if index.is_primary:
        same = not index.columns or any(known.columns == index.columns for known in have.primary)
        if same or not have.primary or _old_tables(schema):
            return None
        return 0, f"no table of the DDL has the primary key {_listed(index.columns)}"
    named = have.by_name.get(name_key(index.name), [])
    if named:
        differing = [known for known in named if index.columns and known.columns != index.columns]
        if len(differing) == len(named):
            known = named[0]
            return known.line, f"{index.name} is on {_listed(known.columns)} in the DDL"
        if index.partial and not any(known.partial for known in named):
            return named[0].line, f"{index.name} is partial here, but has no WHERE in the DDL"
        return None
    if index.columns and table_named(schema, index.name):
        table = table_named(schema, index.name)
        group = have.by_table.get(table.name, ()) if table else ()
        if any(known.columns == index.columns for known in group):
            return None
        return (table.span.line if table else 0), f"{index.name} has no index on {_listed(index.columns)}"
    unread = unread_about(schema, index.name)
    if unread is not None:
        return NotChecked(f"{index.name}: {unread.reason}")
    if name_key(index.name) in words or "_" not in index.name:
        return None
    if not schema.tables and not schema.statements:
        return NotChecked(_NO_DDL)
    return 0, f"{index.name} is not in the DDL"


def _old_tables(schema: Schema) -> bool:
    """Whether the DDL changes tables that it does not make."""
    return any(s.table and schema.table(s.table) is None for s in schema.statements)


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(column or 'an expression' for column in columns)})"
