"""Answer files on disk: read with limits and clear errors, written whole or not at all."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import Document, decode, encode
from app.document.files import DISK, Files
from app.problems import DocumentError

MAX_BYTES = 16_000_000
STATE_FOLDER = ".dbcharter"


def read_document(bank: Bank, path: Path, files: Files = DISK) -> Document:
    """Read and decode an answer file. Raises DocumentError with what to do about it."""
    return decode(bank, read_text(path, files), path.name)


def read_text(path: Path, files: Files = DISK) -> str:
    """The text of a file, without a byte order mark. Raises DocumentError."""
    return text_of(path, read_data(path, files))


def read_data(path: Path, files: Files = DISK) -> bytes:
    """The bytes of a file of at most MAX_BYTES. Raises DocumentError."""
    try:
        data = files.read_bytes(path, MAX_BYTES + 1)
    except FileNotFoundError:
        raise DocumentError(f"{path}: no such file", f"start one with: dbcharter new {path}") from None
    except IsADirectoryError:
        raise DocumentError(f"{path}: is a directory", "name the answer file inside it") from None
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; this is no answer file")
    return data


def is_blank(data: bytes) -> bool:
    """Whether a file holds nothing that anybody wrote: no byte, or such as a disk leaves where text was."""
    return not data.strip(b"\0 \t\r\n")


def text_of(path: Path, data: bytes) -> str:
    """The text that a file's bytes say, without a byte order mark. Raises DocumentError with the line."""
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"{path}:{line}: is not UTF-8 (byte {error.start})") from None


def write_document(
    bank: Bank,
    path: Path,
    document: Document,
    answers: Answers,
    files: Files = DISK,
    announce: Callable[[bytes], None] | None = None,
) -> Document:
    """Write `answers` to `path` and return the document as it now stands there.

    `announce` is called with its bytes before the file is touched. The file keeps its line ends. A
    layout that could not be taken apart is written anew, and the original is kept in the `.dbcharter`
    folder beside it. Raises DocumentError; the file is then as `write_text` leaves it.
    """
    if document.refusal:
        raise DocumentError(f"{path}: not written: {document.refusal}")
    encoded = encode(bank, document, answers)
    if document.rewritten_layout and files.exists(path):
        keep_original(path, files)
    data = encoded.text.encode()
    if announce is not None:
        announce(data)
    _write_or_say_why(path, data, files)
    return encoded


def must_be_new(path: Path) -> None:
    """Raise DocumentError when no document can be started at `path`."""
    if path.exists():
        raise DocumentError(f"{path}: is already there", f"go on with: dbcharter ask {path}")
    if path.suffix != ".toml":
        raise DocumentError(f"{path}: an answer file ends in .toml")


def keep_original(path: Path, files: Files = DISK) -> Path:
    """Copy the file as it is into the state folder beside it, under a name that is not taken.

    A copy that is already there is not made again. Raises DocumentError.
    """
    folder = path.parent / STATE_FOLDER
    try:
        make_state_folder(folder, files)
        data = files.read_bytes(path)
        number = 1
        while files.exists(kept := folder / f"{path.stem}.original-{number}{path.suffix}"):
            if files.read_bytes(kept) == data:
                return kept
            number += 1
        write_bytes(kept, data, files)
    except OSError as error:
        message = f"{path}: not saved: the original cannot be kept in {folder}: {error.strerror}"
        raise DocumentError(message) from None
    return kept


def make_state_folder(folder: Path, files: Files = DISK) -> None:
    """Make a folder that git passes over. Raises OSError."""
    files.make_folder(folder)
    ignore = folder / ".gitignore"
    if not files.exists(ignore):
        write_bytes(ignore, b"*\n", files)


def write_text(path: Path, text: str, files: Files = DISK) -> None:
    """Write a file by a temporary one beside it, fsync, rename and fsync of the folder.

    Raises DocumentError; an existing file is then the old one or, when only the last of these steps
    failed, the new one. The text is encoded before any file is opened. A link stays a link, and the
    file keeps its mode.
    """
    _write_or_say_why(path, text.encode(), files)


def _write_or_say_why(path: Path, data: bytes, files: Files) -> None:
    try:
        write_bytes(path, data, files)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise DocumentError(f"{path}: not saved: {reason}") from None


def remove_leftovers(path: Path) -> None:
    """Remove the temporary files that a process which died while it wrote `path` left beside it."""
    target = path.resolve()
    ours = re.compile(re.escape(f".{target.name[:40]}.") + r"[0-9a-f]{12}\.tmp")
    with contextlib.suppress(OSError):
        for found in target.parent.iterdir():
            if ours.fullmatch(found.name):
                found.unlink()


def write_bytes(path: Path, data: bytes, files: Files = DISK) -> None:
    """Write a file as `write_text` does. Raises OSError, or RuntimeError for links in a circle."""
    target = _target(path)
    temporary = files.write_temporary(target, data)
    try:
        files.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            files.unlink(temporary)
        raise
    files.fsync_folder(target.parent)


def sync_name(path: Path, files: Files = DISK) -> None:
    """Make durable that the file at `path` is the one with this name. Raises OSError."""
    files.fsync_folder(_target(path).parent)


def _target(path: Path) -> Path:
    return path.resolve() if path.is_symlink() else path
