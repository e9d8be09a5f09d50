"""Answers that rest on DDL in files which has changed since somebody looked at them.

An answer rests on the schema when a rule reads it beside the schema. It is asked for again when it names a
table of a file, and something of that table is not as it was in the outline that the answer file keeps; an
answer that names columns of the table, only when one of those has to do with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from app import patterns
from app.bank.model import Bank, Column, Question, Slot
from app.document.answers import Value
from app.document.row_memo import RowMemo
from app.readiness.ddl_files import joined
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addresses, rows
from app.readiness.facts.texts import texts_in
from app.readiness.registry import fact, questions_beside
from app.readiness.reopening import NOTHING, Again, FileTable, Reopening
from app.schema.each import each
from app.schema.model import Schema
from app.schema.outline import Difference, differences, digest, outline
from app.schema.sources import DDL_FILES, Sources

_WORD = patterns.compile(r"\w+")
_BETWEEN = patterns.compile(r"[^\w\s-]+")
_LONGEST = 200
"""A text of more characters is prose: in it only words with an underscore are taken for names."""


@fact
def file_schema(
    schema: Schema | None,
    physical_ddl: Value | None,
    file_ddl: str,
    existing_ddl: str,
    engine: str,
    memo: dict[str, Any],
) -> Schema | None:
    """What the DDL in files describes, without what is typed in the document; None where no file has any."""
    if not file_ddl and not existing_ddl:
        return None
    if schema is not None and physical_ddl == file_ddl:
        return schema
    from app.schema.read import SchemaReader

    reader: SchemaReader = memo.setdefault("schema of files", SchemaReader())
    return reader.read(file_ddl, engine, existing_ddl)


@fact
def file_tables(
    file_schema: Schema | None,
    physical_ddl_files: Value | None,
    physical_existing_ddl_files: Value | None,
    sources: Sources,
    memo: dict[str, Any],
) -> Mapping[str, FileTable]:
    """The tables of the files by name."""
    if file_schema is None:
        return NOTHING.tables
    ddl = joined(None, physical_ddl_files, sources)
    existing = joined(None, physical_existing_ddl_files, sources)
    outlines = each(memo, "outlines", file_schema.all_tables, outline)
    found = {}
    for (name, table), text in zip(file_schema.tables.items(), outlines, strict=True):
        line = file_schema.places.line(table.span.line)
        path, line = (existing if table.existing else ddl).place(line)
        found[name] = FileTable(text, path, line, table.existing)
    return found


@fact
def resting_questions(bank: Bank) -> frozenset[str]:
    """The questions whose answers rules compare with the schema."""
    return questions_beside(bank, "schema")


@fact
def reopening(
    bank: Bank,
    file_tables: Mapping[str, FileTable],
    resting_questions: frozenset[str],
    seen_outlines: Mapping[str, str],
    looked_at: Mapping[str, str],
    sources: Sources,
    values: Mapping[str, Value],
    memo: dict[str, Any],
) -> Reopening:
    """What the files ask for again."""
    if not file_tables:
        return NOTHING
    changed = _changed(file_tables, seen_outlines, whole=all(source.files for source in sources.values()))
    unknown = {entity_key(name): name for name in file_tables if name not in seen_outlines}
    keys = frozenset(map(entity_key, changed))
    again: list[Again] = []
    named: set[str] = set()
    for question_id in resting_questions if changed or unknown else ():
        value = values.get(question_id)
        if value is None:
            continue
        found = _named(bank, question_id, value, memo)
        named |= found.tables & unknown.keys()
        if found.tables.isdisjoint(keys):
            continue
        for part in found.parts(bank):
            asked = asked_again(part, changed, file_tables, seen_outlines)
            if asked is not None and looked_at.get(asked.address) != asked.digest:
                again.append(asked)
    unseen: dict[str, str | None] = {
        name: file_tables[name].outline
        for key, name in unknown.items()
        if (key in named or not file_tables[name].existing) and name not in changed
    }
    again += _added(file_tables, changed, looked_at)
    if not again:
        unseen |= {name: file_tables[name].outline if name in file_tables else None for name in changed}
    return Reopening(
        file_tables,
        changed,
        tuple(again),
        MappingProxyType(unseen),
        MappingProxyType(unknown),
        resting_questions,
    )


def _changed(
    tables: Mapping[str, FileTable], seen: Mapping[str, str], *, whole: bool
) -> Mapping[str, tuple[Difference, ...]]:
    """What is different by table; a table that the files make is new only where some were seen before.

    Unless every file could be read (`whole`), a table that is not there is not known to be gone.
    """
    found: dict[str, tuple[Difference, ...]] = {}
    for name, text in seen.items():
        table = tables.get(name)
        if table is None:
            if whole:
                found[name] = (Difference("the table", "", None),)
        elif table.outline != text and (different := differences(text, table.outline)):
            found[name] = different
    if any(name in tables and not tables[name].existing for name in seen):
        for name, table in tables.items():
            if name not in seen and not table.existing:
                found[name] = (Difference("the table", None, ""),)
    return found


def _added(
    tables: Mapping[str, FileTable],
    changed: Mapping[str, tuple[Difference, ...]],
    looked_at: Mapping[str, str],
) -> Iterator[Again]:
    """The files that make tables which they did not make before: no answer names those yet."""
    by_path: dict[str, dict[str, tuple[Difference, ...]]] = {}
    for name, different in changed.items():
        if name in tables and different[0].what == "the table":
            by_path.setdefault(tables[name].path, {})[name] = different
    for path, because in by_path.items():
        asked = Again(DDL_FILES, path, MappingProxyType(because), _digest(because))
        if looked_at.get(asked.address) != asked.digest:
            yield asked


_Names = tuple[frozenset[str], frozenset[str]]


class Part(Struct, frozen=True):
    """A row of an answer, or the whole of one without rows, with the names that it holds.

    `tables` are keys of entities, `columns` in lower case; many of them name nothing that there is.
    """

    question: str
    row: str
    tables: frozenset[str]
    columns: frozenset[str]


def asked_again(
    part: Part,
    changed: Mapping[str, tuple[Difference, ...]],
    tables: Mapping[str, FileTable],
    seen: Mapping[str, str],
) -> Again | None:
    """What of `changed` has to do with a part of an answer, or None."""
    because: dict[str, tuple[Difference, ...]] = {}
    for name, different in changed.items():
        if entity_key(name) not in part.tables:
            continue
        outlines = f"{seen.get(name, '')}\n{tables[name].outline if name in tables else ''}"
        own = _columns_in(outlines) & part.columns
        relevant = tuple(d for d in different if not own or d.before == "" or own & _words(d.text))
        if relevant:
            because[name] = relevant
    if not because:
        return None
    return Again(part.question, part.row, MappingProxyType(because), _digest(because))


def _digest(because: Mapping[str, Iterable[Difference]]) -> str:
    return digest({name: "\n".join(map(str, different)) for name, different in because.items()})


def _columns_in(outlines: str) -> frozenset[str]:
    lines = (line for line in outlines.splitlines() if line.startswith("column "))
    return frozenset(line.removeprefix("column ").partition(": ")[0].casefold() for line in lines)


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


class _Named(Struct, frozen=True):
    """The names in one answer: those of each row, or of the whole, and all keys of tables together."""

    question: Question
    question_id: str
    value: Value
    rows: tuple[_Names, ...]
    tables: frozenset[str]

    def parts(self, bank: Bank) -> Iterator[Part]:
        where = addresses(bank, self.question_id, self.value) if self.question.has_rows else [""]
        for row, names in zip(where, self.rows, strict=True):
            yield Part(self.question_id, row, *names)


def _named(bank: Bank, question_id: str, value: Value, memo: dict[str, Any]) -> _Named:
    """The names in an answer; they are looked for once in each row, and put together once for each value."""
    known: dict[str, tuple[RowMemo[_Names], _Named | None]] = memo.setdefault("names", {})
    question = bank.questions[question_id]
    rows_seen, last = known.get(question_id) or (RowMemo(partial(_names_in, question)), None)
    if last is None or last.value is not value:
        found = tuple(rows_seen.at(rows(value) if question.has_rows else [value]))
        last = _Named(question, question_id, value, found, frozenset().union(*(names[0] for names in found)))
        known[question_id] = rows_seen, last
    return last


def part_of(bank: Bank, question_id: str, row: str, value: Value) -> Part:
    """A row of an answer, or the whole of one without rows, with its names."""
    return Part(question_id, row, *_names_in(bank.questions[question_id], value))


def _names_in(question: Question, value: Value) -> _Names:
    """The keys of entities and the columns that a row or an answer may name."""
    tables: set[str] = set()
    columns: set[str] = set()
    for thing, text in _texts(question, value):
        short = thing.kind not in ("prose", "code") if not isinstance(thing, Slot) else True
        if not isinstance(thing, Slot) and thing.kind == "code":
            found = _WORD.findall(text)
        elif short and len(text) <= _LONGEST:
            found = [part.strip() for part in _BETWEEN.split(text)] + _WORD.findall(text) * ("_" in text)
        else:
            found = [word for word in _WORD.findall(text) if "_" in word]
        tables.update(map(entity_key, found))
        columns.update(map(str.casefold, found))
    return frozenset(tables), frozenset(columns)


def _texts(question: Question, value: Value) -> Iterator[tuple[Question | Column | Slot, str]]:
    things: dict[str, Question | Column | Slot] = {column.id: column for column in question.columns}
    things |= {slot.id: slot for slot in question.slots}
    cells = value.items() if isinstance(value, Mapping) else (("", value),)
    for name, cell in cells:
        for text in texts_in(cell):
            yield things.get(name, question), text
