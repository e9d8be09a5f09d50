"""Who may do what: one table, and what is not in it is denied.

An action is named after the frame, the operation or the record that carries it: `here`,
`change.row_set`, `say.thread`. What the author does at the host has names of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from app.document.operations import ImportRows, Operation
from app.pairing.wire import Change, FromGuest, GiveBaton, Say
from app.review.status import STATUS

Role = Literal["author", "guest"]
State = Literal["admitted", "waiting", "removed"]

AUTHORS_QUESTIONS = frozenset({STATUS, "control.reviewers"})
"""Answers that only the author gives, whoever has the baton of their section."""


class Need(StrEnum):
    """What an action needs of somebody who has been admitted."""

    AUTHOR = "author"
    BATON = "baton"
    """The author, or a guest who has the batons of all sections that it touches."""
    NOTHING = "nothing"


NEEDS: Mapping[str, Need] = MappingProxyType(
    {
        "change.set": Need.BATON,
        "change.set_slot": Need.BATON,
        "change.clear": Need.BATON,
        "change.row_add": Need.BATON,
        "change.import": Need.BATON,
        "change.accept": Need.BATON,
        "change.row_set": Need.BATON,
        "change.row_remove": Need.BATON,
        "change.row_move": Need.BATON,
        "change.status": Need.BATON,
        "change.note": Need.BATON,
        "change.looked": Need.AUTHOR,
        "change.waive": Need.AUTHOR,
        "change.unwaive": Need.AUTHOR,
        "change.resolve": Need.AUTHOR,
        "change.profile": Need.AUTHOR,
        "revert": Need.BATON,
        "say.thread": Need.NOTHING,
        "say.reply": Need.NOTHING,
        "say.resolve": Need.NOTHING,
        "say.reopen": Need.NOTHING,
        "say.suggestion": Need.NOTHING,
        "say.decide": Need.AUTHOR,
        "say.verdict": Need.NOTHING,
        "say.cross_check": Need.NOTHING,
        "say.opinion": Need.NOTHING,
        "here": Need.NOTHING,
        "ask_baton": Need.NOTHING,
        "give_baton": Need.BATON,
        "leave": Need.NOTHING,
        "admit": Need.AUTHOR,
        "remove": Need.AUTHOR,
        "grant_baton": Need.AUTHOR,
        "take_baton": Need.AUTHOR,
        "end": Need.AUTHOR,
    }
)
BEFORE_ADMISSION = frozenset({"hello", "leave"})
"""What somebody may do who waits to be admitted."""


def may(action: str, role: Role, state: State, *, has_baton: bool) -> bool:
    """Whether somebody may do something; `has_baton` for every section that it touches."""
    if state == "waiting":
        return role == "guest" and action in BEFORE_ADMISSION
    if state != "admitted":
        return False
    match NEEDS.get(action):
        case Need.NOTHING:
            return True
        case Need.BATON:
            return role == "author" or has_baton
        case Need.AUTHOR:
            return role == "author"
    return False


def action_of(frame: FromGuest) -> str:
    """The name of what a frame asks for."""
    match frame:
        case Change():
            return f"change.{frame.operation.get('op', '')}"
        case Say():
            return f"say.{frame.table}"
    return frame.type


def questions_of(operation: Operation) -> frozenset[str]:
    """The questions whose answers an operation may change."""
    if isinstance(operation, ImportRows):
        return frozenset(operation.rows)
    question = getattr(operation, "question", None)
    return frozenset() if question is None else frozenset({question})


def sections_of(questions: frozenset[str]) -> frozenset[str]:
    """The sections of questions."""
    return frozenset(question.partition(".")[0] for question in questions)


def sections_touched(frame: FromGuest, operation: Operation | None) -> frozenset[str]:
    """The sections whose batons a frame needs; `operation` is what a change carries."""
    if operation is not None:
        return sections_of(questions_of(operation))
    return frozenset({frame.section}) if isinstance(frame, GiveBaton) else frozenset()
