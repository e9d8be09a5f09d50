"""Migrating an answer file: the difference is shown, and written on an explicit yes."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from app.bank.model import Bank
from app.cli.output import say
from app.document.lock import LockError
from app.document.machine import lock_document
from app.document.migrations.migrate import migrate_text
from app.document.store import keep_original, read_text, write_text
from app.problems import DocumentError, OperationError


def migrate_file(bank: Bank, file: Path, dry_run: bool, yes: bool) -> int:
    """Migrate `file` to the present format and bank version; 0 also when there is nothing to do."""
    text = read_text(file)
    migrated = migrate_text(bank, text, file.name)
    if not migrated.steps:
        say(f"{file}: is up to date with {bank.id} {bank.version}")
        return 0
    for step in migrated.steps:
        say(step)
    say(difference(text, migrated.text, file.name))
    if dry_run:
        return 0
    if not yes and not _agreed():
        raise OperationError(f"{file}: was not changed", f"to migrate it: dbcharter migrate {file} --yes")
    kept = _write(file, text, migrated.text)
    say(f"{file}: migrated; the original is {kept}")
    return 0


def _write(file: Path, old: str, new: str) -> Path:
    """Write the migrated text, unless the file is in use or not `old` any more; where the original is."""
    try:
        lock = lock_document(file)
    except LockError as error:
        raise DocumentError(f"{file}: was not changed: {error}") from None
    try:
        if read_text(file) != old:
            raise DocumentError(f"{file}: was not changed: it has become another meanwhile", "try again")
        kept = keep_original(file)
        write_text(file, new)
    finally:
        lock.release()
    return kept


def difference(old: str, new: str, name: str) -> str:
    """A unified diff of two texts."""
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), f"{name} (before)", f"{name} (after)", lineterm=""
    )
    return "\n".join(lines)


def _agreed() -> bool:
    """Whether a person at a terminal says yes; nobody can, where there is no terminal."""
    if not sys.stdin.isatty():
        return False
    say("Write this? (yes/no)")
    return sys.stdin.readline().strip().casefold() == "yes"
