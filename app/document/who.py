"""The name of who works here: as it was given before, and as git has it."""

from __future__ import annotations

from pathlib import Path

from app.document.files import DISK
from app.document.places import state_root, write_state
from app.document.text import clean

MAX_NAME = 200
_MAX_BYTES = 10_000
_GIT_SECONDS = 2.0


def as_name(text: str) -> str:
    """A text as a name: one line of at most `MAX_NAME` characters, with nothing that a terminal obeys."""
    return " ".join(clean(text).split())[:MAX_NAME]


def remembered_name() -> str:
    """The name that was given before; "" when none was, or it cannot be read."""
    try:
        return as_name(DISK.read_bytes(_file(), _MAX_BYTES).decode(errors="replace"))
    except OSError:
        return ""


def remember_name(name: str) -> bool:
    """Remember a name for all documents; whether that could be done."""
    return write_state(_file(), f"{as_name(name)}\n".encode())


def git_name(folder: Path) -> str:
    """The name that git puts on commits in `folder`; "" where there is no git, or it knows none."""
    import shutil
    import subprocess

    program = shutil.which("git")
    if program is None:
        return ""
    try:
        found = subprocess.run(  # noqa: S603 - the program is git and nothing goes through a shell
            [program, "-C", str(folder), "config", "user.name"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return as_name(found.stdout.decode(errors="replace")) if found.returncode == 0 else ""


def _file() -> Path:
    return state_root() / "person.txt"
