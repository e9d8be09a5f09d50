"""Read the records of all people about one document. Their files are hostile input.

A file that cannot be read, or a record that does not fit, is reported with its line and left where it
is; everything else counts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from typing import Any

import tomli
from pydantic import ValidationError

from app.document.files import DISK, Files
from app.document.store import read_data, text_of
from app.document.text import clean, normalise, one_line
from app.problems import DocumentError, Problem, nearest
from app.review.model import FORMAT, TABLES, Record, Records, Reply, Reviewer, is_id_of
from app.review.names import MAX_SLUG, is_same_person, slug_of
from app.toml_source import Lines

MAX_FILES = 200
MAX_DEPTH = 12
MAX_PROBLEMS = 50
"""How many problems of one file are told."""
_HEAD = frozenset({"format", "person", "role"})


def read_records(folder: Path) -> Records:
    """What all people said, from the files of a review folder; nothing when there is no such folder."""
    files, problems = _files(folder)
    reviewers: list[Reviewer] = []
    records: list[Record] = []
    for path in files:
        reading = FileReading(path)
        if reading.reviewer is not None:
            reviewers.append(reading.reviewer)
        records += reading.records
        problems += reading.problems
    return records_of(reviewers, records, problems)


def records_of(
    reviewers: Iterable[Reviewer], records: Iterable[Record], problems: Iterable[Problem] = ()
) -> Records:
    """Records in one order, whatever the order of the files: by time, and as each person said them."""
    by_person: dict[str, list[Record]] = {}
    for record in records:
        by_person.setdefault(record.person, []).append(record)
    timed = [
        (at, person, position, record)
        for person, own in by_person.items()
        for position, (at, record) in enumerate(_in_time(sorted(own, key=lambda record: record.number)))
    ]
    ordered = tuple(record for *_, record in sorted(timed, key=lambda entry: entry[:3]))
    found = Records(tuple(sorted(reviewers, key=lambda reviewer: reviewer.slug)), ordered, tuple(problems))
    return Records(found.reviewers, ordered, (*found.problems, *_loose_ends(found)))


def _in_time(own: list[Record]) -> Iterator[tuple[str, Record]]:
    """One person's records with times that never go back, even where the clock did."""
    return zip(accumulate((record.at for record in own), max), own, strict=True)


def _loose_ends(found: Records) -> Iterator[Problem]:
    """Records about threads and suggestions that are in no file that is here."""
    ids = {record.id for record in found.records}
    for record in found.records:
        about = getattr(record, "thread", None) or getattr(record, "suggestion", None)
        if about is not None and about not in ids:
            words = f": {one_line(record.text)}" if isinstance(record, Reply) else ""
            message = f"is about {about!r}, which is in no file here{words}"
            yield Problem(message, where=record.id, hint="it may be on a branch that is not merged")


def _files(folder: Path) -> tuple[list[Path], list[Problem]]:
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return [], []
    except OSError as error:
        return [], [Problem(f"cannot be read: {error.strerror}", file=str(folder))]
    if len(found) > MAX_FILES:
        problem = Problem(f"has {len(found)} files, of which {MAX_FILES} were read", file=str(folder))
        return found[:MAX_FILES], [problem]
    return found, []


