"""The proof of a bank: nothing in it is unreachable, undecided or forgotten.

A bank that loads is well formed; the proof says that it also makes sense as an interview.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from msgspec import Struct

from app.bank.check import FoundIn
from app.bank.conditions import ConditionError
from app.bank.dependencies import situations
from app.bank.load import placed, read_bank
from app.bank.model import Bank
from app.bank.prove import (
    Coverage,
    Inventory,
    condition_problems,
    coverage,
    missing_problems,
    naming_problems,
    read_inventory,
)
from app.interview.extents import Extent, extents
from app.problems import Problem


class Proof(Struct, frozen=True):
    """What was proven about a bank.

    `problems` is everything that is wrong. `optional_only` names questions that apply for some
    profile and are required by none: information, not a fault. `coverage` is None for a bank
    without an inventory. `extents` is empty for a bank that did not load.
    """

    problems: tuple[Problem, ...]
    optional_only: tuple[str, ...] = ()
    extents: tuple[Extent, ...] = ()
    coverage: Coverage | None = None

    @property
    def holds(self) -> bool:
        return not self.problems


def prove_folder(folder: Path) -> tuple[Bank | None, Proof]:
    """Load the bank in `folder` and prove it; problems name their file and line.

    Raises BankError when the folder cannot be read at all or its inventory is damaged.
    """
    bank, problems = read_bank(folder)
    if bank is None or problems:
        return bank, Proof(tuple(problems))
    inventory = read_inventory(folder)
    covered = None if inventory is None else coverage(bank, inventory)
    return bank, _proof(bank, covered, placed(folder, _faults(bank, inventory, covered)))


def prove(bank: Bank, inventory: Inventory | None = None) -> Proof:
    """Prove a bank that is already loaded; its problems name questions, not files."""
    covered = None if inventory is None else coverage(bank, inventory)
    return _proof(bank, covered, [problem for _, _, problem in _faults(bank, inventory, covered)])


def _faults(bank: Bank, inventory: Inventory | None, covered: Coverage | None) -> Iterator[FoundIn]:
    yield from condition_problems(bank)
    if inventory is not None and covered is not None:
        yield from naming_problems(covered, inventory)


def _proof(bank: Bank, covered: Coverage | None, faults: Sequence[Problem]) -> Proof:
    problems = (*faults, *(missing_problems(covered) if covered is not None else ()))
    return Proof(problems, tuple(optional_only(bank)), extents(bank), covered)


def optional_only(bank: Bank) -> Iterator[str]:
    """Questions that can be asked although no profile under which they are asked requires them."""
    sources: dict[str, list[_Source]] = {}
    for source, parts in _requirements(bank):
        for question_id in dict.fromkeys(qid for part in parts for qid in bank.required_by(part)):
            sources.setdefault(question_id, []).append(source)
    for question_id in bank.questions:
        if _is_optional(bank, question_id, sources.get(question_id, [])):
            yield question_id


def _is_optional(bank: Bank, question_id: str, sources: Sequence[_Source]) -> bool:
    try:
        found = list(situations(bank, question_id))
    except ConditionError:
        return False
    told_apart = frozenset[str]().union(*(_ids(values) for _, values in found))
    asked = [values for is_asked, values in found if is_asked]
    return bool(asked) and not any(source.fits(values, told_apart) for values in asked for source in sources)


def _ids(values: Mapping[str, object]) -> frozenset[str]:
    """The change types and traits of a situation, each marked with which of the two it is."""
    return frozenset(
        f"{name} {chosen}"
        for name in ("change_types", "traits")
        for chosen in cast("frozenset[str]", values.get(name, frozenset()))
    )


class _Source(Struct, frozen=True):
    """The least that a profile must have for a requirement to count; `ids` as in `_ids`."""

    ids: frozenset[str] = frozenset()
    risk: int = 0
    template: str = ""

    def fits(self, values: Mapping[str, object], told_apart: frozenset[str]) -> bool:
        """Whether a profile can be in the situation `values` and have all this.

        Ids that the situations do not tell apart are free.
        """
        return (
            self.ids & told_apart <= _ids(values)
            and self.risk <= cast("int", values.get("risk", self.risk))
            and self.template in ("", values.get("template", self.template))
        )


def _requirements(bank: Bank) -> Iterator[tuple[_Source, tuple[str, ...]]]:
    """Everything that makes parts of the bank required."""
    for requirement in bank.file.requires:
        yield _Source(), requirement.parts
    for change in bank.file.change_types:
        for requirement in change.requires:
            implied = (f"traits {trait}" for trait in change.implies)
            yield _Source(frozenset({f"change_types {change.id}", *implied})), requirement.parts
    for level in bank.file.risks:
        for requirement in level.requires:
            yield _Source(risk=level.rank), requirement.parts
    for trait in bank.file.traits:
        for requirement in trait.requires:
            yield _Source(frozenset({f"traits {trait.id}"})), requirement.parts
    for heading in bank.file.compact:
        yield _Source(template="compact"), tuple(part.question for part in heading.parts)
