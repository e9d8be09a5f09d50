"""Threads: what was said about a place, what was answered, and whether that is settled."""

from __future__ import annotations

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.review.anchors import Anchor, anchor
from app.review.model import Record, Records, Reopen, Reply, Resolve, Thread


class Talk(Struct, frozen=True):
    """A thread with all that followed. `turned` is what opened or resolved it last, if anything did."""

    thread: Thread
    replies: tuple[Reply, ...] = ()
    turned: Record | None = None

    @property
    def is_open(self) -> bool:
        return not isinstance(self.turned, Resolve)


def threads(records: Records) -> tuple[Talk, ...]:
    """Every thread in the order in which they began. A reply does not open a resolved one again."""
    found: dict[str, Talk] = {}
    for thread in records.of(Thread):
        found.setdefault(thread.id, Talk(thread))
    for record in records.records:
        if isinstance(record, Reply) and record.thread in found:
            talk = found[record.thread]
            found[record.thread] = Talk(talk.thread, (*talk.replies, record), talk.turned)
        elif isinstance(record, Resolve | Reopen) and record.thread in found:
            talk = found[record.thread]
            found[record.thread] = Talk(talk.thread, talk.replies, record)
    return tuple(found.values())


def anchor_of(bank: Bank, answers: Answers, thread: Thread) -> Anchor:
    """What became of the place that a thread is about."""
    return anchor(bank, answers, thread.question, thread.row, thread.column, thread.quote)
