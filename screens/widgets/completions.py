"""What may stand in a cell: options of its column, and rows that it may refer to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from app.bank.model import Bank, Column
from app.bank.references import named_by
from app.document.answers import Answers, Value
from app.document.values import column_values
from app.interview.applicability import offered_options
from app.session import Session

LISTED = 40
"""How many completions are offered at once."""


class Completion(Struct, frozen=True):
    """`text` is what is put into the cell, `about` says more."""

    text: str
    about: str = ""


class Offer(Struct, frozen=True, dict=True):
    """All that may stand in a cell. `closed`: nothing else fits; `several`: more than one, with commas."""

    completions: tuple[Completion, ...] = ()
    closed: bool = False
    several: bool = False

    def matching(self, text: str) -> list[Completion]:
        """Completions that have what is being typed, those that begin with it first."""
        typed = self.last_of(text).strip().casefold()
        found: list[Completion] = []
        left = list(zip(self._folded, self.completions, strict=True))
        for fits in (_begins, _has_word, _has):
            if len(found) < LISTED:
                found += [completion for folded, completion in left if fits(folded, typed)]
                left = [pair for pair in left if not fits(pair[0], typed)]
        return found[:LISTED]

    @cached_property
    def _folded(self) -> list[str]:
        return [completion.text.casefold() for completion in self.completions]

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


def _begins(text: str, typed: str) -> bool:
    return text.startswith(typed)


def _has_word(text: str, typed: str) -> bool:
    return f" {typed}" in text


def _has(text: str, typed: str) -> bool:
    return typed in text


def offer_for(session: Session, column: Column, table: str = "") -> Offer:
    """What may stand in a column of the document as it is; `table` is the one that its row is about."""
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
    said = _references(session, answers, column.refers_to) if column.refers_to else ()
    named = _names(session, column, table, {completion.text.casefold() for completion in said})
    return Offer((*said, *named), several=several)


def table_beside(bank: Bank, columns: Sequence[Column], value_of: Callable[[str], Value | None]) -> str:
    """The table that a row names, in the first of its `columns` that is about tables; else ""."""
    for column in columns:
        if "table" in named_by(bank, column):
            value = value_of(column.id)
            return value if isinstance(value, str) else ""
    return ""


def _names(session: Session, column: Column, table: str, known: set[str]) -> Iterator[Completion]:
    """Names that the DDL has and nothing in `known` is; of the last evaluation, so that no key waits."""
    names = session.known_names
    if names is None:
        return
    for sort in named_by(session.bank, column):
        for one in names.of(sort, table):
            if one.name.casefold() not in known:
                yield Completion(" ".join(one.name.split()), " ".join(one.about.split()))


def _without_echo(found: Sequence[Completion]) -> tuple[Completion, ...]:
    return tuple(Completion(c.text, "" if c.about == c.text else " ".join(c.about.split())) for c in found)


def _references(session: Session, answers: Answers, refers_to: str) -> tuple[Completion, ...]:
    question_id, _, name = refers_to.rpartition(".")
    question = session.bank.questions.get(question_id)
    where = f"from {question.number} {question.title}" if question is not None else ""
    return tuple(
        Completion(" ".join(text.split()), where) for text in column_values(answers, question_id, name)
    )
