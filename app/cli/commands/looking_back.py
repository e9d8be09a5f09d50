"""Commands about what was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from app.cli.opening import BankFolder, Json
from app.cli.opening import open_to_write as _open
from app.cli.registry import app


@app.command
def log(
    file: Path, *, number: Annotated[int, Parameter(name=["--number", "-n"])] = 20, json: Json = False
) -> int:
    """Show who changed what and when.

    Parameters
    ----------
    file
        The answer file.
    number
        How many changes, the newest ones; 0 for all that are kept.
    """
    from app.cli.history import show_log

    return show_log(file, number, json)


@app.command
def undo(file: Path, number: int = 1, *, bank: BankFolder = None) -> int:
    """Take back the last change, also one of an earlier day.

    Parameters
    ----------
    file
        The answer file.
    number
        How many changes.
    """
    from app.cli.history import turn_back

    with _open(file, bank) as session:
        return turn_back(session, number)


@app.command
def redo(file: Path, number: int = 1, *, bank: BankFolder = None) -> int:
    """Do again what was undone last.

    Parameters
    ----------
    file
        The answer file.
    number
        How many changes.
    """
    from app.cli.history import turn_forward

    with _open(file, bank) as session:
        return turn_forward(session, number)
