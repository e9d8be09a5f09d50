"""Commands about what was changed when, and about going on where one was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

from app.approving import turn
from app.bank.model import Bank
from app.cli.output import say, say_json
from app.document.answers import Value, same
from app.document.changes import UNSAID, Change
from app.document.history import Step, describe
from app.document.journal import JournalError, read_steps
from app.document.machine import now
from app.document.places import journal_path
from app.document.recent import Recent, recent_documents, remember
from app.document.text import one_line, plural
from app.document.toml_text import key_line
from app.interview.applicability import QuestionView
from app.problems import DocumentError, OperationError
from app.session import Session


def show_log(file: Path, number: int, as_json: bool) -> int:
    """Print the last `number` steps of a document's history, the newest last."""
    if not file.exists():
        raise DocumentError(f"{file}: no such file")
    try:
        steps = read_steps(journal_path(file))
    except JournalError as error:
        raise DocumentError(f"{file}: its journal cannot be read: {error}") from None
    steps = steps[-number:] if number > 0 else steps
    if as_json:
        say_json([_step_data(step) for step in steps])
    elif not steps:
        say(f"{file}: there is no history yet")
    else:
        for step in steps:
            say(f"{_when(step.at)}  {one_line(step.who, 30)}  {describe(step)}")
            for change in _changes(step):
                old, new = _what_differs(change.old, change.new)
                say(f"    {_side(old)} → {_side(new)}")
    return 0


def _when(at: str) -> str:
    return f"{at[:10]} {at[11:19]} UTC"


def _changes(step: Step) -> tuple[Change, ...]:
    try:
        return tuple(change for change in step.changes if change.part not in UNSAID)
    except ValueError:
        return ()


def _what_differs(old: Value | None, new: Value | None) -> tuple[Value | None, Value | None]:
    """Of one row that became another, only the cells that differ."""
    if not (isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new) == 1):
        return old, new
    left, right = old[0], new[0]
    if not (isinstance(left, Mapping) and isinstance(right, Mapping)):
        return old, new
    return (
        {name: cell for name, cell in left.items() if not same(cell, right.get(name))},
        {name: cell for name, cell in right.items() if not same(cell, left.get(name))},
    )


def _side(value: Value | None) -> str:
    """A value on one short line."""
    if value is None or value == () or value == {}:
        return "nothing"
    return one_line(_toml(value), 34)


def _toml(value: Value) -> str:
    return value if isinstance(value, str) else key_line("v", value).removeprefix("v = ")


def _step_data(step: Step) -> dict[str, Any]:
    changed = [
        {"part": c.part, "question": c.question, "at": c.at, "old": c.old, "new": c.new}
        for c in _changes(step)
    ]
    return {
        "number": step.seq,
        "at": step.at,
        "who": step.who,
        "kind": step.kind,
        "what": describe(step),
        "changed": changed,
    }


def turn_back(session: Session, number: int) -> int:
    """Undo `number` steps and save."""
    return _turn(session, number, "undo")


def turn_forward(session: Session, number: int) -> int:
    """Do again `number` steps that were undone, and save."""
    return _turn(session, number, "redo")


def _turn(session: Session, number: int, which: Literal["undo", "redo"]) -> int:
    if number < 1:
        raise OperationError("say how many steps, at least 1")
    refused: OperationError | None = None
    done = 0
    try:
        for _ in range(number):
            say(f"{which}: {turn(session, which, date.today())[0]}")
            done += 1
    except OperationError as error:
        refused = error
    if done:
        session.save()
    if refused is not None:
        raise refused
    return 0


def tell_recovered(session: Session) -> None:
    """Say on standard error what was brought back, what is wrong with the journal, and what conflicts."""
    for notice in session.notices:
        say(f"! {notice}", error=True)
    if session.recovered:
        count = plural(len(session.recovered), "change")
        say(f"Recovered {count} that had not been saved to {session.path.name}:", error=True)
        for name in session.recovered:
            say(f"  {name}", error=True)
    if session.answers.conflicts:
        count = plural(len(session.answers.conflicts), "answer was", "answers were")
        say(f"! {count} changed on both sides: dbcharter resolve {session.path.name}", error=True)


def remember_place(session: Session, view: QuestionView | None) -> None:
    """Note in the list of recent documents that the author is at this question."""
    progress = session.survey().progress()
    place = "" if view is None else view.id
    path = str(session.path.absolute())
    if not place:
        place = next((entry.question for entry in recent_documents() if entry.path == path), "")
    remember(Recent(path, place, progress.done, progress.required, now()))


def last_document() -> Recent:
    """The document worked on last that is still there. Raises OperationError when there is none."""
    found = next((entry for entry in recent_documents() if entry.is_there), None)
    if found is None:
        raise OperationError("there is nothing to resume", "start with: dbcharter new FILE")
    return found


def place_text(bank: Bank, question: str) -> str:
    """Where a document was left, as `at 6.1 Entity Grain`; "" when that is not known."""
    found = bank.questions.get(question)
    return f"at {found.number} {found.title}" if found else ""


def others(folder: Path) -> list[Recent]:
    """Recent documents that are there and not in `folder`."""
    here = folder.absolute()
    return [entry for entry in recent_documents() if entry.is_there and Path(entry.path).parent != here]
