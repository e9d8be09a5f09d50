"""Who changed what and when, as a list of steps, and what of it can be undone and done again.

Steps are only ever added: undoing is a step too. So the list is at the same time the way from the
saved file to the present answers, and the history that people read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

from app.bank.model import Bank
from app.document import changes
from app.document.answers import Answers
from app.document.changes import Change
from app.document.operations import Operation
from app.document.text import one_line
from app.document.text_runs import LONG
from app.problems import OperationError

Kind = Literal["edit", "undo", "redo", "outside", "created"]


class Step(Struct, frozen=True):
    """One entry of the history.

    `seq` counts from 1 without an end, `at` is ISO 8601 in UTC, `operation` JSON and `change` the
    text of `changes.to_text`. Steps of one `group` that follow each other are undone as one.
    """

    seq: int
    at: str
    who: str
    kind: Kind
    operation: str
    change: str
    group: str = ""

    @property
    def size(self) -> int:
        """How many characters it takes to keep it."""
        return len(self.operation) + len(self.change)

    @property
    def changes(self) -> tuple[Change, ...]:
        """Raises ValueError when the text has been damaged."""
        return changes.from_text(self.change)


@dataclass
class Stacks:
    """Groups of steps that can be undone, and those that can be done again; the last one comes first."""

    undo: list[list[Step]] = field(default_factory=list)
    redo: list[list[Step]] = field(default_factory=list)


def stacks(steps: Iterable[Step]) -> Stacks:
    """What the steps leave to undo and to do again; steps that are no longer kept count for neither."""
    found = Stacks()
    before: Step | None = None
    for step in steps:
        match step.kind:
            case "edit" if before is not None and found.undo and _is_edit_of(before, step.group):
                found.undo[-1].append(step)
            case "edit" if step.change:
                found.undo.append([step])
                found.redo.clear()
            case "undo":
                if found.undo:
                    found.undo.pop()
                found.redo.append([step])
            case "redo":
                if found.redo:
                    found.redo.pop()
                found.undo.append([step])
        before = step
    return found


def turns(steps: Iterable[Step]) -> list[int | None]:
    """For each step, how to get back to what was said right after it.

    That many redos lead there, or undos when it is negative; None where neither does, as for what was
    undone before other things were said.
    """
    undo: list[_Said] = []
    redo: list[_Said] = []
    after: list[_Said | None] = []
    before: Step | None = None
    for step in steps:
        match step.kind:
            case "edit" if before is not None and undo and _is_edit_of(before, step.group):
                undo[-1] = _Said(undo[-1].depth)
            case "edit" if step.change:
                undo.append(_Said(len(undo) + 1))
                redo.clear()
            case "undo":
                redo.append(undo.pop() if undo else _Said(0))
            case "redo":
                undo.append(redo.pop() if redo else _Said(len(undo) + 1))
        after.append(undo[-1] if undo else None)
        before = step
    there = {said: said.depth for said in (*undo, *redo)}
    here = len(undo)
    return [-here if said is None else there[said] - here if said in there else None for said in after]


class _Said(Struct, frozen=True, eq=False):
    """What was said after a group of steps, the `depth`th of those that can be undone."""

    depth: int


def replayed(bank: Bank, answers: Answers, steps: Iterable[Step]) -> tuple[Answers, list[Step], list[Step]]:
    """The answers after `steps`, the steps that changed something, and those about unknown questions.

    Raises ValueError when a step cannot be read.
    """
    done: list[Step] = []
    left: list[Step] = []
    for step in steps:
        if _unknown(bank, step):
            left.append(step)
        elif step.change:
            answers = changes.redo(answers, step.changes)
            done.append(step)
    return answers, done, left


def reverted(bank: Bank, answers: Answers, step: Step) -> Answers:
    """The answers without a step. Raises OperationError when what it left is not there any more."""
    unknown = _unknown(bank, step)
    if unknown:
        raise OperationError(f"this bank has no question {unknown!r}")
    return changes.undo(answers, step.changes)


def _unknown(bank: Bank, step: Step) -> str:
    """A question of the step that the bank does not have, or ""."""
    names = (change.question for change in step.changes if change.part not in changes.UNSAID)
    return next((name for name in names if name and name not in bank.questions), "")


def _is_edit_of(step: Step, group: str) -> bool:
    return bool(group) and step.kind == "edit" and step.group == group


def continues(last: Step, operation: Operation, group: str) -> bool:
    """Whether `operation` says again what the last step said, as the next key of a text being typed does."""
    if not _is_edit_of(last, group) or operation.op not in _TYPED:
        return False
    text = _text_of(operation.op)
    now = json.loads(_dumped({name: one for name, one in asdict(operation).items() if name != text}))
    said: Mapping[str, Any] = json.loads(last.operation)
    same: bool = now == {name: value for name, value in said.items() if name != text}
    return same


_TYPED = ("set", "set_slot", "row_set", "note")


def _text_of(op: str) -> str:
    """The part of an operation that holds what is typed."""
    return "note" if op == "note" else "value"


def as_json(operation: Operation) -> str:
    """An operation as JSON in ASCII, whatever it holds; of a long text typed only the beginning.

    The change of the step has all of it.
    """
    said = asdict(operation)
    text = _text_of(operation.op)
    if isinstance(said.get(text), str) and len(said[text]) > LONG:
        said[text] = said[text][:_BEGINNING] + "…"
    return _dumped(said)


_BEGINNING = 80


def _dumped(said: Mapping[str, Any]) -> str:
    return json.dumps(said, default=str)


def describe(step: Step) -> str:
    """What a step did, in a few words without its text: `set control.title`."""
    said: Mapping[str, Any] = json.loads(step.operation) if step.operation else {}
    words = _words(said)
    return f"{step.kind}: {words}" if step.kind in ("undo", "redo") else words


def _words(said: Mapping[str, Any]) -> str:
    question = one_line(str(said.get("question", "")))
    row = f"{question}[{one_line(str(said.get('row')))}]"
    match said.get("op"):
        case "set":
            return f"set {question}"
        case "set_slot":
            return f"set {question}.{one_line(str(said.get('slot')))}"
        case "clear":
            return f"removed {question}"
        case "row_add":
            return f"added a row to {question}"
        case "import":
            added = said.get("rows") or {}
            number = sum(map(len, added.values()))
            return f"imported {number} {'row' if number == 1 else 'rows'} of {len(added)} tables"
        case "accept":
            return f"accepted {question if said.get('row') is None else row}"
        case "row_set":
            return f"set {row}.{one_line(str(said.get('column')))}"
        case "row_remove":
            return f"removed {row}"
        case "row_move":
            return f"moved {row}"
        case "status":
            return f"{(said.get('state') or 'asked again').replace('_', ' ')}: {question}"
        case "note":
            return f"noted something on {question}"
        case "waive":
            return f"waived {one_line(str(said.get('code')))} at {one_line(str(said.get('target')))}"
        case "unwaive":
            return f"took back the waiver of {one_line(str(said.get('code')))}"
        case "resolve":
            return f"settled the conflict at {question}"
        case "looked":
            return "found answers still right that rest on DDL in files"
        case "profile":
            return "changed the profile"
        case "created":
            return "started the document"
        case "outside":
            names = said.get("changed") or ["nothing that is an answer"]
            return f"changed outside: {one_line(', '.join(map(str, names)), 200)}"
        case "kept":
            return f"kept in a merge: {one_line(', '.join(map(str, said.get('changed') or ())), 200)}"
    return f"{one_line(str(said.get('op', 'changed')))} {question}".strip()


def describe_kept(step: Step) -> str:
    """What a step that the file does not hold brings back."""
    if step.kind != "outside":
        return describe(step)
    return f"kept in a merge: {one_line(', '.join(names_of(step.changes)), 200)}"


def names_of(found: Sequence[Change]) -> list[str]:
    """The questions and parts that changes are about, each once."""
    about = (change for change in found if change.part not in changes.UNSAID)
    return list(dict.fromkeys(change.question or change.part for change in about))
