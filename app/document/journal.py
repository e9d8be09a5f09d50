"""The journal beside an answer file: every step since, and some before, the last save.

It is an SQLite database in WAL mode. A step is on the disk when `record` returns. Checkpoints say which
hash the file had after which step, so that a later start can tell whether the file is the one that was
written. A hash is announced before the file is written: a file that turns up with it was written by us,
even if the power failed before the save could be noted. The whole text is kept only now and then; with
the steps behind it, it gives what both sides of a merge began with.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, cast

from msgspec import Struct

from app.document.history import Kind, Step

HISTORY = 2_000
HISTORY_SIZE = 16_000_000
"""How many steps are kept, and how many characters of them; the last one always, and what is not saved.

Older ones are dropped when the text of the file is kept anew.
"""

SETTLE_AFTER = 200
SETTLE_SIZE = 4_000_000
"""How many steps, and how many characters of them, may lie between the text that is kept and the file."""

FORMAT = 2
_APPLICATION = 0x64_62_63_68  # "dbch", so that another program's database is not taken for ours
_TABLES = """
CREATE TABLE steps (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL,
    operation TEXT NOT NULL, change TEXT NOT NULL, grouped TEXT NOT NULL);
CREATE TABLE checkpoint (
    sha256 TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL);
"""
_FROM_1 = """
ALTER TABLE checkpoint RENAME TO before;
CREATE TABLE checkpoint (
    sha256 TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL, text TEXT NOT NULL);
INSERT INTO checkpoint SELECT sha256, state, seq, text FROM before;
DROP TABLE before;
"""


class JournalError(Exception):
    """The journal cannot be read or written.

    `damaged` says that it never will be, `unread` that it is there and may hold what is nowhere else.
    """

    def __init__(self, message: str, *, damaged: bool = False, unread: bool = False) -> None:
        super().__init__(message)
        self.damaged = damaged
        self.unread = unread


class Checkpoint(Struct, frozen=True):
    """A file with this SHA-256 holds every step up to `seq`.

    `announced`: it may have been written. `saved`: it was. `settled`: it was, and this is its `text`.
    """

    state: Literal["settled", "saved", "announced"]
    sha256: str
    seq: int
    text: str


def mark_of(checkpoints: Sequence[Checkpoint], sha256: str) -> Checkpoint | None:
    """The checkpoint of the file that has this hash: the last one that was kept, or one announced since.

    An older one that turns up again is none of these: somebody took back what had been saved.
    """
    for mark in reversed(checkpoints):
        if mark.sha256 == sha256:
            return mark
        if mark.state != "announced":
            break
    return None


def settled_of(checkpoints: Sequence[Checkpoint]) -> Checkpoint | None:
    """The last text of the file that was kept."""
    return next((mark for mark in checkpoints if mark.state == "settled"), None)


def held(checkpoints: Sequence[Checkpoint]) -> int:
    """The number of the last step that the file is known to have held."""
    return max([0, *(mark.seq for mark in checkpoints if mark.state != "announced")])


class Journal:
    """One open journal; one writer at a time, which the document's lock sees to."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None = None) -> None:
        self._connection = connection
        self._path = path
        self._inode = path.stat().st_ino if path else 0

    @property
    def in_place(self) -> bool:
        """Whether the file that is written is still the one that a later start would find."""
        if self._path is None:
            return True
        try:
            return self._path.stat().st_ino == self._inode
        except OSError:
            return False

    def record(self, step: Step) -> None:
        """Keep a step, in place of one with the same number; it is durable when this returns."""
        with self._transaction() as connection:
            _insert(connection, step)

    def announce(self, sha256: str, seq: int) -> None:
        """Say that a file with this hash, holding the steps up to `seq`, is about to be written."""
        with self._transaction() as connection:
            connection.execute("INSERT INTO checkpoint VALUES (?, 'announced', ?, '')", (sha256, seq))

    def confirm(self, sha256: str, seq: int) -> None:
        """Say that the file which was announced so is there, and what else was announced is not."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM checkpoint WHERE state != 'settled'")
            connection.execute("INSERT INTO checkpoint VALUES (?, 'saved', ?, '')", (sha256, seq))

    def settle(self, sha256: str, seq: int, text: str, steps: Sequence[Step] = (), drop: int = 0) -> None:
        """Say that the file has this text and holds the steps up to `seq`, and drop those up to `drop`.

        `steps` are new: what came with this text, and what the answers say beyond it.
        """
        with self._transaction() as connection:
            connection.execute("DELETE FROM checkpoint")
            connection.execute("INSERT INTO checkpoint VALUES (?, 'settled', ?, ?)", (sha256, seq, text))
            connection.execute("DELETE FROM steps WHERE seq <= ?", (drop,))
            for step in steps:
                _insert(connection, step)

    def rebuild(self, checkpoints: Sequence[Checkpoint], steps: Sequence[Step]) -> None:
        """Hold these checkpoints and steps and nothing else."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM checkpoint")
            connection.execute("DELETE FROM steps")
            for found in checkpoints:
                row = (found.sha256, found.state, found.seq, found.text)
                connection.execute("INSERT INTO checkpoint VALUES (?, ?, ?, ?)", row)
            for step in steps:
                _insert(connection, step)

    def checkpoints(self) -> list[Checkpoint]:
        """The settled checkpoint, the one saved since, and those announced since; the oldest first."""
        with _errors():
            rows = self._connection.execute(
                "SELECT state, sha256, seq, text FROM checkpoint ORDER BY seq, rowid"
            ).fetchall()
        return [Checkpoint(*row) for row in rows]

    def steps(self) -> list[Step]:
        """All steps that are kept, oldest first."""
        with _errors():
            rows = self._connection.execute(
                "SELECT seq, at, who, kind, operation, change, grouped FROM steps ORDER BY seq"
            ).fetchall()
        return [Step(seq, at, who, cast(Kind, kind), *rest) for seq, at, who, kind, *rest in rows]

    @property
    def is_empty(self) -> bool:
        return not self.steps() and not self.checkpoints()

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise


