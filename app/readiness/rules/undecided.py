"""Rules about choices that were left open, and about a promise that nobody can keep."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.document.text import one_line
from app.readiness.facts.denials import denied
from app.readiness.facts.tables import addressed, cell, text
from app.readiness.registry import Text, Yield, at, here, rule

_LEVEL = r"(?:read (?:un)?committed|repeatable read|serializable|snapshot(?: isolation)?|default|r[cru]|ssi?)"
_LOCK = (
    r"(?:optimistic(?: lock\w*)?|pessimistic(?: lock\w*)?|(?:row|table|advisory|exclusive|shared?) locks?|"
    r"(?:select )?for (?:no key )?(?:update|share)|no locks?|none|version column)"
)
_RETRY = r"(?:no retry|none|retry|manual|automatic|client|server|yes|no)"
_EITHER = (
    r"[\s,;]*(?:/|\b(?:or(?: (?:maybe|perhaps|possibly))?|maybe|perhaps|possibly|vs\.?|versus)\b)\s*(?:an? )?"
)
_OPEN = patterns.compile(
    r"\b(?:depend(?:s|ing)? on(?! (?:nothing|no|neither)\b)|whichever|case by case|"
    r"to be (?:agreed|decided|determined)|undecided|not (?:yet )?decided|one of the two)\b",
    re.IGNORECASE,
)
_ALTERNATIVES = {
    column: patterns.compile(rf"\b{word}{_EITHER}{word}\b", re.IGNORECASE)
    for column, word in (("isolation", _LEVEL), ("locks", _LOCK), ("retry", _RETRY))
}
_VERSIONS = patterns.compile(r"\d[\w.]*\s*(?:/|\b(?:or|vs\.?|versus)\b)\s*(?:[a-z]+ )?\d", re.IGNORECASE)
_SINGLE = patterns.compile(r"[\w.+ -]+(?:\s/\s|\s+or\s+|\s+vs\.?\s+)[\w.+ -]+", re.IGNORECASE)


@rule(
    "VG03",
    "undecided",
    "B",
    sections=("7.1", "10.1", "11.1"),
    checklist=("CHK09",),
    what="Two alternatives, or a word such as depending, where one choice is asked for: engine, strategy, "
    "isolation, locks, retry.",
    why="Two isolation levels in one cell are two designs, and the tests cover one of them.",
    fix="Choose; where both are meant, give each case a row of its own.",
    wrong_when="Alternatives that are no choice, such as two error codes that are both retried.",
    fires="""
[[transactions.boundaries]]
operation = "check in a guest"
tables = ["stay", "room"]
isolation = "read committed or serializable"
""",
    silent=(
        """
[[transactions.boundaries]]
operation = "check in a guest"
tables = ["stay", "room"]
isolation = "read committed"
locks = "row lock on room, taken before the row lock on stay"
retry = "3 times on 40001 or 40P01, with a new snapshot"
""",
        """
