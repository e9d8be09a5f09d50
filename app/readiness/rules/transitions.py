"""A cross-section rule about transitions: each has a command, an actor and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.states import changes_of, entity_key, lifecycles
from app.readiness.facts.tables import addressed, cell, items, name_key, rows
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule

_TIMER = patterns.compile(
    r"(?i)(?<![^\W_])(?:schedul\w+|timers?|cron\w*|system|nightly|hourly|daily|jobs?|clock|sweep\w*|batch(?:es)?|"
    r"daemons?|automat\w+|bot|robot|script|reaper|watchdog|background|runs (?:every|each|at|on|by itself)|"
    r"(?<!social )(?<!case )(?<!care )(?<!health )(?<!shift )(?<!field )(?<!key )workers?)(?![^\W_])"
)


@rule(
    "XS08",
    "transition-without-evidence",
    "A",
    sections=("2.4", "6.4", "10.1"),
    cross_checks=("RVW02",),
    what="An allowed transition names no command, no actor, or neither event nor other evidence; it is not "
    "among the changes that 2.4 gives for its command; or a command publishes events but changes no state.",
    why="A state that changes without a trace cannot be explained later, and an event without a change tells "
    "others about nothing.",
    fix="Name the command, who may issue it, and the row or event that remains.",
    wrong_when="A timer moves the state: name the scheduler, job or daemon as actor, or say under its role "
    "in 2.3 that it is one; a command is then not needed.",
    fires="""
[profile]
traits = ["lifecycle"]

[[logical.transitions]]
entity = "parcel"
from_state = "loaded"
to_state = "delivered"
command = "hand_over"
actor = "courier"
""",
    silent=(
        """
[profile]
traits = ["lifecycle"]

[[logical.transitions]]
entity = "locker reservation"
from_state = "held"
to_state = "expired"
actor = "scheduler"
evidence = "row in reservation_history"
""",
        """
[profile]
traits = ["lifecycle"]

[[domain.actors]]
actor = "courier"

[[domain.commands]]
command = "hand_over"
actor = "courier"
state_change = "parcel: loaded/held → delivered"
events = ["ParcelDelivered"]

[[logical.states]]
entity = "parcel"
state = "loaded"

[[logical.states]]
entity = "parcel"
state = "held"

[[logical.states]]
entity = "parcel"
state = "delivered"

[[logical.transitions]]
entity = "parcel"
from_state = "loaded"
to_state = "delivered"
command = "hand_over"
""",
    ),
)
def transition_without_evidence(
    bank: Bank,
    logical_states: Value | None,
    logical_transitions: Value | None,
    domain_actors: Value | None,
    domain_commands: Value | None,
) -> Iterator[Yield]:
    roles = {name_key(cell(row, "actor")): cell(row, "role") for row in rows(domain_actors)}
    commands = {name_key(cell(row, "command")): row for row in rows(domain_commands)}
    known = lifecycles(bank, logical_states)
    for address, row in addressed(bank, "logical.transitions", logical_transitions):
        said = {c: "" if is_bare(cell(row, c)) else cell(row, c) for c in ("command", "actor", "evidence")}
        command = commands.get(name_key(said["command"]), {})
        actor = said["actor"] or cell(command, "actor")
        by_itself = _TIMER.search(f"{actor}; {roles.get(name_key(actor), '')}")
        missing = [] if said["command"] or by_itself else ["command"]
        missing += [] if actor else ["actor"]
        missing += [] if said["evidence"] or items(command, "events") else ["evidence"]
        if missing:
            message = f"this transition has no {' and no '.join(missing)}"
            fix = "name the command, who issues it, and the row or event that proves it"
            yield at("logical.transitions", message, row=address, fix=fix)
        pair = (name_key(cell(row, "from_state")), name_key(cell(row, "to_state")))
        entity = entity_key(cell(row, "entity"))
        changes = changes_of(cell(command, "state_change"), known, frozenset({entity}))
        pairs = {p for life, chain in changes if entity_key(life.entity) == entity for p in chain.pairs}
        if pairs and pair not in pairs:
            message = f"2.4 gives other changes for {said['command']} than {pair[0]} → {pair[1]}"
            fix = "correct the state change in 2.4, or this transition"
            yield at("logical.transitions", message, row=address, column="command", fix=fix)
    moving = {name_key(cell(row, "command")) for row in rows(logical_transitions)}
    for address, row in addressed(bank, "domain.commands", domain_commands):
        events = items(row, "events")
        if (
            moving
            and events
            and not cell(row, "state_change")
            and name_key(cell(row, "command")) not in moving
        ):
            message = f"{events[0]} is published, but the command changes no state"
            fix = "say what state changes, or drop the event"
            yield at("domain.commands", message, row=address, column="state_change", fix=fix)
