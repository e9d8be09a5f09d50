"""Commands that fill a document from its DDL: proposals become drafts, and drafts become answers."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from app.bank.model import Bank
from app.cli.address import parse_address
from app.cli.output import columns, say, say_json
from app.document.answers import thaw
from app.document.drafts import count_drafts
from app.document.operations import Accept, ImportRows
from app.document.text import one_line, plural
from app.interview.navigation import select
from app.problems import DocumentError
from app.readiness.ddl_proposals import DdlProposals, DdlToRead, ddl_at, ddl_of_document, propose
from app.schema.sources import DDL
from app.session import Session

_TOLD = 20
"""How many unread statements are listed."""
_LARGE = 200_000
"""From this many characters of DDL on, a terminal is shown how far the reading is."""
_BAR = 30


class Options(Struct, frozen=True):
    """How to import. One of `tables` may hold several names, separated with commas."""

    tables: tuple[str, ...] = ()
    accept: bool = False
    dry_run: bool = False
    json: bool = False


def import_rows(session: Session, source: Path | None, options: Options) -> int:
    """Propose rows for what the DDL at `source`, or that of the document, makes; keep them, and say so.

    Raises DocumentError when there is nothing to read, OperationError for a table that is not in it.
    """
    ddl = _of_document(session) if source is None else ddl_at(source, session.answers)
    name = "the document" if source is None else str(source)
    tables = tuple(name.strip() for text in options.tables for name in text.split(",") if name.strip())
    with _progress(len(ddl.text)) as progress:
        found = propose(session.bank, session.answers, ddl, tables, progress)
    if found.new and not options.dry_run:
        _keep(session, found.rows(draft=not options.accept))
    if options.json:
        say_json(_data(found, name, options))
    else:
        _tell(session, found, name, options)
    return 0


def _of_document(session: Session) -> DdlToRead:
    sources = session.sources()
    ddl = ddl_of_document(session.answers, sources)
    if ddl is None:
        problems = [problem for source in sources.values() for problem in source.problems]
        told = "; ".join(f"{problem.where}: {problem.message}" for problem in problems)
        hint = "answer 7.2, or name a file: dbcharter import FILE schema.sql"
        raise DocumentError(f"{session.path}: {told or 'there is no DDL in it'}", hint)
    return ddl


def _keep(session: Session, operation: ImportRows) -> None:
    """Add the rows in one step and save. An interrupt comes too late from here on, and is ignored."""
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


def _tell(session: Session, found: DdlProposals, name: str, options: Options) -> None:
    schema = found.schema
    number = len(schema.tables) + len(schema.altered)
    say(f"{session.path}: {plural(number, 'table')} of {schema.dialect} read from {name}")
    if found.there:
        say(columns(_lines(session.bank, found)))
    for problem in found.problems:
        say(str(problem), error=True)
    for unread in found.not_read[:_TOLD]:
        place = f"{unread.file or DDL}:{unread.line}"
        say(one_line(f"{place}: could not be read: {unread.reason}", 300), error=True)
    if found.not_read[_TOLD:]:
        say(f"and {len(found.not_read) - _TOLD} more that could not be read", error=True)
    if options.dry_run:
        say("nothing was written")
    elif not found.new:
        say("nothing was added")
    elif not options.accept:
        say(f"the new rows are drafts; look through them, then: dbcharter accept {session.path} --all")


def _lines(bank: Bank, found: DdlProposals) -> Iterator[list[str]]:
    counts = found.counts()
    for question_id, there in found.there.items():
        question = bank.questions[question_id]
        proposed = f"{plural(counts.get(question_id, 0), 'row')} proposed"
        known = f"{there} there already" if there else ""
        yield [f"  {question.number}", question.title, proposed, known]


def _data(found: DdlProposals, name: str, options: Options) -> dict[str, Any]:
    counts = found.counts()
    data: dict[str, Any] = {
        "source": name,
        "dialect": found.schema.dialect,
        "tables": len(found.schema.tables) + len(found.schema.altered),
        "written": bool(found.new) and not options.dry_run,
        "accepted": options.accept,
        "questions": [
            {"question": question, "proposed": counts.get(question, 0), "there": there}
            for question, there in found.there.items()
        ],
        "unread": [
            {"file": one.file or DDL, "line": one.line, "reason": one.reason} for one in found.not_read
        ],
        "problems": [{"path": p.where, "reason": p.message} for p in found.problems],
    }
    if options.dry_run:
        data["rows"] = [{"question": p.question, "row": thaw(p.row), "why": p.why} for p in found.new]
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
