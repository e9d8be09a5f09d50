"""Commands with which reviewers and the author talk: threads, suggestions, verdicts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from app.approving import may_apply
from app.bank.model import Bank, Section
from app.cli.address import Address, parse_address, set_operation
from app.cli.edit import row_of
from app.cli.output import say
from app.document.machine import person as login
from app.document.operations import AddRow, RemoveRow, Set, SetCell, SetSlot
from app.document.row_changes import row_position
from app.document.text import clean
from app.document.values import row_addresses
from app.problems import OperationError, nearest
from app.review.anchors import Spot
from app.review.approval import section_name
from app.review.model import (
    AnyRecord,
    Decide,
    Records,
    Reopen,
    Reply,
    Resolve,
    Suggestion,
    Thread,
    Verdict,
    VerdictKind,
)
from app.review.names import person_file, review_folder
from app.review.reading import read_records
from app.review.roles import known_role
from app.review.row_suggestions import SetCells
from app.review.saying import something, suggestion_words, thread_words, verdict_words
from app.review.suggestions import Proposal, acceptance, proposals
from app.review.threads import Talk, threads
from app.review.verdicts import difference_since
from app.review.writing import append
from app.review.written import Change
from app.session import Session

_DONE: Mapping[VerdictKind, str] = {
    "approve": "approved as it is now",
    "request_changes": "changes requested",
    "comment": "remarked on",
}


def records_of(session: Session) -> Records:
    """What was said about the open document."""
    return read_records(review_folder(session.path))


def write(
    session: Session, who: str, role: str, model: type[AnyRecord], words: Mapping[str, Any]
) -> AnyRecord:
    """Add a record under the name `who`, or that of the login. Raises DocumentError or OperationError."""
    known_role(session.bank, role)
    return append(review_folder(session.path), who or login(), model, words, role=role)


# threads


def comment(session: Session, who: str, role: str, place: str, text: str, quote: str) -> int:
    """Begin a thread; on a section, give a verdict that only says something."""
    section = _find_section(session.bank, place)
    if section is not None:
        if quote:
            raise OperationError("a remark on a section quotes nothing", "name the question it is about")
        return decide(session, who, role, (place,), "comment", text)
    address = _present(session, parse_address(session.bank, place))
    spot = Spot(address.row, address.column or None)
    words = thread_words(session.bank, session.answers, address.question, spot, text, quote)
    record = write(session, who, role, Thread, words)
    say(f"{record.id}: begun on {place}")
    return 0


def _present(session: Session, address: Address) -> Address:
    """The address with its row as the document spells it. Raises OperationError where there is none."""
    if address.question not in session.bank.questions:
        raise OperationError(f"{address.question} is not a question")
    if address.row is None:
        return address
    question = session.bank.questions[address.question]
    rows = session.answers.rows(address.question)
    at = row_position(question, address.question, rows, address.row)
    return Address(address.question, row_addresses(question, rows)[at], address.column)


def reply(session: Session, who: str, role: str, thread: str, text: str) -> int:
    talk = talk_called(records_of(session), thread)
    record = write(session, who, role, Reply, {"thread": talk.thread.id, "text": something(text)})
    say(f"{record.id}: said in {talk.thread.id}" + ("" if talk.is_open else ", which is resolved"))
    return 0


def turn(session: Session, who: str, role: str, thread: str, *, is_open: bool) -> int:
    """Resolve a thread or open it again."""
    talk = talk_called(records_of(session), thread)
    word = "open" if is_open else "resolved"
    if talk.is_open == is_open:
        say(f"{talk.thread.id}: is {word} already")
        return 0
    write(session, who, role, Reopen if is_open else Resolve, {"thread": talk.thread.id})
    say(f"{talk.thread.id}: {word}")
    return 0


def talk_called(records: Records, name: str) -> Talk:
    """A thread by its id. Raises OperationError."""
    found = {talk.thread.id: talk for talk in threads(records)}
    if name not in found:
        raise OperationError(f"there is no thread {name!r}", nearest(name, found))
    return found[name]


# suggestions


def suggest(
    session: Session, who: str, role: str, place: str, new: Sequence[str], text: str, *, remove: bool = False
) -> int:
    """Suggest another value for one place, or a change of a row, bound to what is there."""
    address = _present(session, parse_address(session.bank, place))
    change = _without(address, new) if remove else _change(session.bank, address, new)
    words = suggestion_words(session.bank, session.answers, change, text)
    record = write(session, who, role, Suggestion, words)
    say(f"{record.id}: suggested for {place}")
    return 0


def _change(bank: Bank, address: Address, new: Sequence[str]) -> Change:
    question = bank.questions[address.question]
    if not new:
        raise OperationError("say the value that you suggest")
    if question.has_rows and not address.column:
        cells = row_of(bank, question, new)
        if address.row is None:
            return AddRow(question=address.question, row=cells)
        return SetCells(question=address.question, row=address.row, cells=cells)
    operation = set_operation(bank, address, new)
    assert isinstance(operation, Set | SetCell | SetSlot)  # since it is the address of an answer
    return operation


def _without(address: Address, new: Sequence[str]) -> RemoveRow:
    if new or address.row is None or address.column:
        raise OperationError("only a row can be suggested to go away", "name it: section.question[row]")
    return RemoveRow(question=address.question, row=address.row)


def accept(session: Session, who: str, name: str) -> int:
    """Take an open suggestion as one step of the history under its author's name, and note the decision."""
    records = records_of(session)
    proposal = _undecided(session, records, name)
    suggestion = proposal.suggestion
    operations = acceptance(session.bank, session.answers, suggestion)
    for operation in operations:
        may_apply(session, operation, date.today(), records)
    person_file(review_folder(session.path), who or login())
    group = secrets.token_hex(6)
    for operation in operations:
        session.apply(operation, group=group, who=records.name_of(suggestion.person))
    session.save()
    write(session, who, "", Decide, {"suggestion": suggestion.id, "decision": "accept"})
    say(f"{suggestion.id}: accepted; dbcharter undo takes it back")
    return 0


