"""Commands that hold a conversation: start a document, go on with one, ask."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app.bank.model import Bank
from app.cli import setup
from app.cli.history import last_document, others, place_text, remember_place, tell_recovered
from app.cli.interview import Interview
from app.cli.opening import with_files_read
from app.cli.output import say, wrap
from app.cli.prompter import Prompter, choose_prompter
from app.cli.show import extent_text, profile_text
from app.document.recent import answer_files, recent_documents
from app.document.text import plural
from app.interview.navigation import select
from app.interview.starting import first_operations, proposed_template
from app.problems import DbcharterError, DocumentError, OperationError
from app.session import Session

HINT = "Words understood at every prompt: back, skip, why, example, na, defer, note, clear, quit, help."


def talk(bank: Bank, file: Path | None) -> int:
    """Go on with `file`, or offer the answer files of this folder and a new one."""
    if file is not None and file.suffix != ".toml":
        raise DocumentError(f"{file} is neither a command nor an answer file", "see: dbcharter --help")
    prompter = choose_prompter()
    if file is None:
        try:
            file = _choose(bank, prompter)
        except (KeyboardInterrupt, EOFError):
            say()
            return 0
    if file.exists():
        with Session.open(bank, file) as session:
            return ask(session, ())
    try:
        session = new_document(bank, file)
    except (KeyboardInterrupt, EOFError):
        say("\nNothing was written.")
        return 0
    with session:
        return ask(session, ())


def resume(bank: Bank) -> int:
    """Go on with the document worked on last, from the question at which it was left."""
    last = last_document()
    say(f"{last.path}  {place_text(bank, last.question)}".rstrip())
    with Session.open(bank, Path(last.path)) as session:
        return ask(session, (), last.question)


def _choose(bank: Bank, prompter: Prompter) -> Path:
    found = answer_files(Path())
    elsewhere = others(Path())
    if not found and not elsewhere:
        say("There is no answer file in this folder yet.")
        return _new_name(prompter)
    places = {entry.path: place_text(bank, entry.question) for entry in recent_documents()}
    if found:
        say("Answer files in this folder:")
    for number, path in enumerate(found, 1):
        where = places.get(str(path.absolute()))
        say(f"  {number}) {path.name}  " + ", ".join(filter(None, (_state(bank, path), where))))
    if elsewhere:
        say("Recent documents elsewhere:")
    for number, entry in enumerate(elsewhere, len(found) + 1):
        state = f"{entry.done} of {entry.required} required questions answered"
        say(f"  {number}) {entry.path}  " + ", ".join(filter(None, (state, places.get(entry.path)))))
    found += [Path(entry.path) for entry in elsewhere]
    while True:
        text = prompter.ask("Number to go on with, or new", ("new", *(p.name for p in found))).strip()
        if text == "new":
            return _new_name(prompter)
        if text.isdigit() and 0 < int(text) <= len(found):
            return found[int(text) - 1]
        if Path(text) in found:
            return Path(text)
        say(f"  {text!r} is none of them")


def _state(bank: Bank, path: Path) -> str:
    try:
        progress = Session.open(bank, path, write=False).survey().progress()
    except DbcharterError as error:
        return error.message
    return f"{progress.done} of {progress.required} required questions answered"


def _new_name(prompter: Prompter) -> Path:
    while True:
        text = prompter.ask("Name of the new answer file", default="design.toml").strip() or "design.toml"
        path = Path(text if text.endswith(".toml") else f"{text}.toml")
        if not path.exists():
            return path
        say(f"  {path} is already there")


def new_document(
    bank: Bank,
    file: Path,
    *,
    title: str = "",
    change_types: Sequence[str] = (),
    risk: str = "",
    traits: Sequence[str] = (),
    engine: str = "",
    owner: str = "",
    template: str = "",
) -> Session:
    """Create a document; what is not given is asked when there is a terminal.

    Raises DocumentError when the file is there, OperationError for unknown names.
    """
    if file.exists():
        raise DocumentError(f"{file}: is already there", f"go on with: dbcharter ask {file}")
    if not (title and change_types and risk) and sys.stdin.isatty():
        prompter = choose_prompter()
        title = title or setup.ask_title(prompter)
        change_types = change_types or setup.ask_change_types(bank, prompter)
        risk = risk or setup.ask_risk(bank, prompter)
        traits = traits or setup.ask_traits(bank, prompter, change_types)
        engine = engine or setup.ask_engine(bank, prompter)
        owner = owner or prompter.ask("Owner of the document").strip()
        template = template or setup.ask_template(prompter, proposed_template(bank, change_types, risk))
    elif not change_types:
        known = ", ".join(bank.change_types)
        raise OperationError("say what kind of change it is with --type", f"types: {known}")
    known_types = [name for name in change_types if name in bank.change_types]
    operations = first_operations(
        bank,
        title=title,
        change_types=change_types,
        risk=risk,
        traits=traits,
        engine=engine,
        owner=owner,
        template=template or proposed_template(bank, known_types, risk if risk in bank.risks else ""),
        today=date.today(),
    )
    return Session.create(bank, file, operations)


def ask(session: Session, what: Sequence[str], start: str = "") -> int:
    """Interview about the chosen questions; 0 when the end was reached, whatever was skipped.

    The question `start`, when it applies, comes first, then those behind it.
    """
    if session.read_only_reason:
        raise DocumentError(f"{session.path}: cannot be changed: {session.read_only_reason}")
    tell_recovered(session)
    if session.recovered:
        session.save()
    survey = with_files_read(session).survey()
    order = order_from(session, select(session.bank, survey, what or ("unanswered",)), start)
    remember_place(session, None)
    say(profile_text(session.bank, session.answers))
    say(extent_text(session.bank, session.answers, survey))
    for problem in session.problems:
        say(f"! {problem}")
    if not order:
        say("Nothing is left to ask. `dbcharter ask FILE all` goes through everything.")
        return 0
    say(f"{plural(len(order), 'question')} to ask.")
    say(wrap(HINT))
    Interview(session, choose_prompter(), lambda view: remember_place(session, view)).run(order)
    progress = session.survey().progress()
    say(f"\n{progress.done} of {progress.required} required questions answered.")
    say(f"See it: dbcharter render {session.path}")
    return 0


def order_from(session: Session, order: list[str], start: str) -> list[str]:
    """`order` turned so that it begins with `start`, which is asked although it may be answered."""
    view = session.survey().questions.get(start)
    if view is None or not view.applies:
        return order
    ranks = {question: rank for rank, question in enumerate(session.bank.questions)}
    behind = [question for question in order if ranks[question] > ranks[start]]
    return [start, *behind, *(question for question in order if ranks[question] < ranks[start])]