class FileReading:
    """What one person's file says.

    `data` is its bytes, `last` the highest number that an id in it has, and `refusal` why nothing of it
    counts, or "".
    """

    def __init__(self, path: Path, files: Files = DISK) -> None:
        self.file = f"{path.parent.name}/{path.name}"
        self.slug = unicodedata.normalize("NFC", path.stem)
        self.reviewer: Reviewer | None = None
        self.records: list[Record] = []
        self.problems: list[Problem] = []
        self.refusal = ""
        self.data = b""
        self.last = 0
        self._seen: set[int] = set()
        try:
            self.data = read_data(path, files)
            self._lines = Lines(text := text_of(path, self.data))
            self._read(tomli.loads(text))
        except tomli.TOMLDecodeError as error:
            self._refuse(f"is not TOML: {error.msg}", error.lineno)
        except (RecursionError, ValueError):
            self._refuse("is not TOML: nested too deeply, or a number too long")
        except DocumentError as error:
            self._refuse(error.message.removeprefix(f"{path}: "))

    def _refuse(self, message: str, line: int = 0) -> None:
        self.refusal = message
        self.problems.append(Problem(message, file=self.file, line=line))

    def _problem(self, path: tuple[str | int, ...], message: str, hint: str = "", where: str = "") -> None:
        if len(self.problems) < MAX_PROBLEMS:
            where = one_line(clean(where or str(path[0])))
            self.problems.append(Problem(message, where, self.file, self._lines.of(path), hint))

    def _read(self, data: dict[str, Any]) -> None:
        if slug_of(self.slug) != self.slug or len(self.slug) > MAX_SLUG:
            self._refuse("is not named after a person: small letters, digits and hyphens")
            return
        if data.get("format") != FORMAT or isinstance(data.get("format"), bool):
            self._refuse(f"format must be {FORMAT}; a newer program may have written it")
            return
        self.reviewer = Reviewer(self.slug, self._name(data.get("person")), self._text(data, "role"))
        for name, content in data.items():
            if name in TABLES and isinstance(content, list):
                for position, raw in enumerate(content):
                    self._record(name, position, raw)
            elif name not in _HEAD:
                self._problem((name,), "is not known here; it is kept", nearest(name[:60], TABLES))
                for raw in content if isinstance(content, list) else ():
                    self._count(raw.get("id") if isinstance(raw, dict) else None)

    def _name(self, said: object) -> str:
        """The person's own name; the file's name decides whose file it is."""
        name = one_line(clean(said)) if isinstance(said, str) else ""
        if name and not is_same_person(name, self.slug):
            self._problem(("person",), f"says it belongs to {name!r}", f"that would be {slug_of(name)}.toml")
            return self.slug
        return name or self.slug

    def _text(self, data: Mapping[str, object], key: str) -> str:
        said = data.get(key)
        return one_line(clean(said)) if isinstance(said, str) else ""

    def _record(self, table: str, position: int, raw: object) -> None:
        path = (table, position)
        if not isinstance(raw, dict):
            self._problem(path, "must be a table")
            return
        name = str(raw.get("id", ""))[:80]
        if not is_id_of(self.slug, raw.get("id")):
            hint = f"ids in this file are {self.slug}-1, {self.slug}-2 and so on"
            self._problem((*path, "id"), f"{name!r} is not an id of {self.slug}", hint)
            return
        if self._count(name):
            self._problem((*path, "id"), "is there twice", "two branches gave the same number", name)
        model = TABLES[table]
        for key in raw:
            if key not in model.model_fields or key == "person":
                hint = nearest(key[:60], model.model_fields)
                self._problem((*path, key), f"{key[:60]!r} is not known here; it is kept", hint, name)
        try:
            self.records.append(model.model_validate({**self._cleaned(raw, path), "person": self.slug}))
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            where = ".".join(map(str, detail["loc"]))
            self._problem((*path, *detail["loc"]), f"{where}: {detail['msg']}", where=name)
        except (ValueError, RecursionError) as error:
            self._problem(path, f"cannot be read: {error}", where=name)

    def _count(self, name: object) -> bool:
        """Take note of an id, so that it is not given again; whether it was there already."""
        if not isinstance(name, str) or not is_id_of(self.slug, name):
            return False
        number = int(name.rpartition("-")[2])
        self.last = max(self.last, number)
        known = number in self._seen
        self._seen.add(number)
        return known

    def _cleaned(self, value: Any, path: tuple[str | int, ...], depth: int = 0) -> Any:
        """The value with normalised text; what is removed is reported. Raises ValueError when too deep."""
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH}")
        if isinstance(value, str):
            text, removed = normalise(value)
            if removed:
                self._problem(path, f"left out {', '.join(removed)}")
            return text
        if isinstance(value, dict):
            return {clean(k): self._cleaned(v, (*path, k), depth + 1) for k, v in value.items()}
        if isinstance(value, list):
            return [self._cleaned(item, (*path, at), depth + 1) for at, item in enumerate(value)]
        return value
