"""Add a record to a person's file. What stands there already is never written anew."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli
from pydantic import ValidationError

from app.document.answers import fits_toml, freeze
from app.document.files import DISK, Files
from app.document.machine import now as clock
from app.document.places import lock_path, writable_journal_path
from app.document.store import MAX_BYTES, text_of, write_bytes
from app.document.text import clean
from app.document.toml_text import said
from app.problems import DocumentError
from app.review.model import FORMAT, AnyRecord, Record, table_of
from app.review.names import person_file
from app.review.reading import FileReading

LOCK_SECONDS = 10
"""How long to wait for another process that adds a record to the same file."""


def append(
    folder: Path,
    person: str,
    model: type[AnyRecord],
    words: Mapping[str, Any],
    *,
    role: str = "",
    now: Callable[[], str] = clock,
    files: Files = DISK,
) -> AnyRecord:
    """Add a record with these words to the person's file in `folder`, and return it.

    The file is made with the first record, and says the person's name and `role`. It is on the disk on
    return. Raises DocumentError, and nothing has changed then, when the words do not fit, the file
    cannot be read, or it cannot be written.
    """
    person = " ".join(clean(person).split())
    path = person_file(folder, person)
    with _held(path):
        reading = FileReading(path, files) if files.exists(path) else None
        if reading is not None and reading.refusal:
            raise DocumentError(f"{path}: nothing was added: {reading.refusal}", "correct the file first")
        old = reading.data if reading else _head(person, role).encode()
        number = reading.last + 1 if reading else 1
        record = _record(model, words, f"{path.stem}-{number}", now(), path.stem)
        gap = b"" if old.endswith(b"\n") else b"\n"
        data = old + gap + _block(record).encode()
        _must_be_read_again(path, data)
        try:
            files.make_folder(folder)
            write_bytes(path, data, files)
        except (OSError, RuntimeError) as error:
            raise DocumentError(f"{path}: not saved: {getattr(error, 'strerror', None) or error}") from None
    return record


@contextlib.contextmanager
def _held(path: Path) -> Iterator[None]:
    """Alone with the file: two processes of one person must not give one number twice."""
    from filelock import FileLock, Timeout

    folder = path.parent
    try:
        lock = FileLock(lock_path(writable_journal_path(folder.with_name(f"{folder.name}.{path.stem}.lock"))))
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        raise DocumentError(f"{path}: another process is writing it", "try again") from None
    except OSError as error:
        raise DocumentError(f"{path}: cannot be locked: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def _record(model: type[AnyRecord], words: Mapping[str, Any], name: str, at: str, slug: str) -> AnyRecord:
    try:
        plain = {key: _clean(value) for key, value in words.items() if value is not None}
        return model.model_validate({**plain, "id": name, "at": at, "person": slug})
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        where = ".".join(map(str, detail["loc"]))
        raise DocumentError(f"{where}: {detail['msg']}") from None


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, int) and not fits_toml(value):
        raise DocumentError("an integer has at most 64 bits")
    return value


def _must_be_read_again(path: Path, data: bytes) -> None:
    """Raise DocumentError where what stands there already leaves no room for one more block."""
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{path}: nothing was added: the file would be larger than {MAX_BYTES:,} bytes")
    try:
        tomli.loads(text_of(path, data))
    except (ValueError, RecursionError) as error:
        message = f"{path}: nothing was added: the file is laid out in a way that takes no more records"
        raise DocumentError(message, str(error)) from None


def _head(person: str, role: str) -> str:
    words = {"format": FORMAT, "person": person, "role": " ".join(clean(role).split())}
    return "".join(said((key,), "key", freeze(value)) for key, value in words.items() if value)


def _block(record: Record) -> str:
    """The record as one block, without what it does not say."""
    dumped = record.model_dump(exclude={"person"})
    order = ("id", "at", *(name for name in dumped if name not in ("id", "at")))
    words = {name: dumped[name] for name in order if dumped[name] not in (None, "")}
    return "\n" + said((table_of(record),), "block", freeze(words))
