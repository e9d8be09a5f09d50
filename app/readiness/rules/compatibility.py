"""The migration rule about the compatibility matrix: which version runs on which schema."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.changes import Changes
from app.readiness.facts.destruction import destroyed
from app.readiness.facts.objects import identifiers
from app.readiness.facts.steps import steps_of
from app.readiness.facts.tables import addressed, bare_key, cell, name_key
from app.readiness.registry import Yield, at, rule

_PHASES = {
    "old_schema": "today's schema",
    "expanded_schema": "the expanded schema",
    "contracted_schema": "the contracted schema",
}
_USE = patterns.compile(
    r"\b(?:reads?|writes?|uses?|needs?|selects?|inserts?|updates?|mirrors?|fills?)\b", re.IGNORECASE
)
_NEGATED = patterns.compile(
    r"\b(?:not|no longer|never|without|neither|nor|stops?|ends?|if|when|where|either|flag|unless|ignores?|"
    r"instead of|"
    r"except|but)\b|n't\b",
    re.IGNORECASE,
)
_CLAUSE = patterns.compile(r"[;,.:]|\b(?:and|but)\b")
_OLD = patterns.compile(r"\b(?:the )?old (?:columns?|tables?|schema)\b", re.IGNORECASE)
_NEW = patterns.compile(r"\b(?:the )?new (?:columns?|tables?|schema)\b", re.IGNORECASE)


@rule(
    "MG05",
    "compatibility-contradiction",
    "B",
    sections=("11.5",),
    checklist=("CHK11", "CHK12"),
    cross_checks=("RVW06",),
    what="The compatibility matrix contradicts itself or the steps: no version runs on a schema, none "
    "survives the change from one schema to the next, or a version is said to run without what it reads "
    "or writes.",
    why="During a deploy two versions run at once. The cell that says no is the minute in which the site "
    "is down, and better found in a table than in production.",
    fix="Add the version that runs on both schemas, or correct the cell; write conditional with the "
    "condition where a flag decides.",
    wrong_when="The version writes the object only behind a flag: write conditional, and name the flag.",
    fires="""
[profile]
traits = ["existing_data"]

[[migration.compatibility]]
version = "catalog 41, reads the old column"
old_schema = "yes"
expanded_schema = "no"
contracted_schema = "no"

[[migration.compatibility]]
version = "catalog 42, reads the new column"
old_schema = "no"
expanded_schema = "yes"
contracted_schema = "yes"
""",
    silent=(
        """
[profile]
traits = ["existing_data"]

[[migration.steps]]
step = "5"
kind = "contract"
action = "DROP COLUMN shelf_code on copy, unused for 30 days"
owner = "Ilse Brandt"
safety_guard = "lock_timeout 2 s"
rollback = "none: roll forward"

[[migration.compatibility]]
version = "catalog 41, reads and writes shelf_code"
old_schema = "yes"
expanded_schema = "yes"
contracted_schema = "no"

[[migration.compatibility]]
version = "catalog 42, writes shelf_code if the flag is on"
old_schema = "no"
expanded_schema = "yes"
contracted_schema = "yes"

[[migration.compatibility]]
version = "label printer 3, does not read shelf_code"
old_schema = "yes"
expanded_schema = "yes"
contracted_schema = "yes"
""",
        """
[profile]
traits = ["existing_data"]

[[migration.compatibility]]
version = "catalog 41"
old_schema = "yes"
expanded_schema = "conditional: without the nightly export"
contracted_schema = "as expanded: nothing is removed"

[[migration.compatibility]]
version = "catalog 42"
old_schema = "no"
expanded_schema = "yes"
contracted_schema = "as expanded: nothing is removed"
""",
    ),
)
def compatibility_contradiction(
    bank: Bank, changes: Changes, migration_steps: Value | None, migration_compatibility: Value | None
) -> Iterator[Yield]:
    found = list(addressed(bank, "migration.compatibility", migration_compatibility))
    if not found:
        return
    marks = [{phase: _mark(cell(row, phase)) for phase in _PHASES} for _, row in found]
    complete = {phase: all(mark[phase] for mark in marks) for phase in _PHASES}
    empty = [p for p in _PHASES if complete[p] and all(mark[p] == "no" for mark in marks)]
    for phase in empty:
        message = f"no version runs on {_PHASES[phase]}"
        yield at("migration.compatibility", message, fix="add the version that does, or correct a cell")
    for before, after in (("old_schema", "expanded_schema"), ("expanded_schema", "contracted_schema")):
        if not (complete[before] and complete[after]) or before in empty or after in empty:
            continue
        if not any(mark[before] != "no" and mark[after] != "no" for mark in marks):
            message = (
                f"no version runs on both {_PHASES[before]} and {_PHASES[after]}, so nothing can run while "
                "one becomes the other"
            )
            fix = "add the version that runs on both, or plan the downtime in 11.3"
            yield at("migration.compatibility", message, fix=fix)
    yield from _against_steps(bank, found, marks, changes, migration_steps)


def _mark(words: str) -> str:
    """yes, no or conditional; "" for anything else."""
    first = words.strip().casefold().split(":")[0].split(",")[0].split(" ")[0].strip(".;()")
    return first if first in ("yes", "no", "conditional") else ""


def _against_steps(
    bank: Bank,
    found: list[tuple[str, Row]],
    marks: list[dict[str, str]],
    changes: Changes,
    steps: Value | None,
) -> Iterator[Yield]:
    dropped = frozenset(_dropped(bank, changes, steps))
    added = {name_key(act.name) for c in changes.on_existing for act in c.named("add_column")} - dropped
    for (address, row), mark in zip(found, marks, strict=True):
        uses = list(_uses(cell(row, "version")))
        if mark["contracted_schema"] == "yes":
            name = next((n for n, key in uses if key in dropped or (dropped and _OLD.fullmatch(n))), None)
            if name:
                message = (
                    f"it uses {name}, which the contracted schema does not have, and is said to run on it"
                )
                fix = "correct the cell, or write conditional and the flag"
                yield at("migration.compatibility", message, row=address, column="contracted_schema", fix=fix)
        if mark["old_schema"] == "yes":
            name = next((n for n, key in uses if key in added or (added and _NEW.fullmatch(n))), None)
            if name:
                message = f"it uses {name}, which today's schema does not have, and is said to run on it"
                fix = "correct the cell, or write conditional and the flag"
                yield at("migration.compatibility", message, row=address, column="old_schema", fix=fix)


def _dropped(bank: Bank, changes: Changes, steps: Value | None) -> Iterator[str]:
    """The keys of columns and tables that the change removes."""
    for change in changes.on_existing:
        yield from (name_key(act.name) for act in change.named("drop_column"))
        if change.kind == "drop_table":
            yield bare_key(change.table)
    for step in steps_of(bank, "migration.steps", steps):
        if step.kind == "contract":
            for clause in destroyed(step.action, changes.made):
                yield from (bare_key(name) for name in identifiers(clause.clause))


def _uses(version: str) -> Iterator[tuple[str, str]]:
    """The objects that a version is said to read or write, with their keys; behind no flag, not negated."""
    if re.search(r"\b(?:flag|either way)\b", version, re.IGNORECASE):
        return
    using = False
    for clause in _CLAUSE.split(version):
        using = (using and not _NEGATED.search(clause)) or bool(_USE.search(clause))
        if not using or _NEGATED.search(clause):
            using = False
            continue
        for match in (*_OLD.finditer(clause), *_NEW.finditer(clause)):
            yield match[0], ""
        for name in identifiers(clause):
            yield name, bare_key(name)
