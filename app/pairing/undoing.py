"""Operations that lead from some answers to others, so that taking back is said in words like any change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.document.answers import Answers, thaw
from app.document.changes import Change, difference, undo
from app.document.history import Step
from app.document.operations import Clear, Operation, Set, SetNote, SetState
from app.pairing.lost_words import lines_of, stands_in, words_of
from app.problems import OperationError


def of_questions(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that are about questions, and not notes of what was looked at."""
    return tuple(change for change in changes if change.part not in ("seen", "looked"))


def brought_back(
    answers: Answers, steps: Sequence[Step], person: str, said: Sequence[Change]
) -> Answers | None:
    """The answers in which what `person` said last stands again, without the steps of others over it.

    None when those words stand there still, or when it is not others who wrote over them.
    """
    questions = {change.question for change in said}
    if not any(_is_lost(answers, change) for change in said):
        return None
    for step in reversed(steps):
        about = [change for change in of_questions(step.changes) if change.question in questions]
        if not about:
            continue
        if step.who == person:
            return None
        try:
            answers = undo(answers, about)
        except OperationError:
            return None
        if _stands(answers, said):
            return answers
    return None


def _is_lost(answers: Answers, said: Change) -> bool:
    left = lines_of(answers.values.get(said.question))
    return said.part == "value" and not all(stands_in(word, left) for word in words_of(said))


def _stands(answers: Answers, said: Sequence[Change]) -> bool:
    try:
        undo(answers, said)
    except OperationError:
        return False
    return True


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
