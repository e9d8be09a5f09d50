"""Cross-section rules about commands that meet: retries, conflicts, events."""

from __future__ import annotations

from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.denials import denies
from app.readiness.facts.objects import identifiers
from app.readiness.facts.tables import addressed, cell, items, name_key, rows, text
from app.readiness.facts.texts import SENTENCE
from app.readiness.registry import Yield, at, rule
from app.schema.names import word_set

_CODE = patterns.compile(
    r"\b(?:[0-9][0-9A-Z]{4}|[A-Z0-9]{2}[0-9]{3}|ORA-\d{5}|(?:error )?(?:1205|1213|1062|1020|2601|2627))\b"
)
_CLASSES = {
    "deadlock": patterns.compile(r"(?i)\bdeadlocks?\b"),
    "lock timeout": patterns.compile(r"(?i)\block(?:[- ]wait)? timeouts?\b"),
    "serialization failure": patterns.compile(r"(?i)\bseriali[sz]ation (?:failures?|errors?)\b"),
    "unique violation": patterns.compile(r"(?i)\b(?:unique|duplicate)[- ](?:key )?(?:violations?|errors?)\b"),
    "version conflict": patterns.compile(
        r"(?i)\bversion (?:conflict|mismatch)|\boptimistic lock (?:fail|err)"
    ),
    "timeout": patterns.compile(r"(?i)(?<!lock )(?<!wait )(?<!lock-)\btimeouts?\b"),
}
_EXCEPT = patterns.compile(r"(?i)\bexcept\b")
_ABOUT = patterns.compile(r"\s*(?:violations? )?(?:on|of|from|by|in|for|at)\s+([^:;.,()]{1,80})")
_TELLS_NOTHING = word_set("the a an its key keys constraint index unique error errors same uq ux uk and or")
_EXCUSED = patterns.compile(
    r"(?i)\b(?:new (?:idempotency |request )?(?:key|id|number)|after (?:the )?\w+ (?:attempt|retry)|"
    r"exhausted|gives? up|once the retries|when (?:all )?(?:retries|attempts)|still fails)\b"
)


@rule(
    "XS09",
    "retry-versus-conflict",
    "B",
    sections=("2.4", "10.1", "10.3"),
    checklist=("CHK10",),
    what="An error is retried in one place and shown to the user as a conflict in another; or a command "
    "publishes events while its transaction writes none to the outbox.",
    why="Whoever implements it must guess: a retried conflict hides a lost update, a conflict that should "
    "have been retried annoys a user who did nothing wrong.",
    fix="Decide for each error code, once; publish every event from the transaction that makes it true.",
    wrong_when="The error is shown only when the retries are used up, or retried with a new key: write that "
    "in the same sentence. One constraint is retried and another shown: name each behind its code, as in "
    "23505 on uq_request_key.",
    fires="""
[transactions]
retryable_errors = "40001, 40P01 and 23505: the whole transaction again, three times with jitter."
visible_conflicts = "23505 on uq_slot_taken: 409, somebody else has taken the appointment."
""",
    silent=(
        """
[transactions]
retryable_errors = "40001 and 40P01: three times. 23505 never."
visible_conflicts = "23505 on uq_slot_taken: 409, somebody else has taken the appointment."
""",
        """
[transactions]
retryable_errors = "40001: no more than three times. 23505 on uq_request_key: the stored answer is read."
visible_conflicts = "23505 on uq_slot_taken: 409, somebody else has taken the appointment."
""",
        """
[profile]
traits = ["publishes_events"]

[[domain.commands]]
command = "book_slot"
events = ["SlotBooked"]

[[transactions.boundaries]]
operation = "book_slot"
tables = ["slot", "outbox"]
isolation = "read committed"
retry = "40001: three times, then it gives up"
outbox = true

[transactions]
retryable_errors = "40001: three times with jitter."
visible_conflicts = "40001 when the retries are exhausted: 409, try again later."
""",
    ),
)
def retry_versus_conflict(
    bank: Bank,
    domain_commands: Value | None,
    integration_surfaces: Value | None,
    transactions_boundaries: Value | None,
    transactions_retryable_errors: Value | None,
    transactions_visible_conflicts: Value | None,
) -> Iterator[Yield]:
    visible = _errors(text(transactions_visible_conflicts))
    retried = _errors(text(transactions_retryable_errors))
    fix = "decide once, or say in both places of which constraint or command each is"
    clashes = _clashes(retried, visible)
    for error in clashes:
        message = f"{error} is retried here, and a conflict that users see in {_VISIBLE}"
        yield at("transactions.retryable_errors", message, fix=fix)
    for address, row in addressed(bank, "transactions.boundaries", transactions_boundaries):
        for error in _clashes(_errors(cell(row, "retry")), visible):
            if error not in clashes:
                message = f"{error} is retried here, and a conflict that users see in {_VISIBLE}"
                yield at("transactions.boundaries", message, row=address, column="retry", fix=fix)
    surfaces = {cell(row, "surface") for row in rows(integration_surfaces)}
    if "cdc_stream" in surfaces and "outbox_event" not in surfaces:
        return
    events = {name_key(cell(row, "command")): items(row, "events") for row in rows(domain_commands)}
    for address, row in addressed(bank, "transactions.boundaries", transactions_boundaries):
        published = events.get(name_key(cell(row, "operation")), ())
        if row.get("outbox") is False and published:
            message = f"2.4 publishes {published[0]}, but this transaction writes no outbox row"
            fix = "write the event in the same transaction, or drop it from 2.4"
            yield at("transactions.boundaries", message, row=address, column="outbox", fix=fix)


_VISIBLE = "'Which errors are user-visible conflicts'"


def _errors(words: str) -> list[tuple[str, frozenset[str]]]:
    """The error codes and classes that a text says something of, each with what it is said to come from.

    Those that it denies or excuses are left out.
    """
    found: list[tuple[str, frozenset[str]]] = []
    for sentence in SENTENCE.split(words):
        if denies(sentence) or _EXCEPT.search(sentence) or _EXCUSED.search(sentence):
            continue
        codes = [match for match in _CODE.finditer(sentence) if not match[0].isalpha()]
        if codes:
            found += [(m[0].removeprefix("error "), _source(sentence[m.end() :])) for m in codes]
        else:
            classes = ((name, pattern.search(sentence)) for name, pattern in _CLASSES.items())
            found += [(name, _source(sentence[m.end() :])) for name, m in classes if m]
    return found


def _source(after: str) -> frozenset[str]:
    """What an error is said to come from behind its code: the names of objects, else the telling words."""
    about = _ABOUT.match(after)
    if about is None:
        return frozenset()
    named = frozenset(name_key(name) for name in identifiers(about[1]))
    return named or frozenset(name_key(about[1]).split()) - _TELLS_NOTHING


def _clashes(
    retried: list[tuple[str, frozenset[str]]], visible: list[tuple[str, frozenset[str]]]
) -> list[str]:
    """The errors that both have, unless each says where from, and that is not the same."""
    return sorted(
        {
            error
            for error, one in retried
            for other, two in visible
            if error == other and not (one and two and not one & two)
        }
    )
