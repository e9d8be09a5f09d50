"""What a schema says that nobody should have to type: rows to propose for the tables of a document.

A proposal is no answer. It leaves empty what only a person knows, such as the grain, and never repeats a
row that is there, whatever the rest of that row says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct

from app import patterns
from app.bank.model import Bank, Question
from app.document.answers import Answers, Row, Value
from app.document.entered import in_column_order
from app.document.text import clean
from app.document.values import is_empty, row_address
from app.schema.model import ForeignKey, Index, Key, Schema, SchemaColumn, Table
from app.schema.names import bare_name
from app.schema.personal import looks_personal

STATE_WORDS = ("status", "state", "stage", "phase", "lifecycle")
"""How the names of columns end whose values are states; earlier ones are preferred."""

_WORD = patterns.compile(r"[^\W_]+")
_ARROW = patterns.compile(r"→|⟶|⇒|[-=]+>")
_LITERAL = patterns.compile(r"'((?:[^']|'')*)'")

Cells: TypeAlias = dict[str, Value]
Found: TypeAlias = Iterator[tuple[Cells, str]]
"""Rows as cells, with what in the schema says so."""
_Name: TypeAlias = tuple[str, ...]


class Proposal(Struct, frozen=True):
    """A row that a table of the document could have. `why` says what in the schema it was taken from."""

    question: str
    row: Row
    why: str


def proposals(
    bank: Bank, schema: Schema, answers: Answers, tables: Collection[str] | None = None
) -> tuple[Proposal, ...]:
    """Rows for what `schema` makes, in the order of the interview and then of the schema.

    `tables` narrows them to some tables, by name; tables of the context, which exist already, are
    proposed only where they are named there. A row is left out when the document has one of its key.
    """
    parts = tuple(_parts(schema, tables))
    names = _Names(schema)
    found: list[Proposal] = []
    for question_id, question in bank.questions.items():
        propose = _PROPOSERS.get(question_id)
        if propose is None or not question.has_rows:
            continue
        there = answers.rows(question_id)
        known = {key for row in there for key in _keys(question_id, question, row)}
        taken = {row_address(question, row) for row in there} | {""}
        new: dict[str, Proposal] = {}
        for cells, why in propose(names, parts):
            row = _fitted(bank, question, cells)
            address = row_address(question, row)
            if address not in taken and next(_keys(question_id, question, row)) not in known:
                new.setdefault(address, Proposal(question_id, row, why))
        found += new.values()
    return tuple(found)


class _Part(Struct, frozen=True):
    """A table, or what the DDL adds to one that exists.

    `columns` are the new ones; `added` names the new constraints and indexes, None when all are new.
    """

    table: Table
    columns: tuple[SchemaColumn, ...]
    added: frozenset[str] | None = None

    def has(self, name: str) -> bool:
        return self.added is None or name in self.added

    @property
    def foreign_keys(self) -> Iterator[ForeignKey]:
        return (key for key in self.table.foreign_keys if self.has(key.name))


def _parts(schema: Schema, tables: Collection[str] | None) -> Iterator[_Part]:
    wanted = None
    if tables is not None:
        wanted = {table.name for name in tables if (table := schema.any_table(name)) is not None}
    details: dict[str, set[str]] = {}
    for statement in schema.statements:
        details.setdefault(statement.table, set()).update(statement.details)
    for table in schema.tables.values():
        if table.partition_of or (wanted is not None and table.name not in wanted):
            continue
        if wanted is not None or not table.existing:
            yield _Part(table, table.columns)
        elif table.name in details:
            told = details[table.name]
            columns = tuple(column for column in table.columns if f"add_column:{column.name}" in told)
            added = frozenset(d.partition(":")[2] for d in told if d.startswith(("add_", "index:")))
            yield _Part(table, columns, added)
    for table in schema.altered.values():
        if wanted is None or table.name in wanted:
            yield _Part(table, table.columns, frozenset(_names_in(table)))


def _names_in(table: Table) -> Iterator[str]:
    for group in (table.keys, table.foreign_keys, table.checks, table.exclusions, table.indexes):
        yield from (item.name for item in group)


class _Names:
    """What the tables of a schema are called in a document: without their schema where that is enough."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._bare = Counter(bare_name(name).casefold() for name in schema.tables)

    def of(self, name: str) -> str:
        table = self._schema.tables.get(name) or self._schema.table(name)
        name = table.name if table else name
        return name if self._bare[bare_name(name).casefold()] > 1 else bare_name(name)


