"""What a document says by its file and its journal together."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.changes import Change, difference
from app.document.codec import Document
from app.document.history import Step, describe, describe_kept, replayed
from app.document.journal import JournalError, mark_of, read_journal


class Recovered(NamedTuple):
    """`answers` with the steps of a journal; in words, what these brought back and what was left out."""

    answers: Answers
    done: tuple[str, ...]
    left: tuple[str, ...]


def recovered(bank: Bank, document: Document, answers: Answers, steps: Iterable[Step]) -> Recovered:
    """The answers that the file of `document` had once, with the steps behind that.

    Raises JournalError when a question of these has another name by now and the file is not migrated, and
    ValueError when a step cannot be read.
    """
    answers, done, left = replayed(bank, answers, steps)
    if left and _have_moved(bank, document, left):
        raise JournalError(
            "it holds changes to questions that have moved; dbcharter migrate takes them along"
        )
    reasons = (f"not taken up, as this bank does not have it: {describe(step)}" for step in left)
    return Recovered(answers, tuple(map(describe_kept, done)), tuple(reasons))


def unsaved(bank: Bank, document: Document, sha256: str, journal: Path) -> Recovered:
    """What the file of `document`, which has this hash, says with what only its journal has, which is read.

    Where that cannot be told, it is what the file says.
    """
    with contextlib.suppress(JournalError, ValueError):
        kept = read_journal(journal)
        mark = mark_of(kept.checkpoints, sha256)
        if mark is not None:
            steps = [step for step in kept.steps if step.seq > mark.seq]
            return recovered(bank, document, document.answers, steps)
    return Recovered(document.answers, (), ())


def _have_moved(bank: Bank, document: Document, steps: Iterable[Step]) -> bool:
    from app.document.migrations.moves import moves_since

    moved = {moved.from_ for moved in moves_since(bank, document.heading.bank_version)}
    return any(change.question in moved for step in steps for change in step.changes)


class TakenIn(NamedTuple):
    """What is said once somebody else has written the file: what came so, and what goes beyond the file."""

    answers: Answers
    came: Sequence[Change]
    beyond: Sequence[Change]


def taken_in(bank: Bank, base: Answers, ours: Answers, theirs: Answers) -> TakenIn:
    """Go on from `theirs`, with what `ours` says beyond `base` merged into it."""
    merged = theirs
    if ours is not base:
        from app.document.merge import merge

        merged = merge(bank, base, ours, theirs).answers
    beyond = difference(theirs, merged)
    answers = merged if beyond else theirs
    return TakenIn(answers, difference(ours, answers), beyond)