def reject(session: Session, who: str, name: str, text: str) -> int:
    proposal = _undecided(session, records_of(session), name)
    words = {"suggestion": proposal.suggestion.id, "decision": "reject", "text": clean(text).strip()}
    write(session, who, "", Decide, words)
    say(f"{proposal.suggestion.id}: rejected, and kept")
    return 0


def _undecided(session: Session, records: Records, name: str) -> Proposal:
    found = {p.suggestion.id: p for p in proposals(session.bank, session.answers, records)}
    if name not in found:
        raise OperationError(f"there is no suggestion {name!r}", nearest(name, found))
    decided = found[name].decided
    if decided is not None:
        raise OperationError(f"{name} was {found[name].fate} by {records.name_of(decided.person)} already")
    return found[name]


# verdicts


def _find_section(bank: Bank, text: str) -> Section | None:
    return next((s for s in bank.sections if text in (s.id, str(s.number))), None)


def section_called(bank: Bank, name: str) -> Section:
    """A section by its id or number. Raises OperationError."""
    section = _find_section(bank, name)
    if section is None:
        raise OperationError(f"there is no section {name!r}", nearest(name, bank.section_by_id))
    return section


def _sections(bank: Bank, names: Sequence[str]) -> list[Section]:
    return [section_called(bank, name) for name in names]


def decide(
    session: Session, who: str, role: str, names: Sequence[str], verdict: VerdictKind, text: str
) -> int:
    """Give a verdict on each section as the answer file says it now."""
    if not names:
        raise OperationError("say which section", "dbcharter review approve FILE SECTION")
    if verdict != "approve":
        something(text)
    sections, known = _sections(session.bank, names), known_role(session.bank, role)
    for section in sections:
        words = verdict_words(session.bank, session.answers, section.id, verdict, known, text)
        write(session, who, role, Verdict, words)
        say(f"{section_name(session.bank, section.id)}: {_DONE[verdict]}")
    return 0


def show_changes(session: Session, who: str, names: Sequence[str]) -> int:
    """Print what changed since one's own last verdict on each section; 1 when something did."""
    slug = person_file(Path(), who or login()).stem
    wanted = [section.id for section in _sections(session.bank, names)]
    last = {v.section: v for v in records_of(session).of(Verdict) if v.person == slug}
    if not last:
        raise OperationError(f"{slug} has given no verdict yet")
    found = [
        difference_since(session.bank, session.answers, verdict)
        for section, verdict in last.items()
        if section in wanted or not wanted
    ]
    say("".join(found).rstrip("\n") or "nothing has changed since")
    return 1 if any(found) else 0
