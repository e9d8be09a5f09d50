"""How a command gets its bank and its session, and the options that say which."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from app.bank.load import default_bank, load_bank
from app.bank.model import Bank
from app.problems import DocumentError
from app.schema.sources import references

if TYPE_CHECKING:
    from app.session import Session

BankFolder = Annotated[Path | None, Parameter(name="--bank", help="A question bank of your own.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]


def bank_in(folder: Path | None) -> Bank:
    """The bank in a folder, or the one that ships. Raises BankError."""
    return load_bank(folder) if folder else default_bank()


def open_to_write(file: Path, folder: Path | None, who: str = "") -> Session:
    """A session that can write, once it has said what was recovered. Raises DocumentError.

    Changes are those of `who`, or of the login.
    """
    from app.cli.history import tell_recovered
    from app.document.machine import Machine
    from app.session import Session

    machine = Machine(person=lambda: who) if who else None
    session = Session.open(bank_in(folder), file, machine=machine)
    if session.read_only_reason:
        raise DocumentError(f"{file}: cannot be changed: {session.read_only_reason}")
    tell_recovered(session)
    return with_files_read(session)


def open_to_read(file: Path, folder: Path | None) -> Session:
    """A session that only reads, whoever else writes, once it has said what the file does not hold.

    Raises DocumentError.
    """
    from app.cli.output import say
    from app.document.text import plural
    from app.session import Session

    session = Session.open(bank_in(folder), file, write=False)
    if session.recovered:
        count = plural(len(session.recovered), "change is", "changes are")
        say(f"! {count} in the journal and not in {file.name} yet", error=True)
    return with_files_read(session)


def with_files_read(session: Session) -> Session:
    """The session, once it knows what the files of DDL that the answers name ask to be looked at again."""
    if references(session.answers):
        session.evaluate(date.today())
    return session
