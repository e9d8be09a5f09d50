"""The question bank as data: sections, subsections, questions, columns and what requires them.

Every part is immutable. What a file may say is written in the types of the fields (`app.bank.limits`);
`app.bank.parsing` holds files to them and refuses unknown keys. `covers` lists ids of the template
inventory that the thing answers for, so that coverage can be counted mechanically.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal

from app.bank.limits import Identifier, Limits, Line, Number, Prose, Some, Version
from app.checked import Checked

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
SchemaName = Literal["table", "column", "table_column", "index", "constraint"]
DocumentStatus = Literal["draft", "review", "approval"]
Diagram = Literal["process", "relationships", "lifecycle", "write_path", "migration"]


_Moving = Annotated[str, Limits(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){1,2}$")]


class Risk(IntEnum):
    """Risk levels as ranks, so that CRITICAL is above HIGH."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


FILE_KEYS = MappingProxyType(
    {
        "subsections": "subsection",
        "questions": "question",
        "change_types": "change_type",
        "risks": "risk",
        "traits": "trait",
        "enumerations": "enumeration",
        "smells": "smell",
        "cross_checks": "cross_check",
        "master_questions": "master_question",
        "reviewers": "reviewer",
        "waivers": "waiver",
        "from_": "from",
    }
)
"""How files call what fields call otherwise."""


def file_key(field: str) -> str:
    """The key in a file that a field is read from."""
    return FILE_KEYS.get(field, field)


class Data(Checked, frozen=True, omit_defaults=True):
    """What the parts of a bank have in common: the keys of files."""

    @classmethod
    def key_of(cls, field: str) -> str:
        return file_key(field)


class Option(Data, frozen=True, kw_only=True):
    """One value of a closed or open list; `id` is stored, `title` is shown and rendered.

    `aliases` are other words that people type for it.
    """

    id: Annotated[str, Limits(pattern=r"^[a-z0-9][a-z0-9_]*$", max_length=60)]
    title: Line
    aliases: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    help: str = ""
    ask_when: str = ""


class Enumeration(Data, frozen=True, kw_only=True, dict=True):
    """A list of values; an open one also accepts text of the author's own."""

    id: Identifier
    open: bool = False
    covers: tuple[str, ...] = ()
    options: Some[Option]

    @cached_property
    def by_id(self) -> dict[str, Option]:
        return {option.id: option for option in self.options}

    def find(self, text: str) -> Option | None:
        """The option whose id, title or alias is `text`, case and surrounding blanks aside."""
        return self._by_word.get(text.strip().casefold())

    @cached_property
    def _by_word(self) -> dict[str, Option]:
        found: dict[str, Option] = {}
        for option in self.options:
            for word in (option.id, option.title.casefold(), *option.aliases):
                found.setdefault(word, option)
        return found


class Column(Data, frozen=True, kw_only=True):
    """One column of a table, or field of a record.

    `within` names the column in whose cell this one is rendered. `refers_to` names the
    column `section.question.column` whose values it points at. `options` names an enumeration. `names`
    says what of the DDL is named here, so that it can be completed.
    """

    id: Identifier
    title: Line
    kind: ColumnKind = "text"
    required: bool = False
    covers: tuple[str, ...] = ()
    options: Identifier | None = None
    refers_to: str | None = None
    names: tuple[SchemaName, ...] = ()
    within: Identifier | None = None
    help: str = ""
    language: str = ""


class Slot(Data, frozen=True, kw_only=True):
    """A named gap of a fill-in sentence."""

    id: Identifier
    title: Line
    covers: tuple[str, ...] = ()


