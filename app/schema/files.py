"""DDL that an answer refers to by path: a file such as `schema.sql`, or a folder of migrations."""

from __future__ import annotations

import codecs
import hashlib
import re
from bisect import bisect_right
from itertools import islice
from pathlib import Path, PurePosixPath

from msgspec import Struct

from app import patterns
from app.document.text import normalise
from app.problems import Problem

SUFFIXES = (".sql", ".ddl", ".psql", ".pgsql")
LARGEST_FILE = 16 * 1024 * 1024
"""In bytes."""
LARGEST_TOTAL = 32 * 1024 * 1024
MOST_FILES = 5_000

_NUMBER = patterns.compile(r"(\d+)")
_UNDO = patterns.compile(
    r"(?:^|/)(?:U\d[^/]*__[^/]*|[^/]*\.(?:down|undo|rollback)\.sql|down\.sql)$", re.IGNORECASE
)
_REPEATABLE = patterns.compile(r"(?:^|/)R__[^/]*$")
_UNDO_PART = patterns.compile(
    r"^--[ \t]*(?:\+goose[ \t]+Down|migrate:down|//@UNDO|\+migrate[ \t]+Down)\b", re.MULTILINE
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class DdlFile(Struct, frozen=True):
    """One file of the text: its path relative to the answer file's folder, and where it starts."""

    path: str
    start: int
    line: int
    """The number, from 1, of its first line in the joined text."""


class DdlText(Struct, frozen=True):
    """The joined text of the files, each ending in a line end, and what was wrong with some.

    `digest` tells a changed text from the same; it is "" where nothing was read.
    """

    text: str = ""
    files: tuple[DdlFile, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest() if self.files else ""

    def place(self, line: int) -> tuple[str, int]:
        """The file, and the line in it, of a line of the joined text; ("", line) when there is no file."""
        index = bisect_right([file.line for file in self.files], line) - 1
        if index < 0:
            return "", line
        file = self.files[index]
        return file.path, line - file.line + 1


def read_ddl(reference: str, folder: Path) -> DdlText:
    """The DDL at `reference`, a path relative to `folder`, the answer file's.

    A folder's files are read in the order of their names, numbers by value, undo migrations left out.
    Nothing outside `folder` or the repository around it is read, links included. Never raises for what
    it finds; what could not be read is in `problems`.
    """
    wanted = plain_path(reference)
    refusal = _refusal(wanted)
    if refusal:
        return _failed(reference, *refusal)
    try:
        root = _root(folder.resolve())
        path = (folder / wanted).resolve()
        if not path.is_relative_to(root):
            return _failed(reference, "it leads outside the folder of the answer file", _HINT)
        if path.is_dir():
            return _read_folder(folder / wanted, wanted, root)
        if not path.exists():
            return _failed(reference, "there is no such file or folder", f"it was looked for in {folder}")
        return _read_files([(wanted, path)], root)
    except (OSError, ValueError, RuntimeError) as error:
        return _failed(reference, f"it cannot be read: {getattr(error, 'strerror', None) or error}")


def stamp_of(reference: str, folder: Path) -> object:
    """Something that is equal as long as nothing changed at `reference`: names, times, sizes; no text.

    Never raises; None where nothing can be read.
    """
    wanted = plain_path(reference)
    try:
        path = folder / wanted
        if _refusal(wanted) or not path.resolve().is_relative_to(_root(folder.resolve())):
            return None
        inside = (p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
        files = sorted(islice(inside, MOST_FILES + 1))
        return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file in files for stat in [file.stat()])
    except (OSError, ValueError, RuntimeError):
        return None


_HINT = "give a path inside it, such as db/schema.sql"


def plain_path(reference: str) -> str:
    """A path as an answer has it, in the spelling that every system reads; "." for the folder itself."""
    return reference.strip().replace("\\", "/").rstrip("/") or "."


def _refusal(wanted: str) -> tuple[str, str] | None:
    """Why a path is refused before anything is looked at, and what to do."""
    path = PurePosixPath(wanted)
    if "\0" in wanted or len(wanted) > 1_000:
        return "it is not a path", _HINT
    if path.is_absolute() or wanted.startswith("~") or re.match(r"[A-Za-z]:", wanted):
        return "it is not relative to the folder of the answer file", _HINT
    if ".." in path.parts:
        return "it leads outside the folder of the answer file", _HINT
    return None


def _failed(reference: str, message: str, hint: str = "") -> DdlText:
    return DdlText(problems=(Problem(message, where=reference, hint=hint),))


def _root(folder: Path) -> Path:
    """The repository around `folder`, or the folder itself."""
    return next((path for path in (folder, *folder.parents) if (path / ".git").exists()), folder)


def _read_folder(folder: Path, name: str, root: Path) -> DdlText:
    found: list[tuple[str, Path]] = []
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.suffix.lower() not in SUFFIXES or any(part.startswith(".") for part in relative.parts):
            continue
        if not _UNDO.search(relative.as_posix()):
            found.append((relative.as_posix() if name == "." else f"{name}/{relative.as_posix()}", path))
        if len(found) > MOST_FILES:
            return _failed(name, f"it holds more than {MOST_FILES} files", "name a folder of migrations")
    if not found:
        return _failed(name, "it holds no .sql file")
    return _read_files(sorted(found, key=lambda item: order_of(item[0])), root)


def order_of(path: str) -> tuple[bool, tuple[tuple[int, int, str], ...]]:
    """What sorts migrations: repeatable ones last, else by name with numbers by value."""
    # Two underscores end a version: V10__ stands before V10.1__ and V10_1__.
    parts = tuple(_sort_key(part) for part in _NUMBER.split(path.replace("__", "\0")) if part)
    return bool(_REPEATABLE.search(path)), parts


def _sort_key(part: str) -> tuple[int, int, str]:
    is_number = part.isascii() and part.isdigit() and len(part) < 300
    return (0, int(part), "") if is_number else (1, 0, part.casefold())


def _read_files(found: list[tuple[str, Path]], root: Path) -> DdlText:
    texts: list[str] = []
    files: list[DdlFile] = []
    problems: list[Problem] = []
    start, line, total = 0, 1, 0
    for name, path in found:
        text, problem, size = _read_file(name, path, root, LARGEST_TOTAL - total)
        total += size
        if problem:
            problems.append(problem)
        if text is None:
            continue
        if undo := _UNDO_PART.search(text):
            text = text[: undo.start()]
        text = text if text.endswith("\n") else text + "\n"
        files.append(DdlFile(name, start, line))
        texts.append(text)
        start, line = start + len(text), line + text.count("\n")
    return DdlText("".join(texts), tuple(files), tuple(problems))


def _read_file(name: str, path: Path, root: Path, room: int) -> tuple[str | None, Problem | None, int]:
    """A file's text, what was wrong with it, and its size in bytes."""
    real = path.resolve()
    if not real.is_relative_to(root):
        return None, Problem("it is a link that leads outside the folder", where=name, hint=_HINT), 0
    if not real.is_file():
        return None, Problem("it is not a file", where=name), 0
    if real.suffix.lower() not in SUFFIXES:
        return None, Problem("it is not an SQL file", where=name, hint=f"it should end in {SUFFIXES[0]}"), 0
    limit = min(LARGEST_FILE, room)
    try:
        with real.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        return None, Problem(f"it cannot be read: {error.strerror}", where=name), 0
    if len(data) > limit:
        size = f"{limit / 1024 / 1024:.0f} MB"
        hint = "leave the data out (pg_dump --schema-only, mysqldump --no-data)"
        return None, Problem(f"it is larger than the {size} that are read", where=name, hint=hint), 0
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text, removed = normalise(data.decode(encoding))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem("it is not UTF-8", where=name, file=name, line=line, hint="save it as UTF-8")
        return None, problem, len(data)
    if removed:
        return text, Problem(f"characters were left out: {', '.join(removed)}", where=name), len(data)
    return text, None, len(data)
