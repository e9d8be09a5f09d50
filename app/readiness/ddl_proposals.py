"""What the DDL of a document, typed or in the files that it names, proposes for its tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.drafts import DRAFT
from app.document.operations import ImportRows
from app.readiness.ddl_files import Ddl, existing, joined
from app.readiness.model import Target
from app.schema.model import Schema
from app.schema.prefill import Proposal, proposals
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES, Sources


@dataclass(frozen=True)
class DdlProposals:
    """Rows that are new, in the order of the interview, and what stood in their way.

    `there` counts by question the rows that the document has already; `unread` says with file or line
    what could not be read.
    """

    schema: Schema
    new: tuple[Proposal, ...]
    there: Mapping[str, int]
    unread: tuple[str, ...]

    def counts(self) -> Mapping[str, int]:
        """How many rows are new, by question; questions without any are left out."""
        return Counter(proposal.question for proposal in self.new)

    def drafts(self, questions: Collection[str]) -> ImportRows:
        """The operation that adds the new rows of `questions`, as drafts."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for proposal in self.new:
            if proposal.question in questions:
                rows.setdefault(proposal.question, []).append({**proposal.row, DRAFT: True})
        return ImportRows(rows=rows)


def document_schema(answers: Answers, sources: Sources) -> tuple[Ddl, Schema] | None:
    """The DDL of the document and its schema, or None where there is none."""
    from app.schema.read import read_schema

    values = answers.values
    ddl = joined(values.get(DDL), values.get(DDL_FILES), sources)
    if not ddl.text.strip():
        return None
    said = values.get("physical.engine")
    context = existing(values.get(EXISTING_FILES), sources)
    return ddl, read_schema(ddl.text, said if isinstance(said, str) else "", context)


def ddl_proposals(bank: Bank, answers: Answers, sources: Sources) -> DdlProposals | None:
    """The rows that the DDL of the document proposes, or None where the document has no DDL."""
    read = document_schema(answers, sources)
    if read is None:
        return None
    ddl, schema = read
    new = proposals(bank, schema, answers)
    everything = Counter(proposal.question for proposal in proposals(bank, schema, Answers()))
    there = everything - Counter(proposal.question for proposal in new)
    problems = [f"{p.where}: {p.message}" for source in sources.values() for p in source.problems]
    unread = [f"{_place(ddl, one.span.line)}: {one.reason}" for one in schema.unread]
    return DdlProposals(schema, new, there, (*problems, *unread))


def _place(ddl: Ddl, line: int) -> str:
    home = ddl.at_home(Target(DDL, line=line))
    return f"{home.row}:{home.line}" if home.row else f"line {home.line}"
