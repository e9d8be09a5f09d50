"""Parts of the rendered document, set in lines: what a reviewer reads at one place, or at two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from rich.console import Console
from rich.text import Text
from textual.strip import Strip

from app.bank.model import Bank
from app.document.answers import Answers, Template
from app.interview.applicability import Survey
from app.render.anchors import section_anchor
from app.render.headings import headings_of
from app.render.sections import Sections
from screens.plain import plain
from screens.typesetting.look import Look
from screens.typesetting.pages import Pages
from screens.typesetting.typesetter import Typesetter
from screens.values import value_lines

NARROWEST = 20
"""Columns in which text is set at least."""


class Excerpt(Struct, frozen=True):
    """Lines to read. `places` are the lines, from and to, in which questions stand."""

    strips: tuple[Strip, ...] = ()
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def texts(self) -> list[str]:
        return [strip.text for strip in self.strips]


class Excerpts:
    """Reads one document again and again. Not to be used by two threads at once."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._sections = Sections(bank)
        self._setters: dict[int, Typesetter] = {}
        self._parts = {part.question for compact in bank.file.compact for part in compact.parts}
        self._headings = headings_of(bank)

    def read(
        self,
        answers: Answers,
        survey: Survey,
        sides: Sequence[tuple[str, ...]],
        widths: Sequence[int],
        look: Look,
    ) -> tuple[Excerpt, ...]:
        """The parts of each side in its width, as the document of the profile's template has them."""
        template = answers.profile.template
        pieces = self._sections.render(answers, template)
        found = []
        for parts, width in zip(sides, widths, strict=True):
            names = {self._bank.section_of(name).id for name in _questions(self._bank, parts)}
            wanted = [piece for piece in pieces if template == "compact" or piece[0] in names]
            pages = Pages(tuple(self._setter(max(width, NARROWEST), look).typeset(wanted)))
            found.append(self._excerpt(answers, survey, parts, pages, max(width, NARROWEST)))
        return tuple(found)

    def _setter(self, width: int, look: Look) -> Typesetter:
        known = self._setters.get(width)
        if known is None or known.look != look:
            known = self._setters[width] = Typesetter(width, look)
        return known

    def _excerpt(
        self, answers: Answers, survey: Survey, parts: tuple[str, ...], pages: Pages, width: int
    ) -> Excerpt:
        template = answers.profile.template
        strips: list[Strip] = []
        places: dict[str, tuple[int, int]] = {}
        ranges: dict[tuple[int, int], int] = {}
        for part in parts:
            lines = self._lines(pages, survey, part, template)
            for start, end in lines:
                if (start, end) not in ranges:
                    ranges[start, end] = len(strips) - start
                    strips += [pages.strip(line) for line in range(start, end)]
            for name in _questions(self._bank, (part,)):
                place = self._place(pages, survey, name, template)
                for (start, end), shift in ranges.items():
                    if place is not None and start <= place[0] < end:
                        places[name] = place[0] + shift, min(place[1], end) + shift
            missing = [
                name
                for name in _questions(self._bank, (part,))
                if name not in places and name in answers.values
            ]
            beside = [*self._absent(survey, part, bool(lines)), *self._elsewhere(answers, missing)]
            strips += set_lines(beside, width)
        return Excerpt(tuple(strips), places)

    def _place(
        self, pages: Pages, survey: Survey, question: str, template: Template
    ) -> tuple[int, int] | None:
        if template == "compact" and not self._headed(survey, question):
            return None
        return pages.place_of(self._bank, question, template)

    def _headed(self, survey: Survey, question: str) -> bool:
        """Whether the compact document shows a question."""
        if self._bank.section_of(question).id == "control":
            return True
        has_place = question in self._headings
        return question in self._parts or (has_place and survey.questions[question].shown)

    def _lines(self, pages: Pages, survey: Survey, part: str, template: Template) -> list[tuple[int, int]]:
        """The lines of a part, from and to; several in a compact document, none where it is left out."""
        if template == "compact":
            named = [name for name in _questions(self._bank, (part,)) if self._headed(survey, name)]
            found = [pages.part_of(self._bank, name, template) for name in named]
            return list(dict.fromkeys(place for place in found if place is not None))
        names = [name for name, _ in pages.pieces]
        if part in names:
            at = names.index(part)
            return [(pages.starts[at], pages.starts[at + 1])]
        number = self._bank.questions[part].number if part in self._bank.questions else part
        start = pages.anchors.get(section_anchor(number))
        if start is None:
            return []
        end = next((line for line in pages.headings if line > start), pages.count)
        return [(start, min(end, next(s for s in pages.starts if s > start)))]

    def _absent(self, survey: Survey, part: str, is_there: bool) -> Iterator[Text]:
        """Why a part is not in the document."""
        sub = self._bank.subsections.get(part)
        if not is_there and sub is not None:
            why = survey.skipped.get(part, "nothing is said about it")
            yield plain(f"{part} {sub.title}", "bold")
            yield plain(f"Not in the document: {why}.", "dim")
            yield Text()

    def _elsewhere(self, answers: Answers, questions: Iterable[str]) -> Iterator[Text]:
        """Answers that the document does not show at this place."""
        for name in questions:
            question = self._bank.questions[name]
            yield plain(f"{question.number} {question.title}", "bold")
            yield Text("In the answer file; this document has no place for it.", style="dim")
            yield from (plain(line) for line in value_lines(self._bank, name, answers.values[name]))
            yield Text()


def _questions(bank: Bank, parts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for part in parts for name in bank.questions_in(part)))


def set_lines(lines: Iterable[Text], width: int) -> tuple[Strip, ...]:
    """Lines of text in a width, nothing of them left out."""
    width = max(width, NARROWEST)
    console = Console(width=width)
    return tuple(
        Strip(list(part.render(console)), part.cell_len)
        for line in lines
        for part in (line.wrap(console, width, overflow="fold") if line.cell_len > width else [line])
    )
