"""Commands that change answers, or show them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from app.cli.opening import BankFolder, Json
from app.cli.opening import open_to_read as _look
from app.cli.opening import open_to_write as _open
from app.cli.output import say, say_json
from app.cli.registry import app


@app.command(name="set")
def set_(
    file: Path,
    address: str = "",
    *value: Annotated[str, Parameter(allow_leading_hyphen=True)],
    from_: Annotated[Path | None, Parameter(name="--from", allow_leading_hyphen=True)] = None,
    bank: BankFolder = None,
) -> int:
    """Set an answer, a cell or a slot, or take many answers from a file.

    Parameters
    ----------
    file
        The answer file.
    address
        section.question, section.question[row].column, section.sentence.slot, or profile.risk,
        profile.change_types, profile.traits, profile.template.
    value
        The value; several for a list; - reads it from standard input.
    from_
        Take every answer of this TOML file (- for standard input), as [section] and question = value.
    """
    from app.cli.edit import set_answers

    with _open(file, bank) as session:
        return set_answers(session, from_, address, value)


@app.command
def add(
    file: Path,
    question: str,
    *cells: Annotated[str, Parameter(allow_leading_hyphen=True)],
    before: str | None = None,
    bank: BankFolder = None,
) -> int:
    """Add a row to a table or records, or lines to a list.

    Parameters
    ----------
    file
        The answer file.
    question
        A question with rows, or a list.
    cells
        COLUMN=VALUE for a row, lines for a list; - reads rows as TOML blocks or JSON, or lines, from
        standard input.
    before
        The row before which it goes; at the end otherwise.
    """
    from app.cli.edit import add_to

    with _open(file, bank) as session:
        return add_to(session, question, cells, before)


@app.command
def remove(file: Path, address: str, *, bank: BankFolder = None) -> int:
    """Remove an answer, a row (question[row]), a cell or a slot.

    Parameters
    ----------
    file
        The answer file.
    address
        What to remove.
    """
    from app.cli.edit import remove_from

    with _open(file, bank) as session:
        return remove_from(session, address)


@app.command(name="import")
def import_(
    file: Path,
    source: Path | None = None,
    *,
    tables: tuple[str, ...] = (),
    accept: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
    bank: BankFolder = None,
) -> int:
    """Fill in what the DDL says: entities, keys, relationships, states, columns, indexes.

    The rows are drafts, which count for nothing until somebody accepts or changes them. Nothing that is
    written already is changed.

    Parameters
    ----------
    file
        The answer file.
    source
        An SQL file, or a folder of migrations; the DDL of the document otherwise.
    tables
        Only these tables, separated with commas; also ones that exist already.
    accept
        Take the rows for answers at once.
    dry_run
        Only say what would be filled in.
    """
    from app.cli.importing import Options, import_rows

    with _look(file, bank) if dry_run else _open(file, bank) as session:
        return import_rows(session, source, Options(tables, accept, dry_run, json))


@app.command
def accept(
    file: Path,
    *which: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Take drafts for answers; without a word, list them. Ends with 1 while some are left.

    Parameters
    ----------
    file
        The answer file.
    which
        A row (question[row]), or questions as for ask: a question, a number such as 6.1, physical.*
    all_
        Every draft of the document.
    """
    from app.cli.importing import accept_drafts, list_drafts

    if not which and not all_:
        return list_drafts(_look(file, bank))
    with _open(file, bank) as session:
        return accept_drafts(session, which)


@app.command
def confirm(
    file: Path,
    *what: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Say that answers are still right although files of DDL changed; without a word, list those in doubt.

    Ends with 1 while some are left.

    Parameters
    ----------
    file
        The answer file.
    what
        Questions as for ask: a question, a number such as 6.1, physical.*
    all_
        Every answer that is to be looked at again.
    """
    from app.cli.confirming import confirm_answers, list_again

    if not what and not all_:
        return list_again(_look(file, bank))
    with _open(file, bank) as session:
        return confirm_answers(session, what)


@app.command
def status(
    file: Path,
    question: str = "",
    *,
    not_applicable: str = "",
    deferred: Annotated[bool, Parameter(negative="")] = False,
    clear: Annotated[bool, Parameter(negative="")] = False,
    note: str = "",
    owner: str = "",
    until: str = "",
    json: Json = False,
    bank: BankFolder = None,
) -> int:
    """Show progress and what is due; or say that a question is not applicable or deferred.

    Ends with 1 when something due is open or a value does not fit.

    Parameters
    ----------
    file
        The answer file.
    question
        The question to say something about; a number such as 11.4, a section or a glob says it of several.
    not_applicable
        The reason: out_of_scope, does_not_exist, unchanged, handled_elsewhere or decided_against.
    deferred
        Put it off; needs --owner and --until.
    clear
        Take back what was said.
    note
        Why, in a sentence.
    owner
        Who will answer it.
    until
        By when, as 2026-03-31.
    """
    from app.cli.edit import set_state
    from app.cli.show import status_data, status_text

    if question:
        with _open(file, bank) as session:
            return set_state(session, question, not_applicable, deferred, clear, note, owner, until)
    session = _look(file, bank)
    problems = session.problems
    if json:
        say_json(status_data(session, problems))
    else:
        say(status_text(session, problems))
    due = any(view.due and view.open for view in session.survey().questions.values())
    return 1 if due or problems else 0


@app.command
def show(file: Path, *what: str, json: Json = False, bank: BankFolder = None) -> int:
    """Show answers, and why each question is asked or not.

    Parameters
    ----------
    file
        The answer file.
    what
        As for ask; without it, every question that applies.
    """
    from app.cli.show import show_data, show_text
    from app.interview.navigation import select

    session = _look(file, bank)
    chosen = select(session.bank, session.survey(), what or ("all",))
    if json:
        say_json(show_data(session, chosen))
    else:
        say(show_text(session, chosen))
    return 0
