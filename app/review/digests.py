"""Digests of all sections, each made anew only when something that the section says has changed."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.interview.applicability import applicability
from app.review.canonical import CONTROL, canonical_texts, digest_of
from app.review.verdicts import Digests


class _Read(Struct, frozen=True):
    """What the text of one section is made from; two are the same when all of it is the same objects."""

    parts: tuple[object, ...]

    def is_same(self, other: _Read) -> bool:
        return len(self.parts) == len(other.parts) and all(map(is_, self.parts, other.parts))


class SectionDigests:
    """The digests of one document again and again; what is kept is not changed, so any thread may ask."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._known: Mapping[str, tuple[_Read, str]] = {}

    def of(self, answers: Answers) -> Digests:
        """The digest of the present answers of every section, by its id."""
        applies = applicability(self._bank, answers).questions
        reads = {section: self._read(answers, section, applies) for section in self._bank.section_by_id}
        known = self._known
        changed = [
            section
            for section, read in reads.items()
            if section not in known or not known[section][0].is_same(read)
        ]
        texts = canonical_texts(self._bank, answers, changed) if changed else {}
        made = {section: digest_of(text) for section, text in texts.items()}
        self._known = {
            section: (read, made[section] if section in made else known[section][1])
            for section, read in reads.items()
        }
        return {section: digest for section, (_, digest) in self._known.items()}

    def _read(self, answers: Answers, section: str, applies: Mapping[str, bool]) -> _Read:
        parts: list[object] = [answers.waivers]
        if section == CONTROL:
            parts.append(answers.profile)
        for name in self._bank.questions_in(section):
            parts += (applies[name], answers.values.get(name), answers.states.get(name))
        return _Read(tuple(parts))
