"""One answer file as a check looks at it: read, with what is wrong with the file itself, and evaluated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct

from app.document.codec import Document, decode
from app.document.store import read_text
from app.problems import Problem
from app.readiness.engine import Engine
from app.readiness.model import Evaluation, Finding, Severity, Target
from app.readiness.reports.model import FILE_CODE
from app.schema.sources import SourceFiles, references
from app.toml_source import Lines


class Looked(Struct, frozen=True):
    """A document, its text as it is in the file, and what was found.

    `known` are findings about the file itself, with their lines, that may have been there before. `refused`
    says that it is none of this bank, or newer; that never counts as known.
    """

    document: Document
    text: str
    evaluation: Evaluation
    known: tuple[tuple[Finding, int], ...]
    refused: tuple[tuple[Finding, int], ...]


def look(
    engine: Engine, file: Path, today: date, prepare: Callable[[Sequence[str]], object] | None = None
) -> Looked:
    """Read and evaluate an answer file. Raises DocumentError, which begins with the name of the file.

    `prepare` is told the paths of the SQL that it names, before those are read.
    """
    text = read_text(file)
    document = decode(engine.bank, text, str(file))
    named = references(document.answers)
    if prepare is not None:
        prepare(named)
    sources = SourceFiles(file.parent).read(named)
    evaluation = engine.evaluate(document.answers, today, sources)
    problems = [(problem, Severity.WARNING) for problem in document.problems]
    problems += [(conflict, Severity.ERROR) for conflict in _conflicts(document, text)]
    known = tuple(_finding(problem, severity) for problem, severity in problems)
    refused = (_finding(Problem(document.refusal), Severity.ERROR),) if document.refusal else ()
    return Looked(document, text, evaluation, known, refused)


def _conflicts(document: Document, text: str) -> list[Problem]:
    if not document.answers.conflicts:
        return []
    lines = Lines(text)
    return [
        Problem(
            "was changed on both sides",
            conflict.address,
            line=lines.of(("conflicts", position)),
            hint="choose with: dbcharter resolve FILE",
        )
        for position, conflict in enumerate(document.answers.conflicts)
    ]


def _finding(problem: Problem, severity: Severity) -> tuple[Finding, int]:
    target = Target(problem.where)
    return Finding(FILE_CODE, "file", severity, target, problem.message, problem.hint), problem.line or 1
