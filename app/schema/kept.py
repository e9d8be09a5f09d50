"""What parsers made of single statements, kept between runs, so that they are imported for new ones only.

To import a parser takes longer than to read all else that a short document says. What is kept goes by the
text of the statement, this package, the parsers and Python. It is a cache: what is not there, damaged, or for
something else, is as if it had never been. It stands in a folder of the person, since it holds their SQL.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from msgspec import DecodeError, Struct, msgpack

from app.document.files import DISK
from app.document.places import cache_root
from app.program import identity

if TYPE_CHECKING:
    from sqlite3 import Connection

NAME = "statements.sqlite"
MOST = 40_000
"""How many are kept: those of three dumps of a thousand tables. Beyond, those asked for longest ago go."""
DAYS = 60
"""After how many days without being asked for one goes in any case."""
PARSERS = ("postgast", "sqlglot")

_T = TypeVar("_T", bound=Struct)


class Kept:
    """What earlier runs read, in one file, and what this one reads beside it; any thread may ask."""

    def __init__(self, folder: Callable[[], Path], today: int) -> None:
        """`folder` is asked for with the first statement; `today` counts days and says what was used last."""
        self._folder = folder
        self._today = today
        self._lock = threading.Lock()
        self._decoders: dict[type[Struct], msgpack.Decoder[Struct]] = {}
        self._new: dict[bytes, bytes] = {}
        self._used: list[bytes] = []
        self.adds = True
        """Whether what is read from here on is to be kept."""

    @cached_property
    def _path(self) -> Path:
        return self._folder() / NAME

    @cached_property
    def _program(self) -> bytes:
        return identity(Path(__file__).parent, PARSERS)

    @cached_property
    def _file(self) -> Connection | None:
        return _opened(self._path) if self._program else None

    def once(self, kind: type[_T], asked: tuple[object, ...], read: Callable[[], _T]) -> _T:
        """What `read` gives, or gave for the same `asked`, of which the `repr` has to say everything."""
        said = repr((kind.__name__, asked)).encode("utf-8", "surrogatepass")
        with self._lock:
            key = blake2b(said, key=self._program, digest_size=20).digest()
            known = self._known(key, kind)
        if known is not None:
            return known
        known = read()
        if self.adds:
            with suppress(UnicodeEncodeError):  # half a surrogate pair, which no file can hold
                self._new[key] = msgpack.encode(known)
        return known

    def _known(self, key: bytes, kind: type[_T]) -> _T | None:
        import sqlite3

        if self._file is None:
            return None
        try:
            row = self._file.execute("SELECT value, day FROM statement WHERE key = ?", (key,)).fetchone()
            known = None if row is None else self._decoder(kind).decode(row[0])
        except (sqlite3.Error, DecodeError, TypeError):
            return None
        if known is not None and row[1] != self._today:
            self._used.append(key)
        return cast("_T | None", known)

    def _decoder(self, kind: type[Struct]) -> msgpack.Decoder[Struct]:
        if kind not in self._decoders:
            self._decoders[kind] = msgpack.Decoder(kind)
        return self._decoders[kind]

    def put_away(self) -> None:
        """Write what is new, and what was asked for; does nothing where nothing can be written, or should."""
        if sys.dont_write_bytecode or not (self._new or self._used) or not self._program:
            return
        import sqlite3

        if self._file is not None:
            self._file.close()
        try:
            DISK.make_folder(self._path.parent)
            with closing(sqlite3.connect(self._path, timeout=0)) as file, file:
                file.execute("PRAGMA synchronous = OFF")
                _write(file, self._new, self._used, self._today)
        except sqlite3.OperationalError:  # a full disk, a folder of somebody else, another run that writes
            return
        except (sqlite3.DatabaseError, OSError, RuntimeError):
            with suppress(OSError):
                self._path.unlink()


def _opened(path: Path) -> Connection | None:
    import sqlite3

    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0, check_same_thread=False
        )
    except (sqlite3.Error, OSError, ValueError):
        return None


def _write(file: Connection, new: dict[bytes, bytes], used: list[bytes], today: int) -> None:
    file.execute(
        "CREATE TABLE IF NOT EXISTS statement "
        "(key BLOB PRIMARY KEY, value BLOB NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID"
    )
    rows = [(key, value, today) for key, value in new.items()]
    file.executemany("INSERT OR REPLACE INTO statement VALUES (?, ?, ?)", rows)
    file.executemany("UPDATE statement SET day = ? WHERE key = ?", [(today, key) for key in used])
    file.execute("DELETE FROM statement WHERE day < ?", (today - DAYS,))
    file.execute(
        "DELETE FROM statement WHERE key IN (SELECT key FROM statement ORDER BY day DESC LIMIT -1 OFFSET ?)",
        (MOST,),
    )


_kept: list[Kept] = []
"""What this process looks at: one, or none before `keep` and for whoever uses the package in another way."""


def keep() -> None:
    """From here on, look at what earlier runs read."""
    _kept[:] = [Kept(cache_root, int(time.time() // 86_400))]


def add_no_more() -> None:
    """Only look from here on: of what is typed on a screen, nearly every statement is a half-written one."""
    for kept in _kept:
        kept.adds = False


def put_away() -> None:
    """Keep what was read since `keep` for later runs."""
    while _kept:
        _kept.pop().put_away()


def read_once(kind: type[_T], asked: tuple[object, ...], read: Callable[[], _T]) -> _T:
    """What `read` gives, or gave in an earlier run; see `Kept.once`."""
    return _kept[0].once(kind, asked, read) if _kept else read()
