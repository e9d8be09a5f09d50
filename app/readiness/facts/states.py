"""State sets: what arrow chains, the state tables of 6.4 and the constraints of the DDL say.

States and entities are compared by their keys (`name_key`), entities also without regard to number:
"Seat hold", `seat_hold` and `seat_holds` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct, field

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.tables import addressed, cell, name_key
from app.schema.model import Schema, Table

_ARROW = patterns.compile(r"\s*(?:→|⟶|⇒|➔|={1,2}>|[-–—]{1,2}>)\s*")
_CLAUSE = patterns.compile(r"[;\n]|\.\s")
_PREFIX = patterns.compile(r"\s*([^\W\d][\w .-]{0,40}?)\s*:(?!:)\s*")
_OR = patterns.compile(r"\s*(?:[/|,]|\bor\b)\s*")
_REMARK = patterns.compile(r"\(([^()]*)\)|\[\*\]")
_NEW = patterns.compile(r"^(?:an?\s+)?new\b.*\b(?:in|as)\s+(?:state\s+)?", re.IGNORECASE)
_CUT = patterns.compile(
    r"\s(?:when|if|after|by|on|once|via|with|at|while|until|unless|because|for)\s.*", re.IGNORECASE
)
_LEAD = patterns.compile(r"^(?:the|an?|state|to|from|becomes|back to)\s+", re.IGNORECASE)
_NO_STATE = frozenset(
    {"", "any", "any state", "all", "every state", "none", "nothing", "new", "absent", "no row", "start",
     "end", "row", "created", "inserted", "gone", "deleted", "removed", "does not exist", "nonexistent",
     "unchanged"}
)  # fmt: skip
"""Words in a chain that stand for no state, unless the document declares a state of that name."""
_LONGEST = 3
_STATE_NAME = patterns.compile(r"(?:^|_)(?:state|status|stage|phase|lifecycle)$")


class Chain(Struct, frozen=True):
    """The states that arrows connect. `vague`: a part was prose, so that states may be missing.

    `remarks` are the texts in parentheses after a state, by its key.
    """

    states: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    vague: bool = False
    remarks: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(map(name_key, self.states))


def parse_chain(text: str, known: frozenset[str] = frozenset()) -> Chain | None:
    """The chain that `text` writes with arrows, or None. `known` are keys that are states for certain."""
    states: dict[str, str] = {}
    pairs: set[tuple[str, str]] = set()
    remarks: dict[str, str] = {}
    vague = False
    for clause in _CLAUSE.split(text):
        parts = _ARROW.split(clause)
        if len(parts) < 2:
            continue
        groups: list[list[str]] = []
        for part in parts:
            group, unsure = _alternatives(part, known, remarks)
            vague = vague or unsure
            groups.append([name_key(state) for state in group])
            states.update((name_key(state), state) for state in group if name_key(state) not in states)
        for before, after in pairwise(groups):
            pairs |= {(a, b) for a in before for b in after}
    return Chain(tuple(states.values()), frozenset(pairs), vague, remarks) if states else None


def _alternatives(part: str, known: frozenset[str], remarks: dict[str, str]) -> tuple[list[str], bool]:
    """The states that one part of a chain names, and whether some of it was prose."""
    found, vague = [], False
    notes = {str(number): note for number, note in enumerate(_REMARK.findall(part))}
    numbers = iter(notes)
    for piece in _OR.split(_REMARK.sub(lambda _: f"\0{next(numbers)}\0", part)):
        state, _, note = piece.partition("\0")
        if name_key(state) not in known:
            state = _LEAD.sub("", _CUT.sub("", _NEW.sub("", state.strip() + " ").strip() + " ").strip())
        state = state.strip(" \t.'\"`*_")
        key = name_key(state)
        if key in _NO_STATE and key not in known:
            continue
        if len(key.split()) > _LONGEST:
            vague = True
            continue
        found.append(state)
        if (number := note.partition("\0")[0]) in notes:
            remarks[key] = notes[number]
    return found, vague


def parse_changes(text: str, known: frozenset[str] = frozenset()) -> tuple[tuple[str, Chain], ...]:
    """The chains of "seat hold: active → released; seat: held → free", each with its entity or ""."""
    found = []
    entity = ""
    for clause in _CLAUSE.split(text):
        prefix = _PREFIX.match(clause)
        if prefix and not _ARROW.search(prefix[1]):
            entity, clause = prefix[1], clause[prefix.end() :]
        chain = parse_chain(clause, known)
        if chain:
            found.append((entity, chain))
    return tuple(found)


@lru_cache(maxsize=32768)
def entity_key(name: str) -> str:
    """The key of an entity or table: without schema, singular."""
    words = name_key(name.strip().strip('"`').rsplit(".", 1)[-1]).split()
    return " ".join([*words[:-1], singular(words[-1])]) if words else ""


def singular(word: str) -> str:
    """An English noun without its plural ending; words that only look like a plural stay."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x|z)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


