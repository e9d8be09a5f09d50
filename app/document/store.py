"""Answer files on disk: read with limits and clear errors, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import Document, decode, encode
from app.problems import DocumentError

MAX_BYTES = 16_000_000
STATE_FOLDER = ".dbcharter"


def read_document(bank: Bank, path: Path) -> Document:
    """Read and decode an answer file. Raises DocumentError with what to do about it."""
    return decode(bank, read_text(path), path.name)


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark. Raises DocumentError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; this is no answer file")
        data = path.read_bytes()
    except FileNotFoundError:
        raise DocumentError(f"{path}: no such file", f"start one with: dbcharter new {path}") from None
    except IsADirectoryError:
        raise DocumentError(f"{path}: is a directory", "name the answer file inside it") from None
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"{path}:{line}: is not UTF-8 (byte {error.start})") from None


def write_document(bank: Bank, path: Path, document: Document, answers: Answers) -> Document:
    """Write `answers` to `path` and return the document as it now stands there.

    The file keeps its line ends. A layout that could not be taken apart is written anew, and the
    original is kept in the `.dbcharter` folder beside it. Raises DocumentError; the file is then as
    it was.
    """
    if document.newer:
        raise DocumentError(f"{path}: not written: {document.newer}")
    encoded = encode(bank, document, answers)
    text = encoded.layout.text
    if path.exists():
        with path.open("rb") as file:
            crlf = b"\r\n" in file.read(4096)
        text = text.replace("\n", "\r\n") if crlf else text
        if document.rewritten_layout:
            keep_original(path)
    write_text(path, text)
    return encoded


def keep_original(path: Path) -> Path:
    """Copy the file as it is into the state folder beside it, under a name that is not taken."""
    folder = path.parent / STATE_FOLDER
    folder.mkdir(exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    number = 1
    while (kept := folder / f"{path.stem}.original-{number}{path.suffix}").exists():
        number += 1
    kept.write_bytes(path.read_bytes())
    return kept


def write_text(path: Path, text: str) -> None:
    """Write a file by a temporary one beside it, fsync, rename and fsync of the folder.

    Raises DocumentError; an existing file is then untouched. The text is encoded before any file
    is opened.
    """
    data = text.encode("utf-8")
    target = path.resolve() if path.is_symlink() else path
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).chmod(target.stat().st_mode & 0o777)
        Path(temporary).replace(target)
        temporary = None
        _sync_folder(target.parent)
    except OSError as error:
        raise DocumentError(f"{path}: not saved: {error.strerror}") from None
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where the platform lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
