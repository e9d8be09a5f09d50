"""Commands that fill a document from its DDL: proposals become drafts, and drafts become answers."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bank.model import Bank
from app.cli.address import parse_address
from app.cli.output import columns, plural, say, say_json
from app.document.answers import Answers, thaw
from app.document.drafts import DRAFT, count_drafts
from app.document.operations import Accept, ImportRows
from app.document.text import one_line
from app.interview.navigation import select
from app.problems import DocumentError, OperationError, Problem, nearest
from app.readiness.ddl_files import existing, joined
from app.readiness.model import Target
from app.schema.files import read_ddl
from app.schema.model import Schema
from app.schema.prefill import Proposal, proposals
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES
from app.session import Session

_TOLD = 20
"""How many unread statements are listed."""
_LARGE = 200_000
"""From this many characters of DDL on, a terminal is shown how far the reading is."""
_BAR = 30


@dataclass(frozen=True)
class Options:
    """How to import. One of `tables` may hold several names, separated with commas."""

    tables: tuple[str, ...] = ()
    accept: bool = False
    dry_run: bool = False
    json: bool = False


@dataclass(frozen=True)
class _Ddl:
    """The text to import, what it is called, and what could not be read at all.

    `place` says in which file and line a line of the text is; `context` is the DDL of what exists.
    """

    text: str
    name: str
    place: Callable[[int], tuple[str, int]]
    problems: tuple[Problem, ...] = ()
    context: str = ""


@dataclass(frozen=True)
class _Outcome:
    """What an import comes to: proposals, and by question how many rows were there already."""

    ddl: _Ddl
    schema: Schema
    new: tuple[Proposal, ...]
    there: Mapping[str, int]

    def count(self, question: str) -> int:
        return sum(proposal.question == question for proposal in self.new)


def import_rows(session: Session, source: Path | None, options: Options) -> int:
    """Propose rows for what the DDL at `source`, or that of the document, makes; keep them, and say so.

    Raises DocumentError when there is nothing to read, OperationError for a table that is not in it.
    """
    from app.schema.read import read_schema

    ddl = _of_document(session) if source is None else _of_path(source)
    said = session.answers.values.get("physical.engine")
    engine = said if isinstance(said, str) else ""
    with _progress(len(ddl.text)) as progress:
        schema = read_schema(ddl.text, engine, ddl.context, progress)
    tables = _tables(schema, options.tables)
    new = proposals(session.bank, schema, session.answers, tables)
    all_of_them = Counter(p.question for p in proposals(session.bank, schema, Answers(), tables))
    there = dict(all_of_them - Counter(p.question for p in new))
    outcome = _Outcome(ddl, schema, new, {question: there.get(question, 0) for question in all_of_them})
    if new and not options.dry_run:
        _keep(session, new, accepted=options.accept)
    if options.json:
        say_json(_data(outcome, options))
    else:
        _tell(session, outcome, options)
    return 0


def _of_path(source: Path) -> _Ddl:
    path = source.resolve()
    read = read_ddl(path.name, path.parent)
    if not read.files:
        raise DocumentError("; ".join(f"{source}: {problem.message}" for problem in read.problems))
    beside = source.parent if source.name not in ("", "..") else path.parent

    def place(line: int) -> tuple[str, int]:
        name, inside = read.place(line)
        return str(beside / name), inside

    return _Ddl(read.text, str(source), place, read.problems)


def _of_document(session: Session) -> _Ddl:
    values, sources = session.answers.values, session.sources()
    ddl = joined(values.get(DDL), values.get(DDL_FILES), sources)
    problems = tuple(problem for source in sources.values() for problem in source.problems)
    if not ddl.text.strip():
        told = "; ".join(f"{problem.where}: {problem.message}" for problem in problems)
        hint = "answer 7.2, or name a file: dbcharter import FILE schema.sql"
        raise DocumentError(f"{session.path}: {told or 'there is no DDL in it'}", hint)

    def place(line: int) -> tuple[str, int]:
        home = ddl.at_home(Target(DDL, line=line))
        return home.row or home.question, home.line

    context = existing(values.get(EXISTING_FILES), sources)
    return _Ddl(ddl.text, "the document", place, problems, context)


def _tables(schema: Schema, said: Sequence[str]) -> tuple[str, ...] | None:
    names = tuple(name.strip() for text in said for name in text.split(",") if name.strip())
    for name in names:
        if schema.table(name) is None:
            raise OperationError(f"the DDL has no table {name!r}", nearest(name, schema.tables))
    return names or None


def _keep(session: Session, new: Sequence[Proposal], *, accepted: bool) -> None:
    """Add the rows in one step and save. An interrupt comes too late from here on, and is ignored."""
    mark = {} if accepted else {DRAFT: True}
    rows: dict[str, list[dict[str, Any]]] = {}
    for proposal in new:
        rows.setdefault(proposal.question, []).append({**proposal.row, **mark})
    operation = ImportRows(rows=rows)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        session.apply(operation)
        session.save()
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on the terminal while a large text is read; it is erased at the end."""
    if size < _LARGE or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        percent = done * 100 // max(total, 1)
        if percent != shown:
            shown = percent
            filled = percent * _BAR // 100
            sys.stderr.write(f"\rreading the DDL [{'#' * filled}{'.' * (_BAR - filled)}] {percent:3} %")
            sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r" + " " * (_BAR + 30) + "\r")
        sys.stderr.flush()


