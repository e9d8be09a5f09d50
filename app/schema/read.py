"""Read DDL: split it, parse each statement once, fold the effects into a schema."""

from __future__ import annotations

from collections.abc import Callable

from app.schema.apply import apply
from app.schema.dialects import Dialect, dialect_of
from app.schema.effects import Reading, placed
from app.schema.finish import finished
from app.schema.fold import Fold
from app.schema.memo import Memo
from app.schema.model import Schema, Unread
from app.schema.places import Places
from app.schema.positions import Lines
from app.schema.runs import fold_units
from app.schema.script import OF_CONTEXT, OF_TEXT, Script, data_without_end, unread_of
from app.schema.split import lexis_of, split
from app.schema.sqlite_check import SqliteCheck
from app.schema.statements import read_statement

Progress = Callable[[int, int], None]


def read_schema(text: str, engine: str, context: str = "", progress: Progress | None = None) -> Schema:
    """The schema that the DDL in `text` describes, for `engine` as people name it.

    `context` is the DDL of what exists already: its tables are marked `existing`, and its statements
    are not listed. A statement that cannot be read is in `unread` and hides no other. `progress` is
    told how many characters of how many are read; what it raises ends the reading.
    """
    dialect = dialect_of(engine)
    check = SqliteCheck() if dialect.name == "SQLite" else None
    fold = Fold(dialect.schemas, case_sensitive=dialect.case_sensitive)
    if context:
        fold.existing = True
        _fold_text(fold, context, dialect, check)
        fold.end_context()
    unread, parsers = _fold_text(fold, text, dialect, check, progress)
    if check:
        check.close()
    ignored = tuple(
        Unread(part.span, part.reason, text[part.span.start : part.span.end]) for part in fold.unread
    )
    both = sorted((*unread, *ignored), key=lambda item: item.span.start)
    return finished(fold, _dialect_name(dialect, parsers), tuple(both))


def _fold_text(
    fold: Fold,
    text: str,
    dialect: Dialect,
    check: SqliteCheck | None,
    progress: Progress | None = None,
) -> tuple[list[Unread], set[str]]:
    """Apply every statement of `text`; what was unread, and which parsers read the rest."""
    lines = Lines(text)
    unread: list[Unread] = []
    parsers: set[str] = set()
    for piece in split(text, dialect.lexis):
        if progress:
            progress(piece.end, len(text))
        start = lines.span(piece.start, piece.end)
        if piece.kind == "data" and not piece.finished:
            unread.append(placed(data_without_end(piece), start))
        if piece.kind != "statement" or not piece.sql:
            continue
        reading = read_statement(piece.sql, dialect)
        refusal = check.error(piece.sql) if check else ""
        if refusal:
            unread.append(placed(unread_of(piece, Reading(reason=refusal)), start))
            continue
        if reading.reason:
            unread.append(placed(unread_of(piece, reading), start))
            continue
        if reading.parser:
            parsers.add(reading.parser)
        apply(fold, placed(reading.effects, start))
    return unread, parsers


class SchemaReader:
    """Reads a text of DDL again and again while it is edited.

    What an edit leaves alone is not read again, and stays the same objects: statements, and tables that no
    other statement is about. Positions are within statements; `Schema.places` tells where those stand.
    """

    def __init__(self) -> None:
        self._dialect = dialect_of("")
        self._begin(self._dialect)

    def _begin(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._text = Script(OF_TEXT)
        self._context = Script(OF_CONTEXT)
        self._memo = Memo()

    def read(self, text: str, engine: str, context: str = "") -> Schema:
        """As `read_schema`, but for the positions."""
        dialect = dialect_of(engine)
        if dialect != self._dialect:
            self._begin(dialect)
        before, memo = self._context, self._memo
        before.update(context, lexis_of(dialect.lexis))
        self._text.update(text, lexis_of(dialect.lexis))
        memo.turn()
        fold = Fold(dialect.schemas, case_sensitive=dialect.case_sensitive)
        check = SqliteCheck() if dialect.name == "SQLite" else None
        fold.existing = True
        fold_units(fold, before.units, dialect, memo, check)
        fold.end_context()
        unread, parsers = fold_units(fold, self._text.units, dialect, memo, check)
        if check:
            check.close()
        places = Places(self._text.units, before.units)
        for part in fold.unread:
            unread.append(Unread(part.span, part.reason, places.cut(part.span.start, part.span.end)))
        unread.sort(key=lambda item: item.span.start)
        return finished(fold, _dialect_name(dialect, parsers), tuple(unread), places, memo)


def _dialect_name(dialect: Dialect, parsers: set[str]) -> str:
    """What the text was read as: for an engine nobody knows, what its statements turned out to be."""
    if dialect.postgres and dialect.generic is not None and parsers:
        return " and ".join(sorted(parsers, reverse=True))
    return dialect.name
