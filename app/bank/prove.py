"""The part of a bank's proof that needs no interview: its conditions, and what it covers.

`condition_problems` finds conditions that decide nothing; `coverage` compares the bank with the
inventory of what has to be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.bank.check import FoundIn, cyclic, place_of
from app.bank.conditions import ConditionError, UnprovableError, assignments, compile_condition
from app.bank.dependencies import situations
from app.bank.model import Bank, ChecklistItem, Data, InventoryWaiver, file_key
from app.problems import BankError, Problem, nearest

INVENTORY_FILE = "inventory.tsv"
MAX_INVENTORY = 1_000_000
COVERED_KINDS = frozenset(
    {
        "section",
        "subsection",
        "table",
        "column",
        "enum-value",
        "prompt",
        "item",
        "question",
        "slot",
        "slot-template",
        "diagram",
        "checklist",
        "change-type",
        "required-section",
        "heading",
    }
)
"""Kinds of inventory rows that a bank must cover or waive."""

Inventory = Mapping[str, str]
"""The kind of each inventory id."""


class Named(Struct, frozen=True):
    """An inventory id and the place in the bank that names it, in words and as in `FoundIn`."""

    id: str
    where: str
    section: str
    path: tuple[str | int, ...]


class Coverage(Struct, frozen=True):
    """How a bank compares with its inventory.

    `wanted` counts the ids that must be covered or waived. `missing` pairs each id that is neither
    with its kind, `unknown` names ids that the inventory lacks, and `needless` waives ids that
    something covers all the same.
    """

    wanted: int
    missing: tuple[tuple[str, str], ...]
    unknown: tuple[Named, ...]
    needless: tuple[Named, ...]

    @property
    def complete(self) -> bool:
        return not (self.missing or self.unknown or self.needless)


def read_inventory(folder: Path) -> Inventory | None:
    """The inventory beside a bank, or None when it has none. Raises BankError when it is damaged."""
    file = folder / INVENTORY_FILE
    if not file.is_file():
        return None
    try:
        with file.open("r", encoding="utf-8") as stream:
            text: str = stream.read(MAX_INVENTORY)
    except (OSError, UnicodeDecodeError) as error:
        raise BankError([Problem(f"cannot be read: {error}", file=INVENTORY_FILE)]) from None
    kinds: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, tab, kind = line.partition("\t")
        if not tab or "\t" in kind:
            message = "must have two columns, id and kind"
            raise BankError([Problem(message, file=INVENTORY_FILE, line=number)])
        kinds[name] = kind
    kinds.pop("id", None)
    return kinds


def coverage(bank: Bank, inventory: Inventory) -> Coverage:
    """What of `inventory` the bank leaves out, and what the bank names that is not in it."""
    covers = [*_covers(bank.file, Named("", "", "", ()))]
    for section in bank.sections:
        covers += _covers(section, Named("", "", section.id, ()))
    waived = [
        Named(name, "waiver", "", ("waiver", number, "ids", position))
        for number, waiver in enumerate(bank.file.waivers)
        for position, name in enumerate(waiver.ids)
    ]
    covered = {cover.id for cover in covers}
    named = covered.union(waiver.id for waiver in waived)
    wanted = [name for name, kind in inventory.items() if kind in COVERED_KINDS]
    return Coverage(
        wanted=len(wanted),
        missing=tuple((name, inventory[name]) for name in wanted if name not in named),
        unknown=tuple(name for name in [*covers, *waived] if name.id not in inventory),
        needless=tuple(waiver for waiver in waived if waiver.id in covered),
    )


def missing_problems(found: Coverage) -> Iterator[Problem]:
    """What nothing in the bank answers for."""
    for name, kind in found.missing:
        yield Problem(f"nothing covers the {kind}", where=name, hint="cover it, or waive it with a reason")


def naming_problems(found: Coverage, inventory: Inventory) -> Iterator[FoundIn]:
    """Ids in the bank that do not belong there."""
    for name in found.unknown:
        hint = nearest(name.id, inventory)
        yield name.section, name.path, Problem(f"the inventory has no {name.id!r}", name.where, hint=hint)
    for name in found.needless:
        problem = Problem("is waived although something covers it", name.id, hint="drop the waiver")
        yield name.section, name.path, problem


def _covers(thing: object, at: Named) -> Iterator[Named]:
    """Every inventory id that `thing`, which stands at `at`, or anything inside it covers."""
    if isinstance(thing, tuple):
        for position, item in enumerate(thing):
            yield from _covers(item, replace(at, path=(*at.path, position)))
    elif isinstance(thing, Data) and not isinstance(thing, InventoryWaiver):
        label = next((str(v) for k in ("id", "number", "title") if (v := getattr(thing, k, None))), "")
        here = replace(at, where=".".join(part for part in (at.where, label) if part))
        if isinstance(thing, ChecklistItem):
            yield replace(here, id=thing.id, path=(*at.path, "id"))
        for name in thing.__struct_fields__:
            inside = replace(here, path=(*at.path, file_key(name)))
            if name == "covers":
                for position, covered in enumerate(getattr(thing, name)):
                    yield replace(inside, id=covered, path=(*inside.path, position))
            else:
                yield from _covers(getattr(thing, name), inside)


def condition_problems(bank: Bank) -> Iterator[FoundIn]:
    """Conditions that go in circles, decide nothing, or keep a question from ever being asked."""
    yield from cyclic(bank)
    for section in bank.sections:
        for position, sub in enumerate(section.subsections):
            path = ("subsection", position, "ask_when")
            for message in _constant(bank, sub.ask_when):
                yield section.id, path, Problem(message, where=sub.number)
    for question_id in bank.questions:
        section_id, place = place_of(bank, question_id)
        for message in _question_conditions(bank, question_id):
            yield section_id, (*place, "ask_when"), Problem(message, where=question_id)
    for number, rule in enumerate(bank.file.reviewers):
        for message in _constant(bank, rule.when):
            yield "", ("reviewer", number, "when"), Problem(message, where=rule.role)
    for number, enumeration in enumerate(bank.file.enumerations):
        for position, option in enumerate(enumeration.options):
            for message in _constant(bank, option.ask_when):
                where = f"{enumeration.id}.{option.id}"
                yield "", ("enumeration", number, "options", position), Problem(message, where=where)


def _constant(bank: Bank, text: str) -> Iterator[str]:
    """Why a single condition decides nothing, if it does not."""
    if text:
        yield from _verdict(bank, "", text)


def _question_conditions(bank: Bank, question_id: str) -> Iterator[str]:
    own, outer = bank.questions[question_id].ask_when, bank.subsection_of(question_id).ask_when
    found = list(_constant(bank, own))
    if any(_constant(bank, outer)):
        yield from found
        return
    if own and outer and not found:
        found = list(_verdict(bank, outer, own))
    yield from found
    if not found and not _can_be_asked(bank, question_id):
        yield "is never asked: the answers it waits for are parked whenever it could be"


def _can_be_asked(bank: Bank, question_id: str) -> bool:
    try:
        return any(asked for asked, _ in situations(bank, question_id))
    except ConditionError:
        return True


def _verdict(bank: Bank, outer: str, text: str) -> Iterator[str]:
    """Whether `text` decides anything where `outer` holds."""
    try:
        around = compile_condition(outer) if outer else None
        condition = compile_condition(text)
        both = (condition,) if around is None else (around, condition)
        seen = {
            condition.holds(values)
            for values in assignments(both, bank)
            if around is None or around.holds(values)
        }
    except UnprovableError as error:
        yield f"the condition {error}"
        return
    except ConditionError:
        return
    where = "" if around is None else " where its subsection is asked"
    if seen == {True}:
        yield f"the condition is always true{where}; leave it out"
    elif seen == {False}:
        yield f"the condition is never true{where}, so this is never asked"
