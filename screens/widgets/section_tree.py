"""The sections, and the subsections of the one that is open, each with its state and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.bank.model import Section
from app.interview.applicability import Survey
from app.session import Session
from screens.plain import plain_line
from screens.states import DONE, NOT_REQUIRED, colour_of, mark_of_part
from screens.widgets.option_lines import OptionLines

WIDTH = 32
"""Columns that a line may take."""


class SectionTree(OptionLines):
    """Sections with glyph, word and counts; Enter or a click goes there."""

    @dataclass
    class Chosen(Message):
        """A section or subsection was chosen; `question` is where to go in it."""

        question: str

    def __init__(self, session: Session) -> None:
        super().__init__(id="sections", markup=False)
        self.session = session
        self._shown: list[tuple[str, Text]] = []

    def show(self, number: str) -> None:
        """Open the section of subsection `number` and mark that; redraw only what is different."""
        who_is_in = getattr(self.app, "who_is_in", nobody)
        rows = tree_rows(self.session, number, self.app.theme_variables, who_is_in)
        if [name for name, _ in rows] != [name for name, _ in self._shown]:
            self.set_options(Option(text, id=f"part-{name.replace('.', '_')}") for name, text in rows)
        else:
            for at, (row, old) in enumerate(zip(rows, self._shown, strict=True)):
                if row[1] != old[1] or row[1].spans != old[1].spans:
                    self.replace_option_prompt_at_index(at, row[1])
        self._shown = rows
        if not self.has_focus:
            self.highlighted = next((at for at, (name, _) in enumerate(rows) if name == number), None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        part = self._shown[event.option_index][0]
        questions = self.session.bank.questions_in(part)
        survey = self.session.survey()
        views = [survey.questions[question] for question in questions]
        best = next((v for v in views if v.due and v.open), None) or next(
            (v for v in views if v.applies), None
        )
        if best is not None or questions:
            self.post_message(self.Chosen(best.id if best is not None else questions[0]))


def nobody(section: str) -> str:  # noqa: ARG001 - the shape of who is in a section
    return ""


def tree_rows(
    session: Session, number: str, colours: dict[str, str], who_is_in: Callable[[str], str] = nobody
) -> list[tuple[str, Text]]:
    """Section ids and subsection numbers, in order, each with its line.

    `who_is_in` gives some characters about who else is in a section.
    """
    survey, rows = session.survey(), []
    for section in session.bank.sections:
        inside = [sub for sub in section.subsections if session.bank.questions_in(sub.number)]
        if not inside:
            continue
        here = any(sub.number == number for sub in section.subsections)
        who = who_is_in(section.id)
        rows.append((section.id, _line(session, survey, section.id, _name(section), here, colours, who)))
        if here and len(inside) > 1:
            for sub in inside:
                name = f"  {sub.number} {sub.title}"
                rows.append(
                    (sub.number, _line(session, survey, sub.number, name, sub.number == number, colours))
                )
        elif here:
            rows[-1] = (inside[0].number if inside[0].number == number else section.id, rows[-1][1])
    return rows


def _name(section: Section) -> str:
    return f"{section.number} {section.title}"


def _line(
    session: Session,
    survey: Survey,
    part: str,
    name: str,
    here: bool,
    colours: dict[str, str],
    who: str = "",
) -> Text:
    questions = session.bank.questions_in(part)
    progress = survey.progress(questions)
    views = tuple(survey.of(questions))
    due, again = sum(view.due and view.open for view in views), sum(view.again for view in views)
    mark = mark_of_part(progress, due, again)
    count = "" if mark in (DONE, NOT_REQUIRED) else f"{progress.done}/{progress.required} "
    tail = f"{who} {count}{mark.word}" if who else f"{count}{mark.word}"
    line = Text(f"{mark.glyph} ", style=colour_of(mark, colours), no_wrap=True)
    line.append_text(plain_line(name.lstrip(), WIDTH - len(tail) - 3 - _indent(name), "bold" if here else ""))
    line = Text(" " * _indent(name), no_wrap=True).append_text(line)
    line.append(" " * max(WIDTH - line.cell_len - len(tail), 1))
    return line.append(tail, style=colour_of(mark, colours))


def _indent(name: str) -> int:
    return len(name) - len(name.lstrip())
