"""What may stand in a cell: options of its column, and rows that it may refer to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.bank.model import Column
from app.document.answers import Answers
from app.document.values import column_values
from app.interview.applicability import offered_options
from app.session import Session

LISTED = 40
"""How many completions are offered at once."""


@dataclass(frozen=True)
class Completion:
    """`text` is what is put into the cell, `about` says more."""

    text: str
    about: str = ""


@dataclass(frozen=True)
class Offer:
    """All that may stand in a cell. `closed`: nothing else fits; `several`: more than one, with commas."""

    completions: tuple[Completion, ...] = ()
    closed: bool = False
    several: bool = False

    def matching(self, text: str) -> list[Completion]:
        """Completions that have what is being typed, those that begin with it first."""
        typed = self.last_of(text).strip().casefold()
        ranked = [(_rank(c.text.casefold(), typed), c) for c in self.completions]
        return [c for rank, c in sorted(ranked, key=lambda pair: pair[0]) if rank < _NO][:LISTED]

    def last_of(self, text: str) -> str:
        """The part of `text` that is being typed."""
        return text.rpartition(",")[2] if self.several else text

    def completed(self, text: str, completion: Completion) -> str:
        """`text` with the part that is being typed replaced."""
        before, comma, _ = text.rpartition(",") if self.several else ("", "", text)
        return f"{before.rstrip()}{comma} {completion.text}" if comma else completion.text

    def chosen(self, found: Sequence[Completion], text: str, typed: bool) -> int | None:
        """Which of `found` Enter takes without further keys, if any."""
        said = self.last_of(text).strip().casefold()
        same = next((n for n, c in enumerate(found) if c.text.casefold() == said), None)
        return same if same is not None or not (self.closed and typed and said) or not found else 0


_NO = 3


def _rank(text: str, typed: str) -> int:
    if text.startswith(typed):
        return 0
    return 1 if any(word.startswith(typed) for word in text.split()) else 2 if typed in text else _NO


def offer_for(session: Session, column: Column) -> Offer:
    """What may stand in a column of the document as it is."""
    bank, answers = session.bank, session.answers
    options = bank.options_of(column)
    several = column.kind in ("list", "choices")
    if column.kind == "flag":
        return Offer((Completion("yes"), Completion("no")), closed=True)
    if options is not None and column.options:
        offered = offered_options(bank, column.options, answers)
        found = tuple(
            Completion(option.id if column.kind == "number" else option.title, option.help or option.title)
            for option in offered
        )
        return Offer(_without_echo(found), closed=not options.open, several=several)
    if column.refers_to:
        return Offer(_references(session, answers, column.refers_to), several=several)
    return Offer()


def _without_echo(found: Sequence[Completion]) -> tuple[Completion, ...]:
    return tuple(Completion(c.text, "" if c.about == c.text else " ".join(c.about.split())) for c in found)


def _references(session: Session, answers: Answers, refers_to: str) -> tuple[Completion, ...]:
    question_id, _, name = refers_to.rpartition(".")
    question = session.bank.questions.get(question_id)
    where = f"from {question.number} {question.title}" if question is not None else ""
    return tuple(
        Completion(" ".join(text.split()), where) for text in column_values(answers, question_id, name)
    )
