"""Commands that start or go on with a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from app.cli.opening import BankFolder
from app.cli.opening import bank_in as _bank
from app.cli.output import say
from app.cli.registry import app


@app.default
def start(
    file: Path | None = None,
    *,
    plain: Annotated[bool, Parameter(negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Go on with an answer document, or start one: full screen where the terminal can, else line by line.

    Parameters
    ----------
    file
        The answer file; without it the ones in this folder are offered.
    plain
        Line by line, also in a terminal that can do more.
    """
    from app.cli.full_screen import offers_plain, open_screens
    from app.cli.talk import talk

    if plain or offers_plain():
        return talk(_bank(bank), file)
    return open_screens(_bank(bank), file)


@app.command
def new(
    file: Path | None = None,
    *,
    title: str = "",
    type_: Annotated[tuple[str, ...], Parameter(name=["--type", "-t"])] = (),
    risk: str = "",
    trait: tuple[str, ...] = (),
    engine: str = "",
    owner: str = "",
    template: Literal["full", "compact", ""] = "",
    bank: BankFolder = None,
) -> int:
    """Start an answer document. What the options leave open is asked in a terminal.

    Parameters
    ----------
    file
        The answer file to write, ending in .toml; called after the title when left out.
    title
        What the change is called.
    type_
        A change type; repeat it when several apply.
    risk
        low, medium, high or critical.
    trait
        A trait, such as multi_tenant; repeat it.
    engine
        The database engine.
    owner
        Who owns the document.
    template
        full or compact; proposed from the change types and the risk when left out.
    """
    from app.cli.beginning import new_document

    session = new_document(
        _bank(bank),
        file,
        title=title,
        change_types=type_,
        risk=risk,
        traits=trait,
        engine=engine,
        owner=owner,
        template=template,
    )
    if session is None:
        return 1
    from app.cli.show import extent_text

    say(f"{session.path}: {extent_text(session.bank, session.answers, session.survey())}")
    say(f"go on with: dbcharter ask {session.path}")
    return 0


@app.command
def ask(file: Path, *what: str, bank: BankFolder = None) -> int:
    """Interview, line by line.

    Parameters
    ----------
    file
        The answer file.
    what
        Which questions: unanswered (the default), due, required, optional, deferred, all; a question,
        a number such as 6.1, a section, or a glob such as security.*
    """
    from app.cli.talk import ask as ask_questions
    from app.session import Session

    with Session.open(_bank(bank), file) as session:
        return ask_questions(session, what)


@app.command
def resume(*, bank: BankFolder = None) -> int:
    """Go on with the document worked on last, from the question at which it was left."""
    from app.cli.full_screen import offers_plain, open_screens
    from app.cli.history import last_document
    from app.cli.talk import resume as resume_last

    last = last_document()
    if offers_plain():
        return resume_last(_bank(bank), last)
    return open_screens(_bank(bank), Path(last.path))
