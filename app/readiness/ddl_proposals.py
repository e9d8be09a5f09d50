"""What DDL proposes for the tables of a document: its own, typed or in files, or that at a path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.drafts import DRAFT
from app.document.operations import ImportRows
from app.problems import DocumentError, OperationError, Problem, nearest
from app.readiness.ddl_files import joined
from app.schema.files import read_ddl
from app.schema.model import Schema
from app.schema.prefill import Proposal, proposals
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES, Sources

Progress = Callable[[int, int], None]
"""Told how many characters of how many are read; what it raises ends the reading."""


class DdlToRead(Struct, frozen=True):
    """DDL, and what could not be read of it at all.

    `place` says in which file ("" for what is typed) and line a line of the text is; `context` is the DDL
    of what exists already.
    """

    text: str
    engine: str
    place: Callable[[int], tuple[str, int]]
    context: str = ""
    problems: tuple[Problem, ...] = ()

    def read(self, progress: Progress | None = None) -> Schema:
        """The schema that it describes."""
        from app.schema.read import read_schema

        return read_schema(self.text, self.engine, self.context, progress)


class NotRead(Struct, frozen=True):
    """A statement that could not be read: its file, "" for what is typed, its line, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.file else f"line {self.line}: {self.reason}"


class DdlProposals(Struct, frozen=True):
    """Rows that are new, in the order of the interview, and what stood in their way.

    `there` counts by question the rows that the document has already.
    """

    schema: Schema
    new: tuple[Proposal, ...]
    there: Mapping[str, int]
    problems: tuple[Problem, ...]
    not_read: tuple[NotRead, ...]

    @property
    def unread(self) -> tuple[str, ...]:
        """What could not be read, each with its file or line."""
        return (*(f"{p.where}: {p.message}" for p in self.problems), *map(str, self.not_read))

    def counts(self) -> Mapping[str, int]:
        """How many rows are new, by question; questions without any are left out."""
        return Counter(proposal.question for proposal in self.new)

    def rows(self, questions: Collection[str] | None = None, *, draft: bool = True) -> ImportRows:
        """The operation that adds the new rows of `questions`, or all, as drafts or as answers."""
        mark = {DRAFT: True} if draft else {}
        rows: dict[str, list[dict[str, Any]]] = {}
        for proposal in self.new:
            if questions is None or proposal.question in questions:
                rows.setdefault(proposal.question, []).append({**proposal.row, **mark})
        return ImportRows(rows=rows)


def ddl_of_document(answers: Answers, sources: Sources) -> DdlToRead | None:
    """The DDL of the document, or None where it has none that could be read."""
    values = answers.values
    ddl = joined(values.get(DDL), values.get(DDL_FILES), sources)
    if not ddl.text.strip():
        return None
    problems = tuple(problem for source in sources.values() for problem in source.problems)
    context = joined(None, values.get(EXISTING_FILES), sources).text
    return DdlToRead(ddl.text, _engine(answers), ddl.place, context, problems)


def ddl_at(path: Path, answers: Answers) -> DdlToRead:
    """The DDL in a file or a folder of migrations. Raises DocumentError when nothing can be read."""
    real = path.resolve()
    found = read_ddl(real.name, real.parent)
    if not found.files:
        raise DocumentError("; ".join(f"{path}: {problem.message}" for problem in found.problems))
    beside = path.parent if path.name not in ("", "..") else real.parent

    def place(line: int) -> tuple[str, int]:
        name, inside = found.place(line)
        return str(beside / name), inside

    return DdlToRead(found.text, _engine(answers), place, problems=found.problems)


def _engine(answers: Answers) -> str:
    said = answers.values.get("physical.engine")
    return said if isinstance(said, str) else ""


def propose(
    bank: Bank,
    answers: Answers,
    ddl: DdlToRead,
    tables: Collection[str] = (),
    progress: Progress | None = None,
) -> DdlProposals:
    """The rows that `ddl` proposes for `tables`, or for all that it makes or changes.

    Raises OperationError for a table that it does not have.
    """
    schema = ddl.read(progress)
    for name in tables:
        if schema.any_table(name) is None:
            raise OperationError(
                f"the DDL has no table {name!r}", nearest(name, (*schema.tables, *schema.altered))
            )
    new = proposals(bank, schema, answers, tables or None)
    everything = Counter(p.question for p in proposals(bank, schema, Answers(), tables or None))
    fresh = Counter(proposal.question for proposal in new)
    there = {question: everything[question] - fresh[question] for question in everything}
    unread = tuple(NotRead(*ddl.place(one.span.line), one.reason) for one in schema.unread)
    return DdlProposals(schema, new, there, ddl.problems, unread)
