"""A cross-section rule about states: the same set everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import unless_obscured
from app.readiness.facts.states import (
    Chain,
    Lifecycle,
    changes_of,
    entity_key,
    lifecycles,
    parse_chain,
    state_column,
)
from app.readiness.facts.tables import addressed, cell, name_key, rows
from app.readiness.model import NotChecked
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema

_VALUES = r"\b(?:check|type|enum|domain|constraint|column|modify)\b"
_STANDS_FOR = r"\W{0,3}\s*(?:=|:|covers|stands for|maps? to|means|comprises|includes|groups)\s*"


@rule(
    "XS01",
    "lifecycle-sets-differ",
    "A",
    sections=("2.4", "5.1", "6.4", "7.2"),
    checklist=("CHK04",),
    cross_checks=("RVW01",),
    what="The states of an entity are not the same in the conceptual model (5.1), the state tables (6.4), "
    "the commands (2.4) and the CHECK or enum of the DDL; or 6.4 contradicts itself.",
    why="The state that only one of them knows is the one in which rows get stuck: the constraint refuses "
    "it, or nothing handles it.",
    fix="Settle on one list of states and use the same words in all four places.",
    wrong_when="The conceptual model is coarser on purpose: say in its notes which states each one stands "
    'for, such as "closed = returned, written off".',
    fires="""
[profile]
traits = ["lifecycle"]

[[conceptual.concepts]]
concept = "Loan"
meaning = "a copy in the hands of a reader"
lifecycle = "open → overdue → returned"

[[logical.states]]
entity = "loan"
state = "open"

[[logical.states]]
entity = "loan"
state = "returned"
""",
    silent=(
        """
[profile]
traits = ["lifecycle"]

[[conceptual.concepts]]
concept = "Loan"
meaning = "a copy in the hands of a reader"
lifecycle = "open → closed"
notes = "closed covers returned and written off"

[[logical.states]]
entity = "loan"
state = "open"

[[logical.states]]
entity = "loan"
state = "returned"

[[logical.states]]
entity = "loan"
state = "written_off"
""",
        """
[profile]
traits = ["lifecycle"]

[[conceptual.concepts]]
concept = "Loans"
meaning = "copies in the hands of readers"
lifecycle = "Open -> Written-off/returned (by desk or locker)"

[[conceptual.concepts]]
concept = "Fine"
meaning = "what a reader owes"
lifecycle = "none: written once and never changed"

[[domain.commands]]
command = "return_copy"
state_change = "open → returned, if the copy is whole"

[[logical.states]]
entity = "loan"
state = "open"

[[logical.states]]
entity = "loan"
state = "returned"

