"""Whether the full-screen application can be shown, and showing it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.bank.model import Bank
from app.cli.output import say
from app.problems import DocumentError
from app.schema.kept import add_no_more

if TYPE_CHECKING:
    from screens.application import DbcharterApp


def offers_plain() -> bool:
    """Whether only the line-by-line interview works here; says so when a person can read it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    if os.environ.get("TERM", "") in ("", "dumb"):
        say("This terminal shows no screens (TERM is dumb): the plain interview, line by line.")
        return True
    return False


def open_screens(bank: Bank, file: Path | None) -> int:
    """Run the application; returns its exit code. Raises DocumentError for what is no answer file."""
    from screens.application import DbcharterApp

    if file is not None and file.suffix != ".toml":
        raise DocumentError(f"{file} is neither a command nor an answer file", "see: dbcharter --help")
    return run(DbcharterApp(bank, file))


def run(application: DbcharterApp) -> int:
    """Run an application and print its last words; returns its exit code."""
    from screens.signals import ends_when_told

    add_no_more()
    with ends_when_told(application.end):
        code = application.run()
    for line in application.last_words:
        say(line, error=True)
    return application.return_code or code or 0


def open_review(bank: Bank, file: Path, who: str, role: str) -> int:
    """Run the application on the reviewer's screen, a person at the seat; returns its exit code.

    Raises OperationError for a role that there is not, DocumentError for what is no name or no answer file.
    """
    from app.document.machine import person
    from app.review.names import person_file, review_folder
    from app.review.roles import known_role
    from screens.application import DbcharterApp
    from screens.review.sitting import Seat

    known = known_role(bank, role)
    if not file.exists():
        raise DocumentError(f"{file}: there is no such file")
    name = who or person()
    person_file(review_folder(file), name)
    return run(DbcharterApp(bank, file, seat=Seat(name, known), place="review"))
