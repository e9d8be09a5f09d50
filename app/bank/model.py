"""The question bank as data: sections, subsections, questions, columns and what requires them.

Every model refuses unknown keys and is immutable. `covers` lists ids of the template
inventory that the thing answers for, so that coverage can be counted mechanically.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Number = Annotated[str, StringConstraints(pattern=r"^\d{1,2}(\.\d{1,2})?$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d{1,9}\.\d{1,9}\.\d{1,9}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\n]*$")]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]

ColumnKind = Literal["text", "prose", "choice", "choices", "flag", "date", "number", "list", "code"]
QuestionKind = Literal[
    "text",
    "prose",
    "choice",
    "choices",
    "flag",
    "date",
    "number",
    "list",
    "code",
    "sentence",
    "table",
    "records",
]
DocumentStatus = Literal["draft", "review", "approval"]
Diagram = Literal["process", "relationships", "lifecycle", "write_path", "migration"]


class Risk(IntEnum):
    """Risk levels as ranks, so that CRITICAL is above HIGH."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Option(_Data):
    """One value of a closed or open list; `id` is stored, `title` is shown and rendered.

    `aliases` are other words that people type for it.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)]
    title: Line
    aliases: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    help: str = ""
    ask_when: str = ""


class Enumeration(_Data):
    """A list of values; an open one also accepts text of the author's own."""

    id: Identifier
    open: bool = False
    covers: tuple[str, ...] = ()
    options: tuple[Option, ...] = Field(min_length=1)

    @cached_property
    def by_id(self) -> dict[str, Option]:
        return {option.id: option for option in self.options}

    def find(self, text: str) -> Option | None:
        """The option whose id, title or alias is `text`, case and surrounding blanks aside."""
        wanted = text.strip().casefold()
        return next((o for o in self.options if wanted in (o.id, o.title.casefold(), *o.aliases)), None)


class Column(_Data):
    """One column of a table, or field of a record.

    `within` names the column in whose cell this one is rendered. `refers_to` names the
    column `section.question.column` whose values it points at. `options` names an enumeration.
    """

    id: Identifier
    title: Line
    kind: ColumnKind = "text"
    required: bool = False
    covers: tuple[str, ...] = ()
    options: Identifier | None = None
    refers_to: str | None = None
    within: Identifier | None = None
    help: str = ""
    language: str = ""


class Slot(_Data):
    """A named gap of a fill-in sentence."""

    id: Identifier
    title: Line
    covers: tuple[str, ...] = ()


class Question(_Data):
    """One thing to answer. Its full id is `section.question` and is never reused.

    `since` is the version of the bank that first asked it; None for those of the first version.
    An `optional` one is required only where its own id is, not where its subsection or section is.
    `or_else` names the question whose answer stands for this one while this one has none.
    `counter` is asked of somebody who only says no; without one the bank's `counter_question` is.
    """

    id: Identifier
    number: Number
    title: Line
    kind: QuestionKind
    covers: tuple[str, ...] = ()
    prompt: Prose
    why: Prose
    help: str = ""
    good: Prose
    weak: Prose
    counter: str = ""
    ask_when: str = ""
    because: str = ""
    because_not: str = ""
    due: DocumentStatus = "review"
    options: Identifier | None = None
    refers_to: str | None = None
    language: str = ""
    key: Identifier | tuple[Identifier, ...] | None = None
    columns: tuple[Column, ...] = ()
    starters: Identifier | None = None
    sentence: str = ""
    slots: tuple[Slot, ...] = ()
    since: Version | None = None
    optional: bool = False
    or_else: str = ""

    @cached_property
    def key_columns(self) -> tuple[str, ...]:
        """Ids of the columns that address a row; empty for kinds without rows."""
        if self.key is None:
            return ()
        return (self.key,) if isinstance(self.key, str) else self.key

    @cached_property
    def column_by_id(self) -> dict[str, Column]:
        return {column.id: column for column in self.columns}

    @property
    def has_rows(self) -> bool:
        return self.kind in ("table", "records")


class Subsection(_Data):
    """A numbered part of a section; its questions carry the same number.

    `field_columns` renders its single-valued questions, or the fields of its records, as a
    two-column table with these titles. `diagram` names the diagram that is drawn here.
    """

    number: Number
    title: Line
    covers: tuple[str, ...] = ()
    intro: str = ""
    ask_when: str = ""
    because: str = ""
    because_not: str = ""
    diagram: Diagram | None = None
    field_columns: tuple[Line, Line] | None = None


class Section(_Data):
    """One file of the bank."""

    id: Identifier
    number: int = Field(ge=0, le=99)
    title: Line
    why: Prose
    covers: tuple[str, ...] = ()
    subsections: tuple[Subsection, ...] = Field(min_length=1, alias="subsection")
    questions: tuple[Question, ...] = Field(default=(), alias="question")


class Requirement(_Data):
    """Parts that something makes required: subsection numbers, question ids, or section ids."""

    title: Line
    parts: tuple[str, ...] = Field(min_length=1)
    covers: tuple[str, ...] = ()


class ChangeType(_Data):
    id: Identifier
    title: Line
    help: Prose
    covers: tuple[str, ...] = ()
    pages: tuple[int, ...] = Field(min_length=1, max_length=2)
    implies: tuple[Identifier, ...] = ()
    requires: tuple[Requirement, ...] = Field(min_length=1)


class RiskLevel(_Data):
    id: Literal["low", "medium", "high", "critical"]
    title: Line
    help: Prose
    covers: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()

    @property
    def rank(self) -> Risk:
        return Risk[self.id.upper()]


class Trait(_Data):
    """A yes/no fact about the change; `question` asks for it in plain words."""

    id: Identifier
    title: Line
    question: Prose
    covers: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()