class Question(Data, frozen=True, kw_only=True, dict=True):
    """One thing to answer. Its full id is `section.question` and is never reused.

    `since` is the version of the bank that first asked it; None for those of the first version.
    An `optional` one is required only where its own id is, not where its subsection or section is.
    `or_else` names the question whose answer stands for this one while this one has none.
    `ask_after` names the part that is answered first: this one is asked behind the last question of it.
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
    ask_after: str = ""

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


class Subsection(Data, frozen=True, kw_only=True):
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


class Section(Data, frozen=True, kw_only=True):
    """One file of the bank."""

    id: Identifier
    number: Annotated[int, Limits(ge=0, le=99)]
    title: Line
    why: Prose
    covers: tuple[str, ...] = ()
    subsections: Some[Subsection]
    questions: tuple[Question, ...] = ()


class Requirement(Data, frozen=True, kw_only=True):
    """Parts that something makes required: subsection numbers, question ids, or section ids."""

    title: Line
    parts: Some[str]
    covers: tuple[str, ...] = ()


class ChangeType(Data, frozen=True, kw_only=True):
    id: Identifier
    title: Line
    help: Prose
    covers: tuple[str, ...] = ()
    pages: Annotated[tuple[int, ...], Limits(min_length=1, max_length=2)]
    implies: tuple[Identifier, ...] = ()
    requires: Some[Requirement]


class RiskLevel(Data, frozen=True, kw_only=True):
    id: Literal["low", "medium", "high", "critical"]
    title: Line
    help: Prose
    covers: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()

    @property
    def rank(self) -> Risk:
        return Risk[self.id.upper()]


class Trait(Data, frozen=True, kw_only=True):
    """A yes/no fact about the change; `question` asks for it in plain words."""

    id: Identifier
    title: Line
    question: Prose
    covers: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()


class ChecklistItem(Data, frozen=True, kw_only=True):
    """One item of the final review and the parts that its verdict rests on."""

    id: str
    title: Line
    rests_on: Some[str]


class Smell(Data, frozen=True, kw_only=True):
    """A way in which design documents go wrong as a whole; rules say whether this one does."""

    id: str
    title: Line
    covers: tuple[str, ...] = ()
    help: Prose


class CrossCheck(Data, frozen=True, kw_only=True):
    """Two places that a reviewer reads side by side: parts of the document on either hand."""

    id: str
    title: Line
    covers: tuple[str, ...] = ()
    left: Some[str]
    right: Some[str]


class CompactPart(Data, frozen=True, kw_only=True):
    """What a compact heading shows: a question, or some columns of a table."""

    question: str
    columns: tuple[Identifier, ...] = ()


class CompactHeading(Data, frozen=True, kw_only=True):
    """A heading of the compact template: it requires its `parts`, and shows what there is of those `also`."""

    id: Identifier
    title: Line
    prompt: Prose
    covers: tuple[str, ...] = ()
    parts: Some[CompactPart]
    also: tuple[str, ...] = ()


class MasterQuestion(Data, frozen=True, kw_only=True):
    """One of the questions that the finished document must answer, and where it does."""

    title: Line
    covers: tuple[str, ...] = ()
    answered_in: Some[str]


class ReviewerRule(Data, frozen=True, kw_only=True):
    """Sections that a role must approve where `when` holds, always without one; rules of a role add up."""

    role: Identifier
    when: str = ""
    because: Line
    sections: Some[Identifier]


class InventoryWaiver(Data, frozen=True, kw_only=True):
    """Inventory ids that no question covers, with the reason."""

    ids: Some[str]
    reason: Prose


class Moved(Data, frozen=True, kw_only=True):
    """A question, or a column or slot of one, that had another id before the version `since`.

    Both are written `section.question`, or both `section.question.column`. A column may move to
    another table; its cells go to the row with the same key there.
    """

    from_: _Moving
    to: _Moving
    since: Version


class BankFile(Data, frozen=True, kw_only=True):
    """The contents of `bank.toml`."""

    format: Literal[1]
    id: Annotated[str, Limits(pattern=r"^[a-z][a-z0-9-]*$")]
    version: Version
    title: Line
    covers: tuple[str, ...] = ()
    counter_question: str = ""
    requires: tuple[Requirement, ...] = ()
    change_types: Some[ChangeType]
    risks: Annotated[tuple[RiskLevel, ...], Limits(min_length=4, max_length=4)]
    traits: tuple[Trait, ...] = ()
    enumerations: tuple[Enumeration, ...] = ()
    checklist: tuple[ChecklistItem, ...] = ()
    smells: tuple[Smell, ...] = ()
    cross_checks: tuple[CrossCheck, ...] = ()
    compact: tuple[CompactHeading, ...] = ()
    master_questions: tuple[MasterQuestion, ...] = ()
    reviewers: tuple[ReviewerRule, ...] = ()
    waivers: tuple[InventoryWaiver, ...] = ()
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
        parts: dict[str, list[str]] = {}
        for question_id, (section, subsection) in homes.items():
            for part in {section.id, subsection.number}:
                parts.setdefault(part, []).append(question_id)
        self._parts = {part: tuple(ids) for part, ids in parts.items()}
        self._parts.update({question_id: (question_id,) for question_id in homes})
        self.subsections = MappingProxyType(
            {sub.number: sub for section in self.sections for sub in section.subsections}
        )
        self.enumerations = MappingProxyType({e.id: e for e in file.enumerations})
        self.change_types = MappingProxyType({c.id: c for c in file.change_types})
        self.risks: Mapping[str, RiskLevel] = MappingProxyType({r.id: r for r in file.risks})
        self.traits = MappingProxyType({t.id: t for t in file.traits})
        self.cross_checks = MappingProxyType({c.id: c for c in file.cross_checks})
        self.moved_to = MappingProxyType({moved.from_: moved.to for moved in file.moved})

    def section_of(self, question_id: str) -> Section:
        return self._homes[question_id][0]

    def subsection_of(self, question_id: str) -> Subsection:
        return self._homes[question_id][1]

    def questions_in(self, part: str) -> tuple[str, ...]:
        """Question ids in interview order for a question id, subsection number or section id.

        An unknown part yields nothing; the loader refuses banks that name one.
        """
        return self._parts.get(part, ())

    def required_by(self, part: str) -> tuple[str, ...]:
        """Question ids that are required where `part`, as in `questions_in`, is."""
        return tuple(
            qid for qid in self.questions_in(part) if qid == part or not self.questions[qid].optional
        )

    def options_of(self, thing: Question | Column) -> Enumeration | None:
        """The list that `options` names; None without one, or if the bank lacks it."""
        return self.enumerations.get(thing.options) if thing.options else None
