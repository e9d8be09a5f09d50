"""Write a long answer in the author's own editor."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.problems import DocumentError


def edit_text(text: str, suffix: str) -> str:
    """`text` as $VISUAL or $EDITOR leaves it, with whatever characters that are no text; to be normalised.

    Raises DocumentError when there is none, it fails, or what it wrote cannot be read. That is kept then, and
    the error says where.
    """
    command = _command()
    path = Path(tempfile.mkdtemp(prefix="dbcharter-")) / f"answer{suffix}"
    keep = False
    try:
        path.write_bytes(text.encode())
        try:
            with _interrupts_are_its_own():
                done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the author's own editor
        except OSError as error:
            raise DocumentError(f"{command[0]}: {error.strerror}") from None
        written = _read(path)
        where = f"what was written there is in {path}"
        if done.returncode:
            keep = written is not None and written != text.encode()
            how = f"{command[0]} ended with {done.returncode}; the answer is as it was"
            raise DocumentError(how, where if keep else "")
        if written is None:
            raise DocumentError(f"{command[0]} took the file away; the answer is as it was")
        try:
            return written.decode("utf-8-sig")
        except UnicodeDecodeError:
            keep = True
            how = f"{command[0]} wrote text that is not UTF-8; the answer is as it was"
            raise DocumentError(how, where) from None
    finally:
        if not keep:
            shutil.rmtree(path.parent, ignore_errors=True)


def _command() -> list[str]:
    """The editor and its arguments. Raises DocumentError when there is none."""
    name = "VISUAL" if os.environ.get("VISUAL", "").strip() else "EDITOR"
    try:
        command = shlex.split(os.environ.get(name, ""))
    except ValueError:
        raise DocumentError(
            f"{name} is not a command: a quotation mark or backslash lacks its other half"
        ) from None
    if not command:
        raise DocumentError("neither VISUAL nor EDITOR is set", "set one, or type the answer here")
    return command


def _read(path: Path) -> bytes | None:
    """What an editor wrote; None when the file is gone."""
    try:
        return path.read_bytes()
    except OSError:
        return None


@contextmanager
def _interrupts_are_its_own() -> Iterator[None]:
    """Whoever types ctrl+c in an editor means that; this program gets the same signal and goes on."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
