"""The steps of a migration or rollout: their kinds, the phases they carry out, and what they destroy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.objects import identifiers
from app.readiness.facts.tables import addressed, bare_key, cell, name_key

_CLAUSE = re.compile(r"[;,:\n]|\.\s|\s(?:and then|then|but)\s")
_VERB = re.compile(
    r"\b(?P<verb>drop(?:s|ped|ping)?|truncat(?:e|es|ed|ing)|renam(?:e|es|ed|ing)|delete\s+from)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"\b(?P<data>columns?|tables?|schemas?|databases?|partitions?)\b"
    r"|\b(?:constraints?|index(?:es)?|indices|triggers?|polic(?:y|ies)|roles?|functions?|procedures?|views?|"
    r"not\s+null|defaults?|checks?|keys?|flags?|grants?|privileges?|users?|logins?|sequences?|types?|"
    r"domains?|"
    r"extensions?|publications?|subscriptions?|slots?|jobs?|code|messages?|events?|connections?|sessions?)\b"
    r"|\b(?:ix|idx|uq|ux|ck|chk|fk|pk|trg|pol)_\w+",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:temp|temporary|shadow|scratch|progress|staging|new|mirror|added|helper|side|test)\b", re.IGNORECASE
)
_NOT = re.compile(
    r"\b(?:not|never|nothing|no|none|without|before|until|instead of|neither|refuses?|cannot|if)\b[^;,]*$",
    re.IGNORECASE,
)
_PHASES = {
    "expand": re.compile(
        r"\b(?:add|adds|added|create[sd]?|expand\w*|additive|new (?:column|table)s?)\b", re.I
    ),
    "dual_write": re.compile(r"\b(?:dual|double|both)\b|\bcapture\b|\bmirror\w*", re.I),
    "backfill": re.compile(r"\bback-?fill\w*|\bcopy\b|\bcopie[sd]\b|\bfill\w*|\bcatch(?:es)?[ -]up\b", re.I),
    "validate": re.compile(
        r"\b(?:validat\w+|verif\w+|parity|compar\w+|reconcil\w+|checksum\w*|differences?)\b", re.I
    ),
    "read_switch": re.compile(
        r"\b(?:switch\w*|cut-?over|flip\w*|swap\w*|renam\w+)\b|\breads? (?:from|the new)\b", re.I
    ),
    "stop_old_writes": re.compile(
        r"\b(?:stop\w*|end\w*|off|remov\w+|revok\w+|no longer|ceas\w+|retir\w+|freez\w+|frozen)\b", re.I
    ),
    "enforce": re.compile(r"\b(?:enforc\w+|constraint|not null|validate constraint)\b", re.I),
    "contract": re.compile(r"\b(?:contract\w*|drop\w*|remov\w+|retir\w+)\b", re.I),
}


class Step(Struct, frozen=True):
    """A row of 11.3 or 19.1. `kind` is an option's id or the author's word with underscores; `guard` holds
    what must be true: the safety guard of a migration step, the validation of a rollout row."""

    question: str
    address: str
    name: str
    kind: str
    action: str
    guard: str
    rollback: str
    flag: str = ""

    @property
    def label(self) -> str:
        return f"step {self.name}" if self.name else "this step"


def steps_of(bank: Bank, question: str, value: Value | None) -> tuple[Step, ...]:
    """The steps of `migration.steps` or `rollout.sequence`, in their order."""
    name, action, guard = (
        ("step", "action", "safety_guard")
        if question == "migration.steps"
        else ("sequence", "change", "validation")
    )
    return tuple(
        Step(
            question,
            address,
            cell(row, name),
            name_key(cell(row, "kind")).replace(" ", "_"),
            cell(row, action),
            cell(row, guard),
            cell(row, "rollback"),
            cell(row, "flag"),
        )
        for address, row in addressed(bank, question, value)
    )


def has_phase(steps: Iterable[Step], phase: str) -> bool:
    """Whether a step is of a kind, or its action says so in words of its own."""
    return any(step.kind == phase or _PHASES[phase].search(step.action) for step in steps)


def says(text: str, phase: str) -> bool:
    """Whether a text speaks of a phase."""
    return _PHASES[phase].search(text) is not None


class Destruction(Struct, frozen=True):
    """A clause that drops, empties or renames tables or columns; `verb` is drop, truncate, rename, delete."""

    verb: str
    clause: str


def destroyed(
    text: str, made: frozenset[str] = frozenset(), known: frozenset[str] = frozenset()
) -> Iterator[Destruction]:
    """What a text drops, empties or renames, constraints, triggers and the like aside.

    `made` are keys of tables and columns that the change itself makes, which it may drop; `known` are
    keys of tables and columns that exist, which need not be called table or column.
    """
    for clause in _CLAUSE.split(text):
        match = _VERB.search(clause)
        if match is None or _NOT.search(clause[: match.start()]):
            continue
        verb = {"d": "drop", "t": "truncate", "r": "rename"}[match["verb"][0].casefold()]
        verb = "delete" if match["verb"].casefold().startswith("delete") else verb
        if _is_data(clause, match, verb, made, known):
            yield Destruction(verb, " ".join(clause.split()))


def _is_data(
    clause: str, match: re.Match[str], verb: str, made: frozenset[str], known: frozenset[str]
) -> bool:
    """Whether what a clause drops is data: by the first noun after the verb, or the last one before it."""
    named = {bare_key(name) for name in identifiers(clause)}
    if (named and named <= made) or (_OWN.search(clause) and not named & known):
        return False
    if verb in ("truncate", "delete"):
        return True
    before, after = list(_NOUN.finditer(clause[: match.start()])), _NOUN.search(clause[match.end() :])
    passive = match["verb"].casefold().endswith("ed")
    noun = before[-1] if before and (passive or after is None) else after
    if noun is None:
        return bool(named & known)
    return noun["data"] is not None