def _tell(session: Session, outcome: _Outcome, options: Options) -> None:
    schema, name = outcome.schema, outcome.ddl.name
    say(f"{session.path}: {plural(len(schema.tables), 'table')} of {schema.dialect} read from {name}")
    if outcome.there:
        say(columns(_lines(session.bank, outcome)))
    for problem in outcome.ddl.problems:
        say(str(problem), error=True)
    for unread in schema.unread[:_TOLD]:
        file, line = outcome.ddl.place(unread.span.line)
        say(one_line(f"{file}:{line}: could not be read: {unread.reason}", 300), error=True)
    if schema.unread[_TOLD:]:
        say(f"and {len(schema.unread) - _TOLD} more that could not be read", error=True)
    if options.dry_run:
        say("nothing was written")
    elif not outcome.new:
        say("nothing was added")
    elif not options.accept:
        say(f"the new rows are drafts; look through them, then: dbcharter accept {session.path} --all")


def _lines(bank: Bank, outcome: _Outcome) -> Iterator[list[str]]:
    for question_id, there in outcome.there.items():
        question = bank.questions[question_id]
        proposed = f"{plural(outcome.count(question_id), 'row')} proposed"
        known = f"{there} there already" if there else ""
        yield [f"  {question.number}", question.title, proposed, known]


def _data(outcome: _Outcome, options: Options) -> dict[str, Any]:
    schema = outcome.schema
    places = [outcome.ddl.place(unread.span.line) for unread in schema.unread]
    data: dict[str, Any] = {
        "source": outcome.ddl.name,
        "dialect": schema.dialect,
        "tables": len(schema.tables),
        "written": bool(outcome.new) and not options.dry_run,
        "accepted": options.accept,
        "questions": [
            {"question": question, "proposed": outcome.count(question), "there": there}
            for question, there in outcome.there.items()
        ],
        "unread": [
            {"file": file, "line": line, "reason": unread.reason}
            for (file, line), unread in zip(places, schema.unread, strict=True)
        ],
        "problems": [{"path": p.where, "reason": p.message} for p in outcome.ddl.problems],
    }
    if options.dry_run:
        data["rows"] = [{"question": p.question, "row": thaw(p.row), "why": p.why} for p in outcome.new]
    return data


def list_drafts(session: Session) -> int:
    """Say how many drafts each question has: 1 when there are some."""
    numbers = {name: question.number for name, question in session.bank.questions.items()}
    found = [[f"  {numbers[name]}", name, plural(count, "draft")] for name, count in _drafts(session).items()]
    if not found:
        say(f"{session.path}: there are no drafts")
        return 0
    say(columns(found))
    say(f"to accept them: dbcharter accept {session.path} --all, or QUESTION, or QUESTION[ROW]")
    return 1


def accept_drafts(session: Session, which: Sequence[str]) -> int:
    """Accept the drafts that `which` names, all of them when it is empty; 1 when some are left."""
    before = _drafts(session)
    operations = [] if which else [Accept(question=name) for name in before]
    for word in which:
        if "[" in word:
            address = parse_address(session.bank, word)
            operations.append(Accept(question=address.question, row=address.row))
        else:
            chosen = select(session.bank, session.survey(), (word,))
            operations += [Accept(question=name) for name in chosen if name in before]
    command = secrets.token_hex(6)
    for operation in operations:
        session.apply(operation, group=command)
    session.save()
    left = sum(_drafts(session).values())
    say(f"{session.path}: {plural(sum(before.values()) - left, 'draft')} accepted, {left} left")
    return 1 if left else 0


def _drafts(session: Session) -> dict[str, int]:
    """By question, in the order of the interview, how many drafts there are."""
    counted = {name: count_drafts(session.answers.values.get(name)) for name in session.bank.questions}
    return {name: number for name, number in counted.items() if number}
