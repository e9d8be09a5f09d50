"""One line for every section and question, and which of them a filter keeps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from msgspec import Struct
from rich.text import Text

from app.bank.model import Section
from app.document.text import plural
from app.document.values import row_address
from app.interview.applicability import QuestionView
from app.interview.navigation import FILTERS
from app.readiness.model import Evaluation
from app.session import Session
from screens.plain import plain_line
from screens.states import Mark, colour_of, mark_of, mark_of_part
from screens.widgets.fields.line import line_of

FIRST_WORDS = 200
"""Characters of an answer that are looked at."""
ROWS_NAMED = 4
"""Rows of a table that are named."""

Keep = Callable[[QuestionView], bool]


class Line(Struct, frozen=True):
    """A section (then `question` is "") or a question, with all that can be searched for."""

    section: Section
    question: str
    mark: Mark
    number: str
    title: str
    answer: str = ""
    findings: int = 0

    @property
    def words(self) -> str:
        return " ".join(
            (self.number, self.title, self.section.title, self.question, self.mark.word, self.answer)
        ).casefold()


class Overview(Struct, frozen=True):
    """All lines of a document, and the filters that there are, by what they are called."""

    lines: tuple[Line, ...]
    filters: Mapping[str, frozenset[str]]
    """The questions that each filter keeps."""
    findings: int = 0
    """How many findings are open, wherever they are."""

    def shown(self, chosen: str, text: str) -> list[Line]:
        """The lines that a filter and all of some words keep, with their sections above them."""
        words = text.casefold().split()
        kept = self.filters[chosen]
        found: list[Line] = []
        head: Line | None = None
        for line in self.lines:
            if not line.question:
                head = line
            elif line.question in kept and all(word in line.words for word in words):
                found += [line] if head is None else [head, line]
                head = None
        return found


def overview(session: Session, evaluation: Evaluation | None) -> Overview:
    """The lines of a document as it stands."""
    survey = session.survey()
    counts = Counter(
        finding.target.question
        for finding in (evaluation.findings if evaluation else ())
        if not finding.waived
    )
    lines: list[Line] = []
    for section in session.bank.sections:
        views = list(survey.of(session.bank.questions_in(section.id)))
        if not views:
            continue
        due = sum(view.due and view.open for view in views)
        again = sum(view.again for view in views)
        mark = mark_of_part(survey.progress(tuple(view.id for view in views)), due, again)
        total = sum(counts[view.id] for view in views)
        lines.append(Line(section, "", mark, str(section.number), section.title, findings=total))
        for view in views:
            words = first_words(session, view)
            question = view.question
            lines.append(
                Line(section, view.id, mark_of(view), question.number, question.title, words, counts[view.id])
            )
    return Overview(tuple(lines), _filters(session, counts), counts.total())


def _filters(session: Session, counts: Mapping[str, int]) -> dict[str, frozenset[str]]:
    views = session.survey().questions
    keep: dict[str, Keep] = {
        "asked": lambda view: view.applies or view.state == "parked",
        **{name: FILTERS[name] for name in ("due", "unanswered", "deferred", "parked")},
    }
    found = {
        name: frozenset(name_ for name_, view in views.items() if wanted(view))
        for name, wanted in keep.items()
    }
    found["new"] = session.new_questions()
    found["findings"] = frozenset(name for name in views if counts.get(name))
    found["all"] = frozenset(views)
    return found


def first_words(session: Session, view: QuestionView) -> str:
    """The beginning of an answer; of a table how many rows there are and what they are called."""
    value = session.answers.values.get(view.id)
    if view.question.has_rows and isinstance(value, tuple):
        names = (row_address(view.question, row) for row in session.answers.rows(view.id))
        named = ", ".join(islice(filter(None, names), ROWS_NAMED))
        return f"{plural(len(value), 'row')}: {named}"[:FIRST_WORDS]
    options = session.bank.options_of(view.question)
    known = options.by_id if options else {}
    parts = value if isinstance(value, tuple) else (value,)
    shown = (known[p].title if isinstance(p, str) and p in known else line_of(p)[:FIRST_WORDS] for p in parts)
    return ", ".join(islice(shown, 20))[:FIRST_WORDS]


def painted(line: Line, width: int, words: int, colours: Mapping[str, str]) -> Text:
    """A line in `width` columns: glyph, number, title, word (in `words` columns), answer, findings."""
    style = colour_of(line.mark, colours)
    tail = Text(f" ⚠ {line.findings}" if line.findings else "", style=colours.get("warning", ""))
    room = width - tail.cell_len
    if not line.question:
        text = Text(f"{line.number:>3} ", style="bold", no_wrap=True)
        text.append_text(plain_line(line.title, max(room - len(line.mark.word) - 8, 8), "bold"))
        text.append(f"  {line.mark.glyph} {line.mark.word}", style=style)
        return _filled(text, room).append_text(tail)
    title_width = 24 if width < 76 else 34
    text = Text(f"  {line.mark.glyph} ", style=style, no_wrap=True)
    text.append(f"{line.number:<5}", style="dim")
    text.append_text(plain_line(line.title, title_width))
    text = _filled(text, 10 + title_width)
    text.append(f"{line.mark.word:<{words}}  ", style=style)
    if room - text.cell_len > 4:
        text.append_text(plain_line(line.answer, room - text.cell_len, "dim"))
    return _filled(text, room).append_text(tail)


def _filled(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis")
    return text.append(" " * (width - text.cell_len))


def filter_line(found: Overview, chosen: str, names: Sequence[str], colours: Mapping[str, str]) -> Text:
    """The filters and what each keeps: how many questions, or how many findings; the chosen one marked."""
    text = Text(no_wrap=True)
    for name in names:
        count = found.findings if name == "findings" else len(found.filters[name])
        label = f" {name} {count} "
        text.append(label, style=f"bold reverse {colours.get('primary', '')}" if name == chosen else "")
    return text
