"""Migrating an answer file: the difference is shown, and written on an explicit yes."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from app.bank.model import Bank
from app.cli.output import say
from app.document.journal import JournalError, read_journal
from app.document.keeper import Keeper, open_journal_of
from app.document.lock import LockError
from app.document.machine import lock_document
from app.document.migrations.migrate import Migrated
from app.document.migrations.unsaved import migrate_document
from app.document.places import journal_path
from app.document.saving import sha256
from app.document.store import keep_original, read_data, text_of, write_text
from app.problems import DocumentError, OperationError


def migrate_file(bank: Bank, file: Path, dry_run: bool, yes: bool) -> int:
    """Migrate `file` to the present format and bank version; 0 also when there is nothing to do."""
    text, migrated = _migrated(bank, file)
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
    kept = _write(bank, file, migrated)
    say(f"{file}: migrated; the original is {kept}")
    return 0


def _migrated(bank: Bank, file: Path) -> tuple[str, Migrated]:
    """The text of the file, and what it becomes with what only its journal has."""
    data = read_data(file)
    text = text_of(file, data)
    try:
        checkpoints, steps = read_journal(journal_path(file))
        return text, migrate_document(bank, text, sha256(data), file.name, checkpoints, steps)
    except (JournalError, ValueError) as error:
        raise DocumentError(f"{file}: was not changed: its journal cannot be read: {error}") from None


def _write(bank: Bank, file: Path, migrated: Migrated) -> Path:
    """Write what a file becomes, unless it is in use or would become something else by now.

    Returns where the original is. The journal knows the new text from then on, and that it has everything.
    """
    try:
        lock = lock_document(file)
    except LockError as error:
        raise DocumentError(f"{file}: was not changed: {error}") from None
    keeper = Keeper(file, open_journal_of)
    try:
        if _migrated(bank, file)[1] != migrated:
            raise DocumentError(f"{file}: was not changed: it has become another meanwhile", "try again")
        digest = sha256(migrated.text.encode())
        keeper.start()
        keeper.announce(digest, keeper.last)
        if keeper.problem:
            raise JournalError(keeper.problem)
        kept = keep_original(file)
        write_text(file, migrated.text)
        keeper.settle(digest, migrated.text)
    except JournalError as error:
        raise DocumentError(f"{file}: was not changed: its journal cannot be written: {error}") from None
    finally:
        keeper.close()
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
