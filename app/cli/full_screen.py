"""Whether the full-screen application can be shown, and showing it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.bank.model import Bank
from app.cli.output import say
from app.problems import DocumentError


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
    application = DbcharterApp(bank, file)
    code = application.run()
    for line in application.last_words:
        say(line, error=True)
    return application.return_code or code or 0