# what a row is recognised by


def _keys(question_id: str, question: Question, row: Row) -> Iterator[tuple[_Name, ...]]:
    """The names that a row goes by, case and punctuation aside: as it is written, then without schemas."""
    texts = [str(row.get(column, "")) for column in question.key_columns]
    match question_id:
        case "logical.cardinality":
            ends = [_ways(end) for end in _ARROW.split(texts[0])]
        case "physical.indexes":
            ends = [_ways(texts[0].partition("(")[0])]
        case "physical.column_semantics":
            for name in texts[1].split(","):
                yield from ((table, _words(name)) for table in _ways(texts[0]))
            return
        case "security.classification":
            parts = [_words(part) for part in texts[0].split(".")]
            ends = [[sum(parts, ()), sum(parts[-2:], ())]]
        case _:
            ends = [_ways(text) for text in texts]
    yield tuple(whole for whole, _ in ends)
    yield tuple(bare for _, bare in ends)


def _ways(text: str) -> list[_Name]:
    """The words of a name, and those of it without its schema."""
    return [_words(text), _words(bare_name(text))]


def _words(text: str) -> _Name:
    return tuple(_WORD.findall(text.casefold()))


def _fitted(bank: Bank, question: Question, cells: Mapping[str, Value]) -> Row:
    """A row with the cells that the bank has columns and options for, and that say something."""
    kept: Cells = {}
    for name, cell in cells.items():
        column = question.column_by_id.get(name)
        options = bank.options_of(column) if column else None
        if column is None or is_empty(cell):
            continue
        if options is None or options.open or cell in options.by_id:
            kept[name] = clean(cell) if isinstance(cell, str) else cell
    return MappingProxyType(dict(in_column_order(question, kept)))


# what each question is told