[[transactions.boundaries]]
operation = "check in a guest"
tables = ["stay", "room"]
isolation = "serializable; the result does not depend on other rows, and a room stays free until commit"
retry = "none: either both rows are written or none, and the desk chooses another room or another night"
""",
    ),
)
def undecided(
    bank: Bank,
    transactions_boundaries: Value | None,
    physical_engine: Value | None,
    physical_version: Value | None,
    migration_strategy: Value | None,
) -> Iterator[Yield]:
    for address, row in addressed(bank, "transactions.boundaries", transactions_boundaries):
        for column, alternatives in _ALTERNATIVES.items():
            said = cell(row, column)
            match = alternatives.search(said) or _open(said)
            if match:
                message = f"{one_line(match[0], 50)!r} leaves the choice open"
                yield at("transactions.boundaries", message, row=address, column=column, fix=_CHOOSE)
    single = {
        "physical.engine": text(physical_engine),
        "migration.strategy": text(migration_strategy),
    }
    for question_id, said in single.items():
        enumeration = bank.options_of(bank.questions[question_id])
        known = enumeration is not None and enumeration.find(said) is not None
        if said and not known and (_SINGLE.search(said) or _open(said)):
            yield at(question_id, f"{one_line(said, 50)!r} leaves the choice open", fix="choose one")
    if _open(text(physical_version)) or _VERSIONS.search(text(physical_version)):
        yield at("physical.version", "the version is left open", fix="name the version that runs today")


_CHOOSE = "choose, or give each case a row of its own"


def _open(words: str) -> re.Match[str] | None:
    """Where words leave a choice open: "depends on the load", and not "does not depend on the load"."""
    return next((match for match in _OPEN.finditer(words) if not denied(words, match.start())), None)


_EXACTLY_ONCE = patterns.compile(r"\bexactly[ -]once\b", re.IGNORECASE)
_NEGATED = patterns.compile(
    r"\b(?:not|never|no|nor|cannot|can't|without|instead of|rather than|than|neither|nobody|does ?n[o']t|"
    r"is ?n[o']t|are ?n[o']t)\b[^.;]{0,45}$|[\"“'‘`(]\s*$",
    re.IGNORECASE,
)
_DENIED = patterns.compile(
    r"^[\"”'’`]|^[^.;]{0,30}\b(?:is not|does not|cannot|is impossible|is a myth|not promised)\b"
)
_HOW = patterns.compile(
    r"\b(?:dedup\w*|idempot\w*|unique (?:index|key|constraint)|inbox|processed_\w+|transactional\.id|"
    r"processing\.guarantee|EOS)\b",
    re.IGNORECASE,
)
_MOVES = patterns.compile(
    r"\b(?:deliver|publish|consum|process|send|sent|emit|event|message|stream)\w*", re.IGNORECASE
)
_OTHERWISE = patterns.compile(
    r"\b(?!deliver|publish|consum|process|emit|appl|handl|execut|perform|receiv|dispatch|transmit)\w+ed\s+$",
    re.IGNORECASE,
)
_DELIVERY = frozenset({"integration", "transactions"})


@rule(
    "VG04",
    "exactly-once-claim",
    "B",
    sections=("10", "13"),
    scope="text",
    what="Events are said to be delivered or processed exactly once.",
    why="A network can lose the acknowledgment. What can be had is at least once and a consumer that "
    "recognizes what it has seen.",
    fix="Say at least once, and by which key the consumer recognizes a repetition.",
    wrong_when="The text denies or quotes it, names the key that makes repetitions harmless, is about a "
    "broker's setting of that name, or says it of something else, as in counted exactly once.",
    fires="""
[profile]
traits = ["publishes_events"]

[integration.delivery]
consumer = "the loyalty service"
dedup_key = "nothing: each event is delivered exactly once"
reconciliation = "none planned"
""",
    silent=(
        """
[profile]
traits = ["publishes_events"]

[integration.delivery]
consumer = "the loyalty service"
dedup_key = "stay_event.id; the broker does not promise exactly-once delivery"
reconciliation = "nightly, on counts per hotel"
""",
        """
[transactions]
replayed_command = "A replay is applied exactly once, since booking_command has a unique key on command_id."
retryable_errors = "40001: the night's stays are counted again; each is counted exactly once in the sum."
same_command_twice = "Vendors write “exactly once”; we read at least once."
""",
    ),
)
def exactly_once_claim(text: Text, bank: Bank) -> Iterator[Yield]:
    del bank
    for match in () if text.is_code else _EXACTLY_ONCE.finditer(text.text):
        before, after = text.text[: match.start()], text.text[match.end() :]
        sentence = re.split(r"[.;\n]", before)[-1] + match[0] + re.split(r"[.;\n]", after)[0]
        if _NEGATED.search(before[-60:]) or _DENIED.search(after[:60]) or _HOW.search(sentence):
            continue
        if _OTHERWISE.search(before[-60:]):
            continue
        if text.question_id.split(".")[0] in _DELIVERY or _MOVES.search(sentence):
            yield here("delivery exactly once cannot be had", "say at least once, and name the key of 13.3")
            return
