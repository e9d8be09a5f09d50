"""A new document, from what the command says and what is asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.bank.model import Bank
from app.cli import setup
from app.cli.output import say
from app.cli.prompter import choose_prompter
from app.document import unfinished
from app.document.answers import Answers
from app.document.machine import introduce
from app.document.naming import SUFFIX, file_name
from app.document.operations import SetProfile, apply
from app.document.store import must_be_new
from app.interview.starting import first_operations, proposed_template
from app.problems import DbcharterError, DocumentError, OperationError
from app.session import Session


def new_document(
    bank: Bank,
    file: Path | None,
    *,
    title: str = "",
    change_types: Sequence[str] = (),
    risk: str = "",
    traits: Sequence[str] = (),
    engine: str = "",
    owner: str = "",
    template: str = "",
) -> Session | None:
    """Create a document; what is not given is asked when there is a terminal. None when the author left.

    Without a `file` it is called after the title. Raises DocumentError when the file is there, OperationError
    for unknown names.
    """
    if file is not None and file.suffix != SUFFIX:
        hint = f'if it is the title: dbcharter new --title "{file}"'
        raise DocumentError(f"{file}: an answer file ends in {SUFFIX}", hint)
    if file is not None:
        must_be_new(file)
    profile = SetProfile(change_types=tuple(change_types), risk=risk, traits=tuple(traits))
    apply(bank, Answers(), profile)  # unknown names are told before anything is asked
    said = {"title": title, "file": str(file or ""), "change_types": ", ".join(change_types), "risk": risk}
    said |= {"engine": engine, "owner": owner, "template": template}
    said |= {f"trait.{name}": "yes" if name in traits else "no" for name in bank.traits if traits}
    said = {name: text for name, text in said.items() if text}
    if (title and change_types and risk) or not sys.stdin.isatty():
        if not change_types:
            known = ", ".join(bank.change_types)
            raise OperationError("say what kind of change it is with --type", f"types: {known}")
        return _create(bank, said)
    asked = setup.ask_rest(bank, choose_prompter(), said)
    if asked is None:
        return None
    if "you" in asked and not introduce(asked["you"]):
        say("Your name cannot be remembered here; what you say next has that of the login.")
    try:
        session = _create(bank, asked)
    except DbcharterError:
        unfinished.keep(bank.id, asked)
        raise
    unfinished.forget()
    return session


def _create(bank: Bank, said: setup.Said) -> Session:
    title, risk = said.get("title", ""), said.get("risk", "")
    types = setup.parts_of(said.get("change_types", ""))
    operations = first_operations(
        bank,
        title=title,
        change_types=types,
        risk=risk,
        traits=[name for name in bank.traits if said.get(f"trait.{name}") == "yes"],
        engine=said.get("engine", ""),
        owner=said.get("owner", ""),
        template=said.get("template") or proposed_template(bank, types, risk),
        today=date.today(),
    )
    return Session.create(bank, Path(said.get("file") or file_name(title, Path())), operations)
