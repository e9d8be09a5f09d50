"""Review records: what one person said at one time. They are only ever added, never changed.

The name of each model's table in the file is in `TABLES`; `id` is the writer's slug and a number that
grows with every record of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from msgspec import Struct
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.document.answers import Value, freeze, thaw
from app.problems import Problem

FORMAT = 1
MAX_TEXT = 100_000
MAX_OLD = 2_000
"""How much of a text that would be replaced a suggestion keeps for people to read."""
HIGHEST = 5
"""The highest rating of an opinion; the lowest is 1."""

_AT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
Identifier = Annotated[str, StringConstraints(min_length=3, max_length=80)]
Words = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Plain: TypeAlias = Annotated[Any, BeforeValidator(thaw)]
VerdictKind = Literal["approve", "request_changes", "comment"]
MarkKind = Literal["holds", "does_not_hold", "open"]


class Record(BaseModel):
    """What every record says: its id, and when it was made, in UTC as ISO 8601 with milliseconds.

    `person` is not in the record: it is whose file it stands in.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Identifier
    at: Annotated[str, StringConstraints(pattern=_AT)]
    person: str = ""

    @property
    def number(self) -> int:
        """The place in the writer's file, counted by the ids."""
        return int(self.id.rpartition("-")[2])


class Thread(Record):
    """Begins a thread on a question, a row or a cell of it; `quote` are words that stand there."""

    question: Name
    row: Name | None = None
    column: Name | None = None
    quote: Words = ""
    text: Said


class Reply(Record):
    thread: Identifier
    text: Said


class Resolve(Record):
    thread: Identifier


class Reopen(Record):
    thread: Identifier


class Suggestion(Record):
    """Another value for one place; `old_digest` is that of the value it was made for, `old` its text.

    With `change` it is about a whole row: `new` are its cells, "" for one that goes away, `old_digest` is
    that of the row, `old_cells` the texts of the cells. A row that is added would stand above `before`.
    """

    question: Name
    row: Name | None = None
    column: Name | None = None
    change: Literal["", "add", "change", "remove"] = ""
    new: Plain
    old_digest: Digest
    old: Words = ""
    old_cells: dict[str, Words] | None = None
    before: Name | None = None
    text: Words = ""


class Decide(Record):
    """The author's decision about a suggestion."""

    suggestion: Identifier
    decision: Literal["accept", "reject"]
    text: Words = ""


class Verdict(Record):
    """A decision about a section as it was then: `answers` is its canonical text, `digest` that of it.

    `role` narrows it to one of the roles that the person has.
    """

    section: Name
    verdict: VerdictKind
    digest: Digest
    answers: str = ""
    role: Words = ""
    text: Words = ""

    @property
    def about(self) -> str:
        return about_of(Verdict, {"section": self.section})


class CheckMark(Record):
    """Whether a cross-check of the bank holds, for both of its places as they were then.

    `answers` and `digest` are as in a verdict. `open` takes back what the same person said before.
    """

    check: Name
    mark: MarkKind
    digest: Digest
    answers: str = ""
    role: Words = ""
    text: Words = ""

    @property
    def about(self) -> str:
        return about_of(CheckMark, {"check": self.check})


class Opinion(Record):
    """A rating from 1 to 5 of one subject, given without knowing those of others."""

    subject: Name
    rating: Annotated[int, Field(ge=1, le=HIGHEST, strict=True)]
    text: Words = ""


Bound: TypeAlias = Verdict | CheckMark
BOUND: tuple[type[Bound], ...] = (Verdict, CheckMark)
"""Records that are bound to the meaning of what they are about, and carry its text."""

AnyRecord = TypeVar("AnyRecord", bound=Record)

TABLES: Mapping[str, type[Record]] = MappingProxyType(
    {
        "thread": Thread,
        "reply": Reply,
        "resolve": Resolve,
        "reopen": Reopen,
        "suggestion": Suggestion,
        "decide": Decide,
        "verdict": Verdict,
        "cross_check": CheckMark,
        "opinion": Opinion,
    }
)
"""The model of each table of a file."""


def about_of(model: type[Record], words: Mapping[str, Any]) -> str:
    """What a bound record is about: the id of a section, or `check:` and that of a cross-check."""
    return f"check:{words.get('check')}" if model is CheckMark else str(words.get("section"))


def table_of(record: Record) -> str:
    """The name of the table that a record stands in."""
    return next(name for name, model in TABLES.items() if type(record) is model)


class Reviewer(Struct, frozen=True):
    """Whose file one is: the slug in its name, the person's own name, the role that they say they have."""

    slug: str
    name: str
    role: str = ""


class Records(Struct, frozen=True):
    """What all people said about one document, in the order in which it was said.

    `problems` is what is wrong with their files; what could not be read stays in them.
    """

    reviewers: tuple[Reviewer, ...] = ()
    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()

    def of(self, model: type[AnyRecord]) -> Iterator[AnyRecord]:
        return (record for record in self.records if isinstance(record, model))

    def name_of(self, slug: str) -> str:
        """A person's own name."""
        return next((r.name for r in self.reviewers if r.slug == slug), slug)


def value_of(suggestion: Suggestion) -> Value:
    """The suggested value as an immutable one. Raises TypeError for what no answer can hold."""
    return freeze(suggestion.new)


def is_id_of(slug: str, text: object) -> bool:
    """Whether `text` is an id that the person called `slug` may give."""
    return isinstance(text, str) and re.fullmatch(rf"{re.escape(slug)}-[1-9]\d{{0,8}}", text) is not None
