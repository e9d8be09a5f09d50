"""Which of the files that are named are answer files, and which answer files name an SQL file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath

from app.document.codec import parse_toml
from app.document.store import is_blank, read_data
from app.problems import DbcharterError
from app.schema.files import SUFFIXES, plain_path
from app.schema.sources import OF_FILES, paths_in

_SCHEMA = re.compile(r"^#:schema [^\s:]+\.schema\.json\s*$", re.MULTILINE)
"""The first line of an answer file."""
_HEADING = re.compile(r"^(?:\[bank\]|format\s*=\s*\d)", re.MULTILINE)
"""Lines of an answer file, for a text that cannot be read as TOML."""


def subjects(files: Sequence[Path], skip_others: bool) -> list[Path]:
    """The answer files to check: an SQL file stands for those that name it.

    `skip_others` leaves out what is certainly no answer file, and SQL that none names. A file that cannot be
    read stays, and so does an empty one or one that is no TOML but has a line of an answer file: something
    may have happened to it. Raises DbcharterError for SQL that no answer file names.
    """
    chosen: dict[Path, None] = {}
    paths = cache(_paths)
    for file in files:
        if file.suffix.lower() in SUFFIXES:
            named = list(_naming(file, paths))
            if not named and not skip_others:
                raise DbcharterError(f"{file}: is SQL, and no answer file names it", "name the answer file")
            chosen |= dict.fromkeys(named)
        elif not skip_others or is_answer_file(file):
            chosen[file] = None
    return list(chosen)


def is_answer_file(file: Path) -> bool:
    """Whether a file is an answer file, or may have been one before something happened to it."""
    try:
        data = read_data(file)
    except DbcharterError:
        return True
    text = data.replace(b"\0", b"").decode(errors="replace")
    said = _toml(text)
    if is_blank(data) or _SCHEMA.search(text):
        return True
    if said is None:
        return _HEADING.search(text) is not None
    bank = said.get("bank")
    named = isinstance(bank, dict) and bool(bank.keys() & {"id", "version"})
    return named or type(said.get("format")) is int


def _toml(text: str) -> dict[str, object] | None:
    try:
        return parse_toml(text.replace("\r\n", "\n"), "")
    except DbcharterError:
        return None


def _naming(sql: Path, paths: Callable[[Path], Sequence[str]]) -> Iterator[Path]:
    """The answer files that name an SQL file, or a folder that it is in; `paths` says what one names.

    They are in a folder above it, since an answer file names nothing outside of its own.
    """
    real = sql.resolve()
    for folder in real.parents:
        inside = PurePosixPath(real.relative_to(folder).as_posix())
        for file in sorted(folder.glob("*.toml")):
            if any(inside.is_relative_to(path) for path in paths(file)):
                yield Path(os.path.relpath(file))
        if (folder / ".git").exists():
            return


def _paths(file: Path) -> tuple[str, ...]:
    """The paths of SQL that an answer file names."""
    try:
        said = _toml(read_data(file).decode(errors="replace")) or {}
    except DbcharterError:
        return ()
    found: list[str] = []
    for question in OF_FILES:
        section, name = question.split(".")
        answers = said.get(section)
        paths = answers.get(name) if isinstance(answers, dict) else None
        found += map(plain_path, paths_in(tuple(paths) if isinstance(paths, list) else None))
    return tuple(found)
