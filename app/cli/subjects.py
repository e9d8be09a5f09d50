"""Which of the files that are named are answer files, and which answer files name an SQL file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import tomli

from app.document.store import is_blank, read_data
from app.problems import DbcharterError
from app.schema.files import SUFFIXES
from app.schema.sources import DDL_FILES, EXISTING_FILES

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
    for file in files:
        if file.suffix.lower() in SUFFIXES:
            named = list(_naming(file))
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


def _toml(text: str) -> dict[str, Any] | None:
    try:
        return tomli.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return None


def _naming(sql: Path) -> Iterator[Path]:
    """The answer files that name an SQL file, or a folder that it is in.

    They are in a folder above it, since an answer file names nothing outside of its own.
    """
    real = sql.resolve()
    for folder in real.parents:
        for file in sorted(folder.glob("*.toml")):
            if _names(file, PurePosixPath(real.relative_to(folder).as_posix())):
                yield Path(os.path.relpath(file))
        if (folder / ".git").exists():
            return


def _names(file: Path, sql: PurePosixPath) -> bool:
    try:
        said = _toml(read_data(file).decode(errors="replace")) or {}
    except DbcharterError:
        return False
    for question in (DDL_FILES, EXISTING_FILES):
        section, name = question.split(".")
        answers = said.get(section)
        paths = answers.get(name) if isinstance(answers, dict) else None
        for path in paths if isinstance(paths, list) else ():
            named = path.strip().replace("\\", "/") if isinstance(path, str) else ""
            if named and sql.is_relative_to(named):
                return True
    return False
