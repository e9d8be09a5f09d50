"""What parsers read is kept between runs, and only ever makes them faster."""

from __future__ import annotations

import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from app.schema import kept
from app.schema.dialects import Dialect, dialect_of
from app.schema.effects import Reading
from app.schema.kept import NAME, Kept
from app.schema.parameters import parameters_of
from app.schema.queries import Query, _parsed
from app.schema.split import split
from app.schema.statements import _parsed as _read

DATA = Path(__file__).parent / "data"
DUMPS = {
    "hotel_dump": "postgresql",
    "meters": "postgresql",
    "parcels_rails": "postgresql",
    "stock_tsql": "sqlserver",
    "tickets_django": "postgresql",
    "warehouse_mysql": "mysql",
}
QUERIES = (
    "SELECT b.bay_id, count(*) FROM bay b JOIN dock d USING (dock_id) WHERE d.code = :code AND b.free_at "
    "BETWEEN :from AND :to GROUP BY b.bay_id ORDER BY b.bay_id DESC LIMIT 5 FOR UPDATE SKIP LOCKED",
    "INSERT INTO bay (bay_id, state) VALUES ($1, 'free') ON CONFLICT (bay_id) DO UPDATE SET state = $2",
    "SELECT * FROM bay WHERE (free_at, bay_id) < (?, ?) OR",
)


@pytest.fixture(autouse=True)
def _bytecode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python is told not to keep what it compiles, nothing is kept here either."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


class Word(Struct, frozen=True):
    text: str


def asked(folder: Path, *texts: str, today: int = 1) -> list[str]:
    """Ask for each text in one run; which of them had to be read."""
    read: list[str] = []
    shelf = Kept(lambda: folder, today)
    for text in texts:

        def make(text: str = text) -> Word:
            read.append(text)
            return Word(text.upper())

        assert shelf.once(Word, (text,), make) == Word(text.upper())
    shelf.put_away()
    return read


def _statements() -> list[tuple[str, Dialect]]:
    found = []
    for name, engine in DUMPS.items():
        dialect = dialect_of(engine)
        text = (DATA / f"{name}.sql").read_text(encoding="utf-8")
        found += [(piece.sql, dialect) for piece in split(text, dialect.lexis) if piece.kind == "statement"]
    return found


def test_every_reading_is_the_same_in_the_next_run(tmp_path: Path) -> None:
    statements = _statements()
    assert len(statements) > 100
    first = Kept(lambda: tmp_path, 1)
    read = [first.once(Reading, each, partial(_read, *each)) for each in statements]
    first.put_away()
    second = Kept(lambda: tmp_path, 1)
    assert [second.once(Reading, each, _never) for each in statements] == read


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
def test_every_query_is_the_same_in_the_next_run(tmp_path: Path, engine: str) -> None:
    dialect = dialect_of(engine)
    for sql in QUERIES:
        said = (sql, parameters_of(sql, dialect.lexis), dialect)
        first = Kept(lambda: tmp_path, 1)
        query = first.once(Query, said, partial(_parsed, *said))
        first.put_away()
        assert Kept(lambda: tmp_path, 1).once(Query, said, _never) == query


def _never() -> Any:
    raise AssertionError("it was read before")


def test_what_was_read_once_is_not_read_again(tmp_path: Path) -> None:
    assert asked(tmp_path, "a", "b") == ["a", "b"]
    assert asked(tmp_path, "b", "c", "a") == ["c"]


def test_another_program_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(tmp_path, "a")
    monkeypatch.setattr(kept, "identity", lambda *_: b"another one")
    assert asked(tmp_path, "a") == ["a"]


def test_a_program_that_cannot_be_told_from_others_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(tmp_path, "a")
    monkeypatch.setattr(kept, "identity", lambda *_: b"")
    assert asked(tmp_path, "a") == ["a"]
    assert asked(tmp_path, "a") == ["a"]


@pytest.mark.parametrize("damage", [b"", b"no database at all", None])
def test_a_damaged_file_costs_a_reading_and_is_replaced(tmp_path: Path, damage: bytes | None) -> None:
    asked(tmp_path, "a")
    file = tmp_path / NAME
    if damage is None:
        with sqlite3.connect(file) as database:
            database.execute("UPDATE statement SET value = x'c1'")
        database.close()
    else:
        file.write_bytes(damage)
    assert asked(tmp_path, "a") == ["a"]
    asked(tmp_path, "a")
    assert asked(tmp_path, "a") == []


def test_where_nothing_can_be_written_all_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "a file"
    folder.write_text("", encoding="utf-8")
    assert asked(folder, "a") == ["a"]
    assert asked(folder, "a") == ["a"]


def test_what_was_not_asked_for_in_a_long_time_goes(tmp_path: Path) -> None:
    asked(tmp_path, "old", "used", today=1)
    asked(tmp_path, "used", today=kept.DAYS)
    asked(tmp_path, "new", today=kept.DAYS + 2)
    assert asked(tmp_path, "old", "used", today=kept.DAYS + 2) == ["old"]


def test_of_too_many_the_newest_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    for day, text in enumerate(("a", "b", "c"), start=1):
        asked(tmp_path, text, today=day)
    assert asked(tmp_path, "b", "c", "a", today=9) == ["a"]


def test_what_is_typed_on_a_screen_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "cache_root", lambda: tmp_path)
    kept.keep()
    kept.read_once(Word, ("a",), lambda: Word("A"))
    kept.add_no_more()
    kept.read_once(Word, ("b",), lambda: Word("B"))
    kept.put_away()
    assert asked(tmp_path, "a", "b") == ["b"]


def test_without_keep_nothing_is_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "cache_root", lambda: tmp_path)
    asked(tmp_path, "a")
    assert kept.read_once(Word, ("a",), lambda: Word("read")) == Word("read")