def _grain(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in _whole(parts):
        yield {"entity": names.of(part.table.name)}, _made(part.table)


def _identity(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in _whole(parts):
        table = part.table
        primary = table.primary_key
        natural = [key for key in table.uniques if key.columns and "" not in key.columns]
        cells: Cells = {
            "entity": names.of(table.name),
            "primary_identity": _described(table, primary) if primary else "",
            "natural_identifier": "; ".join(map(_unique, natural)),
        }
        yield cells, _at("the primary key", primary.span.line) if primary else _made(table)


def _cardinality(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in parts:
        by_parent: dict[str, list[ForeignKey]] = {}
        for key in part.foreign_keys:
            by_parent.setdefault(names.of(key.target), []).append(key)
        for parent, keys in by_parent.items():
            single = all(_is_unique(part.table, key.columns) for key in keys)
            cells: Cells = {
                "relationship": f"{parent} → {names.of(part.table.name)}",
                "cardinality": "one_to_one" if single else "one_to_many",
                "enforcement": "; ".join(_enforced(part.table, key) for key in keys),
            }
            yield cells, _at("the foreign key", keys[0].span.line)


def _states(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in parts:
        column, values, line = _state_column(part)
        if column is None:
            continue
        default = _LITERAL.match(column.default)
        first = default[1].replace("''", "'") if default else None
        for value in values:
            cells: Cells = {"entity": names.of(part.table.name), "state": value}
            if value == first:
                cells["initial"] = True
            yield cells, _at(f"the values of {column.name}", line)


def _semantics(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in parts:
        for column in part.columns:
            by_server = column.identity or column.generated or "nextval(" in column.default
            cells: Cells = {
                "table": names.of(part.table.name),
                "column": column.name,
                "type": column.written_type or column.type,
                "nullable": column.nullable,
                "meaning": " ".join(column.comment.split()),
                "source": "db" if by_server else "",
            }
            yield cells, _at("the column", column.span.line)


def _indexes(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in parts:
        table = part.table
        listed = {index.name for index in table.indexes}
        keys = [key for key in table.keys if part.has(key.name) and key.name not in listed]
        for key in keys:
            what = "primary key" if key.kind == "primary" else "unique constraint"
            name = key.name or f"{what} of {names.of(table.name)}"
            text = _index_text(name, [c or "an expression" for c in key.columns], key.include, key.where)
            yield {"index": text, "reason": f"behind the {what}"}, _at(f"the {what}", key.span.line)
        for index in table.indexes:
            if part.has(index.name):
                name = index.name or f"index of {names.of(table.name)}"
                text = index_text(index, name)
                yield {"index": text, "reason": _reason(table, index)}, _at("the index", index.span.line)


def _classes(names: _Names, parts: Iterable[_Part]) -> Found:
    for part in parts:
        for column in part.columns:
            if looks_personal(column.name):
                cells: Cells = {
                    "object": f"{names.of(part.table.name)}.{column.name}",
                    "classification": "pii",
                    "reason": "suggested by the name of the column",
                }
                yield cells, _at("the column", column.span.line)


_PROPOSERS: Mapping[str, Callable[[_Names, Iterable[_Part]], Found]] = MappingProxyType(
    {
        "logical.grain": _grain,
        "logical.keys": _identity,
        "logical.cardinality": _cardinality,
        "logical.states": _states,
        "physical.column_semantics": _semantics,
        "physical.indexes": _indexes,
        "security.classification": _classes,
    }
)


# how the schema is put into words


def _whole(parts: Iterable[_Part]) -> Iterator[_Part]:
    return (part for part in parts if part.added is None)


def _at(what: str, line: int) -> str:
    return f"{what} at line {line}"


def _made(table: Table) -> str:
    return _at("the table made", table.span.line)


def _described(table: Table, key: Key) -> str:
    """The columns of a key with their types: `booking_id bigint, generated`."""
    parts = []
    for name in key.columns:
        column = table.column(name)
        if column is None:
            parts.append(name or "an expression")
            continue
        words = f"{name} {column.written_type or column.type}"
        parts.append(f"{words}, generated" if column.identity or column.generated else words)
    return "; ".join(parts)


def _unique(key: Key) -> str:
    where = f" WHERE {key.where}" if key.where else ""
    columns = f"UNIQUE ({', '.join(key.columns)}){where}"
    return f"{columns}, {key.name}" if key.name and key.named else columns


def _is_unique(table: Table, columns: Collection[str]) -> bool:
    """Whether there can be only one row with the same values in `columns`."""
    return any(key.columns and not key.where and set(key.columns) <= set(columns) for key in table.keys)


def _enforced(table: Table, key: ForeignKey) -> str:
    columns = ", ".join(key.columns)
    words = f"{key.name}, foreign key on ({columns})" if key.name else f"foreign key on ({columns})"
    may_be_null = [name for name in key.columns if (c := table.column(name)) is not None and c.nullable]
    words += f", {', '.join(may_be_null)} may be null" if may_be_null else ", NOT NULL"
    return f"{words}, ON DELETE {key.on_delete.upper()}" if key.on_delete else words


def _state_column(part: _Part) -> tuple[SchemaColumn | None, tuple[str, ...], int]:
    """The column that holds the state of a row, its values, and the line that lists them."""
    best: tuple[int, SchemaColumn, tuple[str, ...], int] | None = None
    checks = {check.columns[0]: check for check in part.table.checks if check.values and check.columns}
    for column in part.columns:
        words = _words(column.name)
        check = checks.get(column.name)
        values = column.values or (check.values if check else ())
        if not values or not words or words[-1] not in STATE_WORDS:
            continue
        rank = STATE_WORDS.index(words[-1]) + len(STATE_WORDS) * (len(words) > 1)
        line = check.span.line if check and not column.values else column.span.line
        if best is None or rank < best[0]:
            best = rank, column, values, line
    return (best[1], best[2], best[3]) if best else (None, (), 0)


def index_text(index: Index, name: str) -> str:
    """An index as 7.4 writes it: name, columns in order, predicate."""
    return _index_text(name, _index_columns(index), index.include, index.where)


def _index_text(name: str, columns: Iterable[str], include: Collection[str], where: str) -> str:
    text = f"{name} ({', '.join(columns)})"
    text += f" INCLUDE ({', '.join(include)})" if include else ""
    return f"{text} WHERE {where}" if where else text


def _index_columns(index: Index) -> Iterator[str]:
    expressions = iter(index.expressions)
    for position, name in enumerate(index.columns):
        down = position < len(index.descending) and index.descending[position]
        yield (name or next(expressions, "an expression")) + (" DESC" if down else "")


def _reason(table: Table, index: Index) -> str:
    if index.unique:
        return "unique" + (f" where {index.where}" if index.where else "")
    for key in table.foreign_keys:
        if key.columns and set(index.columns[: len(key.columns)]) == set(key.columns):
            return f"rows of one {bare_name(key.target)}, as {key.name or 'the foreign key'} refers to it"
    return ""
