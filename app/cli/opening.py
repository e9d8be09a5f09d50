"""How a command gets its bank and its session, and the options that say which."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from app.bank.load import default_bank, load_bank
from app.bank.model import Bank
from app.problems import DocumentError

if TYPE_CHECKING:
    from app.session import Session

BankFolder = Annotated[Path | None, Parameter(name="--bank", help="A question bank of your own.")]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]


def bank_in(folder: Path | None) -> Bank:
    """The bank in a folder, or the one that ships. Raises BankError."""
    return load_bank(folder) if folder else default_bank()


def open_to_write(file: Path, folder: Path | None) -> Session:
    """A session that can write, once it has said what was recovered. Raises DocumentError."""
    from app.cli.history import tell_recovered
    from app.session import Session

    session = Session.open(bank_in(folder), file)
    if session.read_only_reason:
        raise DocumentError(f"{file}: cannot be changed: {session.read_only_reason}")
    tell_recovered(session)
    return session


def open_to_read(file: Path, folder: Path | None) -> Session:
    """A session that only reads, whoever else writes. Raises DocumentError."""
    from app.session import Session

    return Session.open(bank_in(folder), file, write=False)
