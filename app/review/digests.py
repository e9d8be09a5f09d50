"""Digests of what can be judged: made when asked for, and anew only when something it says has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from operator import is_

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.interview.applicability import applicability
from app.review.canonical import CONTROL, canonical, digest_of, judged, questions_about
from app.review.verdicts import Digests


class _Read(Struct, frozen=True):
    """What a text is made from; two are the same when all of it is the same objects."""

    parts: tuple[object, ...]

    def is_same(self, other: _Read) -> bool:
        return len(self.parts) == len(other.parts) and all(map(is_, self.parts, other.parts))


class KeptDigests:
    """The digests of one document again and again. Any thread may ask: an entry is put in whole, and taken
    only for the very objects that it was made from.
    """

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._questions = {about: questions_about(bank, about) for about in judged(bank)}
        self._known: dict[str, tuple[_Read, str]] = {}

    def of(self, answers: Answers) -> Digests:
        """The digests of the present answers, by the names that `judged` has."""
        return _Present(self._bank, answers, self._questions, self._known)


class _Present(Mapping[str, str]):
    """Those of some answers."""

    def __init__(
        self,
        bank: Bank,
        answers: Answers,
        questions: Mapping[str, tuple[str, ...]],
        known: dict[str, tuple[_Read, str]],
    ) -> None:
        self._bank, self._answers = bank, answers
        self._questions, self._known = questions, known

    def __iter__(self) -> Iterator[str]:
        return iter(self._questions)

    def __len__(self) -> int:
        return len(self._questions)

    def __getitem__(self, about: str) -> str:
        read, known = self._read(about), self._known.get(about)
        if known is None or not known[0].is_same(read):
            text = canonical(self._bank, self._answers, about, self._applies)
            known = self._known[about] = (read, digest_of(text))
        return known[1]

    @cached_property
    def _applies(self) -> Mapping[str, bool]:
        return applicability(self._bank, self._answers).questions

    def _read(self, about: str) -> _Read:
        answers = self._answers
        parts: list[object] = [answers.waivers, answers.profile if about == CONTROL else None]
        for name in self._questions[about]:
            parts += (self._applies[name], answers.values.get(name), answers.states.get(name))
        return _Read(tuple(parts))
