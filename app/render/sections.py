"""A document piece by piece, each piece made anew only when something in it is different."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import is_
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank, CompactHeading, Section, Subsection
from app.document.answers import Answers, State, Template, Value
from app.document.values import MisfitMemo
from app.interview.applicability import QuestionView, survey
from app.readiness.model import Evaluation
from app.render.body import Material, draws_keys, subsection_part
from app.render.diagrams import SOURCES
from app.render.document import compact_view, full_view, under_template
from app.render.environment import Renderer
from app.render.headings import heading_part
from app.render.review import evaluated_and_reviewed
from app.render.view import AppendixPart, DocumentView, Part
from app.review.digests import KeptDigests
from app.review.model import Records
from app.schema.model import Schema

HEAD, APPENDIX = "head", "appendix"
"""What the first and the last piece are called; the others have the ids of sections or headings."""

_T = TypeVar("_T")

Piece = tuple[str, str]
"""What a piece is called, and its Markdown."""


def render_sections(bank: Bank, answers: Answers, template: Template = "full") -> list[Piece]:
    """The design document in pieces: joined, they are what `render` returns, up to blank lines at the end."""
    return Sections(bank).render(answers, template)


class Sections:
    """Renders one document again and again. Not to be used by two threads at once."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._parts = _Kept[Part | None]()
        self._headings = _Kept[Part]()
        self._pieces: dict[tuple[Template, str], tuple[DocumentView, str]] = {}
        self._memo = MisfitMemo(bank)
        self._digests = KeptDigests(bank)
        self._renderer = Renderer()

    def render(
        self,
        answers: Answers,
        template: Template = "full",
        records: Records | None = None,
        evaluation: Evaluation | None = None,
    ) -> list[Piece]:
        """As `render_sections`; a piece that is the same as last time is the same object.

        `records` and `evaluation` put into the appendix what `render` puts there.
        """
        said = self._said(answers, records, evaluation)
        answers = under_template(answers, template)
        looked = survey(self._bank, answers, self._memo)
        schema = evaluation.schema if evaluation is not None else None
        if template == "compact":
            view = compact_view(self._bank, answers, looked, self._heading, schema)
        else:
            view = full_view(self._bank, answers, looked, self._part, schema)
        view = replace(view, appendix=(*view.appendix, *said))
        pieces = list(_pieces(self._bank, view))
        changed = [entry for entry in pieces if not self._is_known(template, *entry)]
        values: list[dict[str, object]] = [
            {"document": piece, "with_appendix": name == APPENDIX} for name, piece in changed
        ]
        texts = self._renderer.each("_piece.md.jinja", values)
        for (name, piece), text in zip(changed, texts, strict=True):
            self._pieces[template, name] = piece, text
        return [(name, self._pieces[template, name][1]) for name, _ in pieces]

    def _said(
        self, answers: Answers, records: Records | None, evaluation: Evaluation | None
    ) -> tuple[AppendixPart, ...]:
        """What the appendix says about the final review and about the reviewers."""
        digests = self._digests.of(answers) if records is not None and records.records else None
        return evaluated_and_reviewed(self._bank, answers, evaluation, records, digests)

    def _is_known(self, template: Template, name: str, piece: DocumentView) -> bool:
        known = self._pieces.get((template, name))
        return known is not None and known[0] == piece

    def _part(self, source: Material, section: Section, sub: Subsection) -> Part | None:
        """The subsection as it was made last, if nothing that it is made from has changed."""
        read = _read_by_subsection(source, sub)
        return self._parts.get(sub.number, read, lambda: subsection_part(source, section, sub))

    def _heading(self, source: Material, compact: CompactHeading, more: Sequence[QuestionView]) -> Part:
        """The heading as it was made last, in the same way."""
        own = [*(part.question for part in compact.parts), *(view.id for view in more)]
        return self._headings.get(compact.id, _read(source, own), lambda: heading_part(source, compact, more))


def _pieces(bank: Bank, view: DocumentView) -> Iterator[tuple[str, DocumentView]]:
    """What each piece is called, and the document that has nothing but it."""
    empty = replace(view, title=type(view.title)(), overview=None, sections=(), headings=(), appendix=())
    yield HEAD, replace(view, sections=(), headings=(), appendix=())
    empty = replace(empty, facts=empty.title)
    names = {str(section.number): section.id for section in bank.sections}
    for section in view.sections:
        yield names[section.number], replace(empty, sections=(section,))
    for compact, heading in zip(bank.file.compact, view.headings, strict=False):
        yield compact.id, replace(empty, headings=(heading,))
    yield APPENDIX, replace(empty, appendix=view.appendix)


class _Read(Struct, frozen=True):
    """What a subsection or a heading is made from."""

    values: tuple[Value | None, ...]
    states: tuple[State | None, ...]
    views: tuple[QuestionView, ...]
    skipped: str
    risk: str
    schema: Schema | None

    def is_same(self, other: _Read) -> bool:
        return (
            len(self.values) == len(other.values)
            and all(map(is_, self.values, other.values))
            and all(map(is_, self.states, other.states))
            and self.schema is other.schema
            and (self.skipped, self.risk) == (other.skipped, other.risk)
            and self.views == other.views
        )


class _Kept(Generic[_T]):
    """What was made last by name, made anew when what it is made from is different."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[_Read, _T]] = {}

    def get(self, name: str, read: _Read, make: Callable[[], _T]) -> _T:
        known = self._known.get(name)
        if known is None or not known[0].is_same(read):
            known = self._known[name] = read, make()
        return known[1]


def _read_by_subsection(source: Material, sub: Subsection) -> _Read:
    """All that `subsection_part` looks at."""
    drawn = SOURCES[sub.diagram] if sub.diagram else ()
    read = _read(source, source.bank.questions_in(sub.number), drawn)
    skipped = source.survey.skipped.get(sub.number, "")
    return replace(read, skipped=skipped, schema=source.schema if draws_keys(source, sub) else None)


def _read(source: Material, own: Sequence[str], drawn: Sequence[str] = ()) -> _Read:
    """The questions themselves, what answers them, what they refer to, what is drawn from."""
    views, bank = source.survey.questions, source.bank
    own = [*own, *(views[name].answered_by for name in own if views[name].answered_by)]
    columns = [column for name in own for column in bank.questions[name].columns]
    targets = (column.refers_to.rpartition(".")[0] for column in columns if column.refers_to)
    return _Read(
        tuple(source.answers.values.get(name) for name in dict.fromkeys([*own, *drawn, *targets])),
        tuple(source.answers.states.get(name) for name in own),
        tuple(views[name] for name in (*own, *drawn) if name in views),
        "",
        source.answers.profile.risk,
        None,
    )
