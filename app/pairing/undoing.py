"""Operations that lead from some answers to others, so that taking back is said in words like any change."""

from __future__ import annotations

from collections.abc import Iterable

from app.document.answers import Answers, thaw
from app.document.changes import Change, difference
from app.document.operations import Clear, Operation, Set, SetNote, SetState
from app.problems import OperationError


def of_questions(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that are about questions, and not notes of what was looked at."""
    return tuple(change for change in changes if change.part not in ("seen", "looked"))


def operations_between(before: Answers, after: Answers) -> list[Operation]:
    """The operations after which `before` says what `after` says.

    Raises OperationError where that needs what a guest may not do.
    """
    found: list[Operation] = []
    for change in difference(before, after):
        question = change.question
        match change.part:
            case "value":
                value = after.values.get(question)
                gone = Clear(question=question)
                found.append(gone if value is None else Set(question=question, value=thaw(value)))
            case "note":
                found.append(SetNote(question=question, note=after.notes.get(question, "")))
            case "state":
                found.append(SetState.to(question, after.states.get(question)))
            case "seen" | "looked":  # notes of what was looked at; editing makes new ones
                continue
            case _:
                raise OperationError("only the author can take this back")
    return found
