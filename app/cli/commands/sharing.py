"""Commands for git, conflicts and older files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from app.cli.opening import BankFolder, Json
from app.cli.opening import bank_in as _bank
from app.cli.opening import open_to_read as _look
from app.cli.opening import open_to_write as _open
from app.cli.output import say, say_json
from app.cli.registry import app


@app.command
def resolve(
    file: Path,
    which: str = "",
    *,
    take: Literal["ours", "theirs"] | None = None,
    value: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    json: Json = False,
    bank: BankFolder = None,
) -> int:
    """Show the conflicts that a merge left open, or resolve one. Ends with 1 while some are open.

    Parameters
    ----------
    file
        The answer file.
    which
        The conflict, by its number or its address; without it, all are shown.
    take
        The side to keep: ours or theirs.
    value
        What to say instead of either.
    """
    from app.cli.conflicts import conflicts_data, conflicts_text, resolve_conflict

    if which:
        with _open(file, bank) as session:
            return resolve_conflict(session, which, take, value)
    session = _look(file, bank)
    conflicts = session.answers.conflicts
    if json:
        say_json(conflicts_data(conflicts))
    else:
        say(conflicts_text(session.bank, conflicts) or f"{file}: no conflict is open")
    return 1 if conflicts else 0


@app.command
def migrate(
    file: Path,
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    yes: Annotated[bool, Parameter(negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Take an answer file to the present format and bank version; the original is kept.

    Parameters
    ----------
    file
        The answer file.
    dry_run
        Only show the difference.
    yes
        Write it without asking.
    """
    from app.cli.migrate import migrate_file

    return migrate_file(_bank(bank), file, dry_run, yes)


@app.command
def git_setup(
    folder: Path = Path(),
    *,
    pattern: tuple[str, ...] = (),
    bank: BankFolder = None,
) -> int:
    """Have git merge answer files by question and row. Every clone needs it once.

    Parameters
    ----------
    folder
        A folder of the repository.
    pattern
        Which files are answer files, as in .gitattributes; the ones that are there otherwise.
    """
    from app.cli.git import git_setup as set_up

    return set_up(folder, pattern, bank)


@app.command
def merge_driver(base: Path, ours: Path, theirs: Path, path: str, *, bank: BankFolder = None) -> int:
    """Merge three versions of an answer file into the second one; git calls this.

    Parameters
    ----------
    base
        The common ancestor (%O).
    ours
        Our version, where the result is written (%A).
    theirs
        Their version (%B).
    path
        What the file is called in the repository (%P).
    """
    from app.cli.git import merge_driver as merge

    return merge(lambda: _bank(bank), base, ours, theirs, path)
