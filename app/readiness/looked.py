"""What is kept of the DDL in files when an answer that rests on it is edited, or found still right."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.bank.model import Bank
from app.document.answers import Answers, Value
from app.document.drafts import is_draft
from app.document.operations import Looked
from app.readiness.facts.reopening import Part, asked_again, part_of
from app.readiness.facts.tables import addressed, addresses, rows
from app.readiness.reopening import Again, Reopening
from app.schema.outline import Difference
from app.schema.sources import DDL_FILES


def after_edit(bank: Bank, found: Reopening, before: Answers, after: Answers) -> Looked | None:
    """What the answer file should keep after an edit, or None.

    An answer, or a row of it, that is another one than before has been looked at. `found` may come from
    answers a few edits ago.
    """
    changed = _open_changes(found, after)
    seen: dict[str, str | None] = dict(found.unseen)
    looked: dict[str, str] = {}
    gone: set[str] = set()
    for question in found.resting:
        old, new = before.values.get(question), after.values.get(question)
        if old is new:
            continue
        for part in _edited(bank, question, old, new):
            names = (found.unknown[key] for key in part.tables & found.unknown.keys())
            seen |= {name: found.tables[name].outline for name in names if name not in found.changed}
            asked = asked_again(part, changed, found.tables, after.seen) if changed else None
            if asked is not None:
                looked[asked.address] = asked.digest
        gone |= _gone(bank, found, question, new)
    if before.values.get(DDL_FILES) is not after.values.get(DDL_FILES):
        gone |= {again.address for again in found.again if again.question == DDL_FILES}
    return _kept(found, after, seen, looked, gone)


def _edited(bank: Bank, question: str, old: Value | None, new: Value | None) -> Iterator[Part]:
    """The parts of an answer that are other ones than before; drafts are not answers yet."""
    known = set(map(id, _items(bank, question, old)))
    edited = {id(value) for value in _items(bank, question, new) if id(value) not in known}
    if new is None or not edited:
        return
    named = addressed(bank, question, new) if bank.questions[question].has_rows else (("", new),)
    for row, value in named:
        if id(value) in edited and not (isinstance(value, Mapping) and is_draft(value)):
            yield part_of(bank, question, row, value)


def _items(bank: Bank, question: str, value: Value | None) -> Sequence[Value]:
    if value is None:
        return ()
    return rows(value) if bank.questions[question].has_rows else (value,)


def _gone(bank: Bank, found: Reopening, question: str, value: Value | None) -> set[str]:
    """The addresses of answers that were to be looked at again, and are not there any more."""
    asked = {again.row: again.address for again in found.again if again.question == question}
    if not asked or value is None:
        return set(asked.values())
    there = set(addresses(bank, question, value)) if bank.questions[question].has_rows else {""}
    return {address for row, address in asked.items() if row not in there}


def confirmed(
    found: Reopening, answers: Answers, questions: Collection[str] | None = None
) -> tuple[Looked | None, tuple[Again, ...]]:
    """What to keep when the answers to `questions`, or all, are still right, and which those are."""
    chosen = tuple(again for again in found.again if questions is None or again.question in questions)
    looked = {again.address: again.digest for again in chosen}
    return _kept(found, answers, found.unseen, looked, set()), chosen


def left(found: Reopening, answers: Answers) -> tuple[Again, ...]:
    """What nobody has looked at yet, according to `answers`."""
    if not _open_changes(found, answers):
        return ()
    return tuple(again for again in found.again if answers.looked.get(again.address) != again.digest)


def _kept(
    found: Reopening,
    answers: Answers,
    unseen: Mapping[str, str | None],
    looked: Mapping[str, str],
    gone: Collection[str],
) -> Looked | None:
    """Once nothing is left to be looked at, the tables as they are now are what was seen."""
    seen = dict(unseen)
    noted: dict[str, str | None] = dict(looked)
    changed = _open_changes(found, answers)
    known = {**answers.looked, **looked}
    waiting = [a for a in found.again if a.address not in gone and known.get(a.address) != a.digest]
    if changed and not waiting:
        for name in changed:
            seen[name] = found.tables[name].outline if name in found.tables else None
        noted = dict.fromkeys(answers.looked)
    seen = {name: text for name, text in seen.items() if answers.seen.get(name) != text}
    noted = {address: text for address, text in noted.items() if answers.looked.get(address) != text}
    return Looked(seen=seen, looked=noted) if seen or noted else None


def _open_changes(found: Reopening, answers: Answers) -> Mapping[str, tuple[Difference, ...]]:
    """The changes that the answers have not seen yet."""

    def seen(name: str) -> bool:
        table = found.tables.get(name)
        return answers.seen.get(name) == (table.outline if table is not None else None)

    return {name: different for name, different in found.changed.items() if not seen(name)}