class ChecklistItem(_Data):
    """One item of the final review and the parts that its verdict rests on."""

    id: str
    title: Line
    rests_on: tuple[str, ...] = Field(min_length=1)


class Smell(_Data):
    """A way in which design documents go wrong as a whole; rules say whether this one does."""

    id: str
    title: Line
    covers: tuple[str, ...] = ()
    help: Prose


class CrossCheck(_Data):
    """Two places that a reviewer reads side by side: parts of the document on either hand."""

    id: str
    title: Line
    covers: tuple[str, ...] = ()
    left: tuple[str, ...] = Field(min_length=1)
    right: tuple[str, ...] = Field(min_length=1)


class CompactPart(_Data):
    """What a compact heading shows: a question, or some columns of a table."""

    question: str
    columns: tuple[Identifier, ...] = ()


class CompactHeading(_Data):
    id: Identifier
    title: Line
    prompt: Prose
    covers: tuple[str, ...] = ()
    parts: tuple[CompactPart, ...] = Field(min_length=1)


class MasterQuestion(_Data):
    """One of the questions that the finished document must answer, and where it does."""

    title: Line
    covers: tuple[str, ...] = ()
    answered_in: tuple[str, ...] = Field(min_length=1)


class ReviewerRule(_Data):
    """Sections that a role must approve where `when` holds, always without one; rules of a role add up."""

    role: Identifier
    when: str = ""
    because: Line
    sections: tuple[Identifier, ...] = Field(min_length=1)


class InventoryWaiver(_Data):
    """Inventory ids that no question covers, with the reason."""

    ids: tuple[str, ...] = Field(min_length=1)
    reason: Prose


class Moved(_Data):
    """A question, or a column or slot of one, that had another id before the version `since`.

    Both are written `section.question`, or both `section.question.column`. A column may move to
    another table; its cells go to the row with the same key there.
    """

    from_: str = Field(alias="from", pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){1,2}$")
    to: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){1,2}$")
    since: Version


class BankFile(_Data):
    """The contents of `bank.toml`."""

    format: Literal[1]
    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Version
    title: Line
    covers: tuple[str, ...] = ()
    counter_question: str = ""
    requires: tuple[Requirement, ...] = ()
    change_types: tuple[ChangeType, ...] = Field(min_length=1, alias="change_type")
    risks: tuple[RiskLevel, ...] = Field(min_length=4, max_length=4, alias="risk")
    traits: tuple[Trait, ...] = Field(default=(), alias="trait")
    enumerations: tuple[Enumeration, ...] = Field(default=(), alias="enumeration")
    checklist: tuple[ChecklistItem, ...] = ()
    smells: tuple[Smell, ...] = Field(default=(), alias="smell")
    cross_checks: tuple[CrossCheck, ...] = Field(default=(), alias="cross_check")
    compact: tuple[CompactHeading, ...] = ()
    master_questions: tuple[MasterQuestion, ...] = Field(default=(), alias="master_question")
    reviewers: tuple[ReviewerRule, ...] = Field(default=(), alias="reviewer")
    waivers: tuple[InventoryWaiver, ...] = Field(default=(), alias="waiver")
    moved: tuple[Moved, ...] = ()


class Bank:
    """A loaded bank with its look-up tables. Built by `app.bank.load`, never changed afterwards."""

    def __init__(self, file: BankFile, sections: tuple[Section, ...]) -> None:
        self.file = file
        self.id = file.id
        self.version = file.version
        self.sections = tuple(sorted(sections, key=lambda section: section.number))
        self.section_by_id = MappingProxyType({section.id: section for section in self.sections})
        questions: dict[str, Question] = {}
        homes: dict[str, tuple[Section, Subsection]] = {}
        for section in self.sections:
            subsections = {subsection.number: subsection for subsection in section.subsections}
            for subsection in section.subsections:
                for question in section.questions:
                    if question.number == subsection.number:
                        questions[f"{section.id}.{question.id}"] = question
                        homes[f"{section.id}.{question.id}"] = (section, subsections[question.number])
        self.questions = MappingProxyType(questions)
        self._homes = homes
        self.subsections = MappingProxyType(
            {sub.number: sub for section in self.sections for sub in section.subsections}
        )
        self.enumerations = MappingProxyType({e.id: e for e in file.enumerations})
        self.change_types = MappingProxyType({c.id: c for c in file.change_types})
        self.risks: Mapping[str, RiskLevel] = MappingProxyType({r.id: r for r in file.risks})
        self.traits = MappingProxyType({t.id: t for t in file.traits})
        self.moved_to = MappingProxyType({moved.from_: moved.to for moved in file.moved})

    def section_of(self, question_id: str) -> Section:
        return self._homes[question_id][0]

    def subsection_of(self, question_id: str) -> Subsection:
        return self._homes[question_id][1]

    def questions_in(self, part: str) -> tuple[str, ...]:
        """Question ids in interview order for a question id, subsection number or section id.

        An unknown part yields nothing; the loader refuses banks that name one.
        """
        if part in self.questions:
            return (part,)
        return tuple(
            qid
            for qid, (section, subsection) in self._homes.items()
            if part in (subsection.number, section.id)
        )

    def required_by(self, part: str) -> tuple[str, ...]:
        """Question ids that are required where `part`, as in `questions_in`, is."""
        return tuple(
            qid for qid in self.questions_in(part) if qid == part or not self.questions[qid].optional
        )

    def options_of(self, thing: Question | Column) -> Enumeration | None:
        """The list that `options` names; None without one, or if the bank lacks it."""
        return self.enumerations.get(thing.options) if thing.options else None
