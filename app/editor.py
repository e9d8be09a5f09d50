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

from app.document.text import clean
from app.problems import DocumentError


def edit_text(text: str, suffix: str) -> str:
    """`text` as $VISUAL or $EDITOR leaves it.

    Raises DocumentError when there is none or it fails. What it had written by then is kept, and the error
    says where.
    """
    command = _command()
    path = Path(tempfile.mkdtemp(prefix="dbcharter-")) / f"answer{suffix}"
    keep = False
    try:
        path.write_text(text, encoding="utf-8")
        try:
            with _interrupts_are_its_own():
                done = subprocess.run([*command, str(path)], check=False)  # noqa: S603 - the author's own editor
        except OSError as error:
            raise DocumentError(f"{command[0]}: {error.strerror}") from None
        written = _read(path)
        if done.returncode:
            keep = written is not None and written != text
            where = f"what was written there is in {path}" if keep else ""
            raise DocumentError(f"{command[0]} ended with {done.returncode}; the answer is as it was", where)
        if written is None:
            raise DocumentError(f"{command[0]} took the file away; the answer is as it was")
        return clean(written)
    finally:
        if not keep:
            shutil.rmtree(path.parent, ignore_errors=True)


def _command() -> list[str]:
    """The editor and its arguments. Raises DocumentError when there is none."""
    name = "VISUAL" if os.environ.get("VISUAL") else "EDITOR"
    try:
        command = shlex.split(os.environ.get(name, ""))
    except ValueError:
        raise DocumentError(
            f"{name} is not a command: a quotation mark or backslash lacks its other half"
        ) from None
    if not command:
        raise DocumentError("neither VISUAL nor EDITOR is set", "set one, or type the answer here")
    return command


def _read(path: Path) -> str | None:
    """What an editor wrote; None when the file is gone."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
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