class Lifecycle(Struct, frozen=True):
    """The states of one entity in 6.4: by key, how each is written and the address of its row."""

    entity: str
    written: Mapping[str, str]
    address: Mapping[str, str]
    initial: frozenset[str]
    terminal: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.written)


def lifecycles(bank: Bank, states: Value | None) -> dict[str, Lifecycle]:
    """The lifecycle of every entity that has states in 6.4, by its key."""
    grouped: dict[str, list[tuple[str, str, bool, bool]]] = {}
    names: dict[str, str] = {}
    for address, row in addressed(bank, "logical.states", states):
        key = entity_key(cell(row, "entity"))
        names.setdefault(key, cell(row, "entity"))
        if name_key(cell(row, "state")):
            entry = (cell(row, "state"), address, row.get("initial") is True, row.get("terminal") is True)
            grouped.setdefault(key, []).append(entry)
    return {
        key: Lifecycle(
            names[key],
            {name_key(state): state for state, *_ in entries},
            {name_key(state): address for state, address, *_ in entries},
            frozenset(name_key(state) for state, _, initial, _ in entries if initial),
            frozenset(name_key(state) for state, _, _, terminal in entries if terminal),
        )
        for key, entries in grouped.items()
    }


class ColumnValues(Struct, frozen=True):
    """The values that the DDL allows in a column, and where that is written."""

    table: str
    column: str
    values: tuple[str, ...]
    line: int
    how: str

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(map(name_key, self.values))


def state_column(schema: Schema, entity: str, states: frozenset[str]) -> ColumnValues | None:
    """The column that holds the state of an entity (by key): of its table, the one whose values fit best."""
    candidates = [
        values
        for table in schema.tables.values()
        if entity_key(table.name) == entity and not table.partition_of
        for values in column_values(schema, table)
    ]
    fitting = [c for c in candidates if 2 * len(c.keys & states) >= min(len(c.keys), len(states))]
    if fitting:
        return max(fitting, key=lambda c: (len(c.keys & states), -len(c.keys)))
    own = {"state", "status", *(f"{entity.replace(' ', '_')}_{word}" for word in ("state", "status"))}
    named = [c for c in candidates if _STATE_NAME.search(c.column)]
    return named[0] if len(named) == 1 and named[0].column in own else None


def column_values(schema: Schema, table: Table) -> Iterator[ColumnValues]:
    """Every column of a table whose values an enum, a domain's or a table's CHECK lists."""
    for column in table.columns:
        values = column.values or schema.enums.get(column.type, ())
        if values:
            yield ColumnValues(table.name, column.name, values, column.span.line, f"the type {column.type}")
    for check in table.checks:
        if check.values and len(check.columns) == 1:
            how = check.name or "the CHECK"
            yield ColumnValues(table.name, check.columns[0], check.values, check.span.line, how)


def changes_of(
    text: str, known: dict[str, Lifecycle], entities: frozenset[str]
) -> Iterator[tuple[Lifecycle, Chain]]:
    """The chains of a state change whose entity is certain: named, the only one, or that of the command."""
    every = frozenset(key for life in known.values() for key in life.written)
    for entity, chain in parse_changes(text, every):
        if entity:
            life = known.get(entity_key(entity))
        elif len(known) == 1:
            life = next(iter(known.values()))
        else:
            life = known.get(next(iter(entities))) if len(entities) == 1 else None
        if life is not None:
            yield life, chain
