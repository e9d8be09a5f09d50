"""Commands that hold a conversation: start a document, go on with one, ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from app.bank.model import Bank
from app.cli import setup
from app.cli.beginning import new_document
from app.cli.history import others, place_text, remember_place, tell_recovered
from app.cli.interview import Interview
from app.cli.opening import with_files_read
from app.cli.output import say, wrap
from app.cli.prompter import Prompter, choose_prompter
from app.cli.show import extent_text, profile_text
from app.cli.words import WORDS, Back, Quit, numbered
from app.document.recent import Recent, answer_files, recent_documents
from app.document.text import plural
from app.interview.applicability import Progress, QuestionView
from app.interview.navigation import asking_order, select
from app.problems import DbcharterError, DocumentError
from app.session import Session

HINT = f"Words at every prompt: {', '.join(WORDS)}."
SHOWN = 6
"""How many questions that are not asked are named."""


def talk(bank: Bank, file: Path | None) -> int:
    """Go on with `file`, or offer the answer files of this folder and a new one."""
    if file is not None and file.suffix != ".toml":
        raise DocumentError(f"{file} is neither a command nor an answer file", "see: dbcharter --help")
    if file is None:
        try:
            file = _choose(bank, setup.Spoken(choose_prompter()))
        except (Back, Quit, KeyboardInterrupt, EOFError):
            say()
            return 0
    if file is not None and file.exists():
        with Session.open(bank, file) as session:
            return ask(session, ())
    started = new_document(bank, file)
    if started is None:
        return 0
    with started:
        return ask(started, ())


def resume(bank: Bank, last: Recent) -> int:
    """Go on with a document from the question at which it was left."""
    say(f"{last.path}  {place_text(bank, last.question)}".rstrip())
    with Session.open(bank, Path(last.path)) as session:
        return ask(session, (), last.question)


def _choose(bank: Bank, prompter: Prompter) -> Path | None:
    """The document to go on with; None for a new one."""
    found = answer_files(Path())
    elsewhere = others(Path())
    if not found and not elsewhere:
        say("There is no answer file in this folder yet; this starts one.")
        return None
    places = {entry.path: place_text(bank, entry.question) for entry in recent_documents()}
    if found:
        say("Answer files in this folder:")
    for number, path in enumerate(found, 1):
        where = places.get(str(path.absolute()))
        say(f"  {number}) {path.name}  " + ", ".join(filter(None, (_state(bank, path), where))))
    if elsewhere:
        say("Recent documents elsewhere:")
    for number, entry in enumerate(elsewhere, len(found) + 1):
        state = str(Progress(entry.done, entry.required))
        say(f"  {number}) {entry.path}  " + ", ".join(filter(None, (state, places.get(entry.path)))))
    found += [Path(entry.path) for entry in elsewhere]
    while True:
        text = prompter.ask("Number to go on with, or new", ("new", *(p.name for p in found))).strip()
        if text == "new":
            return None
        path = Path(numbered(text, [str(known) for known in found]))
        if path in found:
            return path
        say(f"  {text!r} is none of them")


def _state(bank: Bank, path: Path) -> str:
    try:
        return str(Session.open(bank, path, write=False).survey().progress())
    except DbcharterError as error:
        return error.message


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
    chosen = select(session.bank, survey, what or ("unanswered",))
    passed_over = [view for view in survey.of(tuple(chosen)) if not view.applies]
    order = [name for name in order_from(session, frozenset(chosen), start) if survey.questions[name].applies]
    remember_place(session, None)
    say(profile_text(session.bank, session.answers))
    say(extent_text(session.bank, session.answers, survey))
    for problem in session.problems:
        say(f"! {problem}")
    _tell_passed_over(passed_over)
    if not order:
        say("Nothing is left to ask. `dbcharter ask FILE all` goes through everything.")
        return 0
    say(f"{plural(len(order), 'question')} to ask.")
    say(wrap(HINT))
    Interview(session, choose_prompter(), lambda view: remember_place(session, view)).run(order)
    say(f"\n{session.survey().progress()}.")
    say(f"See it: dbcharter render {session.path}")
    return 0


def _tell_passed_over(views: Sequence[QuestionView]) -> None:
    """Why questions that somebody named are not asked."""
    for view in views[:SHOWN]:
        name = f"{view.question.number} {view.question.title} ({view.id})"
        say(wrap(f"{name} is not asked because {view.because[0]}.", "  "))
    if len(views) > SHOWN:
        say(f"  and {plural(len(views) - SHOWN, 'other question')} that the answers rule out")


def order_from(session: Session, chosen: Collection[str], start: str) -> list[str]:
    """The chosen questions as they are asked, beginning with `start`, asked although it may be answered."""
    order = asking_order(session.bank)
    view = session.survey().questions.get(start)
    if view is None or not view.applies:
        return [question for question in order if question in chosen]
    at = order.index(start)
    return [start, *(question for question in order[at + 1 :] + order[:at] if question in chosen)]