[[logical.states]]
entity = "loan"
state = "written off"
""",
    ),
)
def lifecycle_sets_differ(
    bank: Bank,
    logical_states: Value | None,
    logical_transitions: Value | None,
    logical_forbidden: Value | None,
    conceptual_concepts: Value | None,
    domain_commands: Value | None,
    schema: Schema | None,
) -> Iterator[Yield]:
    known = lifecycles(bank, logical_states)
    yield from _inside(bank, known, logical_transitions, logical_forbidden)
    yield from _conceptual(bank, known, conceptual_concepts)
    yield from _commands(bank, known, domain_commands, logical_transitions)
    if schema is not None:
        yield from _physical(known, schema)


def _inside(
    bank: Bank, known: dict[str, Lifecycle], transitions: Value | None, forbidden: Value | None
) -> Iterator[Yield]:
    """What the three tables of 6.4 say about each other."""
    allowed: dict[str, set[tuple[str, str]]] = {}
    for question, value in (("logical.transitions", transitions), ("logical.forbidden", forbidden)):
        for address, row in addressed(bank, question, value):
            entity = entity_key(cell(row, "entity"))
            pair = (name_key(cell(row, "from_state")), name_key(cell(row, "to_state")))
            life = known.get(entity)
            if life is None or not all(pair):
                continue
            elsewhere = {key for other in known.values() for key in other.written}
            for column, key in zip(("from_state", "to_state"), pair, strict=True):
                if key not in life.written and key in elsewhere:
                    message = f"{cell(row, column)} is a state of another entity, not of {life.entity}"
                    yield at(
                        question, message, row=address, column=column, fix="list the state, or correct it"
                    )
            if question == "logical.transitions":
                allowed.setdefault(entity, set()).add(pair)
                if pair[0] in life.terminal:
                    message = f"{life.written[pair[0]]} is terminal, yet a transition leaves it"
                    yield at(question, message, row=address, fix="drop the transition, or the terminal mark")
            elif pair in allowed.get(entity, ()):
                message = "this transition is both allowed and forbidden"
                yield at(question, message, row=address, fix="keep it in one of the two tables")
    for entity, life in known.items():
        pairs = allowed.get(entity)
        if pairs:
            yield from _unreachable(life, pairs)


def _unreachable(life: Lifecycle, pairs: set[tuple[str, str]]) -> Iterator[Yield]:
    entered = {to_state for _, to_state in pairs}
    for key, state in life.written.items():
        if key not in entered and key not in life.initial and life.initial:
            message = f"no allowed transition leads to {state}, and it is not initial"
            fix = "add the transition that leads there, mark it initial, or drop the state"
            yield at("logical.states", message, row=life.address[key], fix=fix)


def _conceptual(bank: Bank, known: dict[str, Lifecycle], concepts: Value | None) -> Iterator[Yield]:
    for address, row in addressed(bank, "conceptual.concepts", concepts):
        text = cell(row, "lifecycle")
        life = known.get(entity_key(cell(row, "concept")))
        chain = parse_chain(text, life.keys if life else frozenset())
        if chain is None or len(chain.states) < 2:
            continue
        if life is None:
            if known and not chain.vague:
                message = f"6.4 has no states of {cell(row, 'concept')}, which has a lifecycle here"
                fix = "add its states to 6.4 under the same name"
                yield at("conceptual.concepts", message, row=address, column="lifecycle", fix=fix)
            continue
        here = _spelled_out(chain, f"{text}\n{cell(row, 'notes')}", life)
        extra = [state for state in chain.states if name_key(state) in here - life.keys]
        lacking = [state for key, state in life.written.items() if key not in here]
        parts = [f"6.4 does not have {', '.join(extra)}"] if extra else []
        if lacking and not chain.vague:
            parts.append(f"{', '.join(lacking)} of 6.4 {'is' if len(lacking) == 1 else 'are'} missing here")
        if parts:
            message = f"the states of {life.entity} differ: {'; '.join(parts)}"
            fix = 'use the same states, or say in the notes what each stands for ("closed = returned, lost")'
            yield at("conceptual.concepts", message, row=address, column="lifecycle", fix=fix)


def _spelled_out(chain: Chain, text: str, life: Lifecycle) -> set[str]:
    """The chain's states, a coarse one replaced by those of 6.4 that the text says it stands for."""
    here = set(chain.keys)
    for state in chain.states:
        key = name_key(state)
        if key in life.written:
            continue
        mapped = _states_in(chain.remarks.get(key, ""), life)
        for match in re.finditer(rf"(?i)\b{re.escape(state)}\b{_STANDS_FOR}([^;.\n]*)", text):
            mapped |= _states_in(match[1], life)
        if mapped:
            here = (here - {key}) | mapped
    return here


def _states_in(text: str, life: Lifecycle) -> set[str]:
    padded = f" {name_key(text)} "
    return {key for key in life.written if f" {key} " in padded}


def _commands(
    bank: Bank, known: dict[str, Lifecycle], commands: Value | None, transitions: Value | None
) -> Iterator[Yield]:
    entities = _entities_of_commands(transitions)
    for address, row in addressed(bank, "domain.commands", commands):
        of_command = entities.get(name_key(cell(row, "command")), frozenset())
        for life, chain in changes_of(cell(row, "state_change"), known, of_command):
            extra = [state for state in chain.states if name_key(state) not in life.written]
            if extra:
                message = f"6.4 has no state {' or '.join(extra)} of {life.entity}"
                fix = "use the states of 6.4, or add the state there"
                yield at("domain.commands", message, row=address, column="state_change", fix=fix)


def _entities_of_commands(transitions: Value | None) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in rows(transitions):
        command = name_key(cell(row, "command"))
        found[command] = found.get(command, frozenset()) | {entity_key(cell(row, "entity"))}
    return found


def _physical(known: dict[str, Lifecycle], schema: Schema) -> Iterator[Yield]:
    for entity, life in known.items():
        column = state_column(schema, entity, life.keys)
        if column is None:
            table = entity.replace(" ", "_")
            blind = [u for u in schema.unread if re.search(rf"(?i)\b{re.escape(table)}s?\b", u.text)]
            if blind and not any(entity_key(name) == entity for name in schema.tables):
                yield NotChecked(f"the states of {life.entity} in the DDL: {blind[0].reason}")
            continue
        extra = [value for value in column.values if name_key(value) not in life.written]
        lacking = [state for key, state in life.written.items() if key not in column.keys]
        parts = [f"6.4 does not have {', '.join(extra)}"] if extra else []
        if lacking:
            parts.append(f"it does not allow {', '.join(lacking)} of 6.4")
        if parts:
            message = f"{column.how} on {column.table}.{column.column} differs: {'; '.join(parts)}"
            fix = "make the constraint list the states of 6.4"
            found = at("physical.ddl", message, line=column.line, fix=fix)
            yield unless_obscured(schema.unread, _VALUES, found, column.table)