def _insert(connection: sqlite3.Connection, step: Step) -> None:
    values = (step.seq, step.at, step.who, step.kind, step.operation, step.change, step.group)
    connection.execute("INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)", values)


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise JournalError(str(error)) from None
    except (sqlite3.Error, UnicodeError) as error:
        raise JournalError(str(error), damaged=True) from None


def open_journal(path: Path) -> tuple[Journal, str]:
    """The journal at `path`, made when it is not there, and what the author must be told, or "".

    One that is damaged or not ours is moved aside and a new one made. Raises JournalError when
    neither is possible.
    """
    there = _is_there(path)
    try:
        return _open(path), ""
    except JournalError as error:
        error.unread = there
        if not error.damaged:
            raise
        kept = move_aside(path, "broken")
        notice = f"the journal could not be read ({error}); it is kept as {kept}, and a new one was begun"
        return _open(path), notice


def _is_there(path: Path) -> bool:
    """Whether something is at a path, or may be."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _open(path: Path) -> Journal:
    connection: sqlite3.Connection | None = None
    try:
        with _errors():
            connection = connect(str(path))
            journal = Journal(connection, path)
            journal.steps()
    except BaseException:
        if connection is not None:
            connection.close()
        raise
    return journal


def connect(database: str) -> sqlite3.Connection:
    """A connection whose commits are durable, to a database that has our tables."""
    connection = sqlite3.connect(database, timeout=2.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.executescript(
                f"BEGIN IMMEDIATE; {_TABLES}"
                f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {FORMAT}; COMMIT;"
            )
        elif application == _APPLICATION and version == 1:
            connection.executescript(f"BEGIN IMMEDIATE; {_FROM_1} PRAGMA user_version = {FORMAT}; COMMIT;")
        elif application != _APPLICATION or version != FORMAT:
            raise sqlite3.DatabaseError("it is not a journal of this dbcharter")
        elif connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("it is damaged")
    except BaseException:
        connection.close()
        raise
    return connection


class Kept(NamedTuple):
    """What a journal holds."""

    checkpoints: list[Checkpoint]
    steps: list[Step]


def read_journal(path: Path) -> Kept:
    """What a journal holds that another process may be writing; nothing where there is no journal.

    Raises JournalError.
    """
    if not _is_there(path):
        return Kept([], [])
    try:
        return _read(path)
    except JournalError:
        # SQLite writes beside what it reads. Where it must not, nobody else writes either: read a copy.
        with tempfile.TemporaryDirectory() as folder:
            try:
                for suffix in ("", "-wal"):
                    source = path.with_name(path.name + suffix)
                    if suffix == "" or source.exists():
                        shutil.copyfile(source, Path(folder, f"journal{suffix}"))
            except OSError as error:
                raise JournalError(str(error.strerror)) from None
            return _read(Path(folder, "journal"))


def read_steps(path: Path) -> list[Step]:
    """The steps that `read_journal` finds. Raises JournalError."""
    return read_journal(path).steps


def _read(path: Path) -> Kept:
    with _errors():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            journal = Journal(connection)
            return Kept(journal.checkpoints(), journal.steps())
        finally:
            connection.close()


def move_aside(path: Path, why: str, rename: Callable[[Path, Path], object] = Path.rename) -> Path:
    """Give a journal a name out of the way; returns it. Raises JournalError when that cannot be."""
    number = 1
    while (kept := path.with_name(f"{path.name}.{why}-{number}")).exists():
        number += 1
    try:
        for suffix in ("-wal", "-shm", ""):
            source = path.with_name(path.name + suffix)
            if source.exists():
                rename(source, kept.with_name(kept.name + suffix))
    except OSError as error:
        raise JournalError(f"{path} cannot be moved: {error.strerror}") from None
    return kept
