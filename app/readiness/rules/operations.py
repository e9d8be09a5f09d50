"""The operations rule: what is measured makes somebody act, and what must be watched is linked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.interview.applicability import STATUS_RANK, condition_holds
from app.readiness.facts.objects import identifiers
from app.readiness.facts.tables import addressed, cell, name_key, rows
from app.readiness.facts.texts import ids_in, is_bare
from app.readiness.registry import Yield, at, rule
from app.schema.names import word_set

_METRICS = "operations.metrics"
_NUMBER = patterns.compile(
    r"\d|\b(?:first|zero|one|single|twice|double|half|two|three|four|five|six|ten|empty|"
    r"(?:any|every|each)(?! (?:other )?(?:second|minute|hour|day|night|week|month|quarter|year|time|run|"
    r"release)\b)|"
    r"missing|absent|"
    r"not (?:run|running|finished|null)|no rows?)\b",
    re.IGNORECASE,
)
_RANGE = patterns.compile(
    r"\b([A-Za-z]{1,6}-\d{1,6})\s*(?:to|through|until|\.\.|–|—|-)\s*([A-Za-z]{1,6}-)?(\d{1,6})\b"
)
_WORD = patterns.compile(r"[^\W\d_]{5,}|\d{4,}")
_COMMON = word_set(
    "query queries daily hourly nightly count counts error errors alert alerts ticket pages above below "
    "first table tables drift every minute minutes primary replica constraint violation violations database "
    "metric metrics number rows returned returns monitoring"
)


@rule(
    "OP01",
    "metric-without-action",
    "A",
    sections=("14.1", "14.3", "14.4", "8"),
    checklist=("CHK14",),
    what="A metric has no threshold with a number or no action, a dashboard or runbook that this change "
    "needs has no link, or the monitoring of an invariant is neither a metric nor a drift query.",
    why="A curve that nobody has to react to is decoration, and a runbook without an address is not found "
    "at three in the morning.",
    fix="Write the value and for how long it must hold, the first thing that is done, and the link.",
    wrong_when="The alert compares with a baseline: write how far above it, as in twice the mean of the "
    "week.",
    fires="""
[[operations.metrics]]
signal = "lock_wait"
metric = "sessions that wait for a lock on stay"
threshold = "a spike"
action = "cancel the root blocker"
""",
    silent=(
        """
[[operations.metrics]]
signal = "lock_wait"
metric = "sessions that wait for a lock on stay"
threshold = "a spike: twice the mean of the last week"
action = "cancel the root blocker"

[[operations.metrics]]
signal = "constraint_violation"
metric = "refusals by uq_stay_night"
threshold = "the first one"
action = "look up the command in the log"
""",
        """
[[invariants.matrix]]
id = "INV-002"
invariant = "a room is given to one party a night"
enforcement = "application_service"
mechanism = "assign_room"
test = "two parties, one room"
monitoring = "double assignments, nightly"

[[invariants.matrix]]
id = "INV-004"
invariant = "a stay ends after it begins"
enforcement = "database_constraint"
mechanism = "ck_stay_span"
test = "an inverted stay is refused"
monitoring = "refusals by the constraint"

[[operations.metrics]]
signal = "data quality"
metric = "rows of the drift queries INV-001 to INV-003"
threshold = "1"
action = "page the desk on call"

[[operations.metrics]]
signal = "constraint_violation"
metric = "SQLSTATE 23514 per minute"
threshold = "above 20"
action = "find the command in the log"
""",
    ),
)
def metric_without_action(
    bank: Bank,
    traits: frozenset[str],
    change_types: frozenset[str],
    risk: int,
    heading_status: int,
    operations_metrics: Value | None,
    operations_dashboards: Value | None,
    operations_runbooks: Value | None,
    invariants_matrix: Value | None,
    invariants_drift_queries: Value | None,
) -> Iterator[Yield]:
    for address, row in addressed(bank, _METRICS, operations_metrics):
        threshold = cell(row, "threshold")
        if not _NUMBER.search(threshold):
            said = f"the threshold {threshold!r} has no number" if threshold else "it has no threshold"
            fix = "write the value, and for how long it must hold"
            yield at(_METRICS, said, row=address, column="threshold", fix=fix)
        if is_bare(cell(row, "action")):
            fix = "name the first thing that a person does"
            yield at(_METRICS, "nothing is done when it is reached", row=address, column="action", fix=fix)
    names = {"traits": traits, "change_types": change_types, "risk": risk}
    for question, value in (
        ("operations.dashboards", operations_dashboards),
        ("operations.runbooks", operations_runbooks),
    ):
        yield from _links(bank, question, value, names, heading_status)
    if rows(operations_metrics):
        yield from _unmeasured(bank, operations_metrics, invariants_matrix, invariants_drift_queries)


def _links(
    bank: Bank, question_id: str, value: Value | None, names: dict[str, object], status: int
) -> Iterator[Yield]:
    """Rows without a link; from the status on at which the table is due, also what it does not list."""
    question = bank.questions[question_id]
    key = question.key_columns[0]
    options = bank.enumerations.get(key)
    said = set()
    for address, row in addressed(bank, question_id, value):
        said.add(cell(row, key))
        if is_bare(cell(row, "link")):
            yield at(
                question_id, f"the {key} has no link", row=address, column="link", fix="a page that exists"
            )
    if not said or options is None or status < STATUS_RANK[question.due]:
        return
    for option in options.options:
        if option.id not in said and condition_holds(option.ask_when, names):
            message = f"the {key} {option.title} is not listed"
            yield at(question_id, message, fix="add the row with its link, or waive it with the reason")


def _unmeasured(
    bank: Bank, metrics: Value | None, matrix: Value | None, queries: Value | None
) -> Iterator[Yield]:
    told = [f"{cell(row, 'metric')} {cell(row, 'signal')}" for row in rows(metrics)]
    signals = {cell(row, "signal") for row in rows(metrics)}
    measured = {found for words in told for found in _ids(words)}
    measured |= {found for row in rows(queries) for found in _ids(cell(row, "invariant"))}
    named = {name_key(cell(row, "invariant")) for row in rows(queries)}
    objects = {name_key(name) for words in told for name in identifiers(words)}
    words = {word.casefold() for said in told for word in _WORD.findall(said)} - _COMMON
    for address, row in addressed(bank, "invariants.matrix", matrix):
        monitoring = cell(row, "monitoring")
        if name_key(cell(row, "invariant")) in named:
            continue
        if not monitoring or (_ids(cell(row, "id")) | _ids(monitoring)) & measured:
            continue
        if cell(row, "enforcement") == "database_constraint" and "constraint_violation" in signals:
            continue
        its = f"{monitoring} {cell(row, 'mechanism')}"
        if {name_key(name) for name in identifiers(its)} & objects:
            continue
        if {word.casefold() for word in _WORD.findall(its)} & words:
            continue
        which = cell(row, "id") or "this invariant"
        message = f"the monitoring of {which} is neither a metric of 14.1 nor a drift query"
        fix = "add the metric, or the drift query to 8.1"
        yield at("invariants.matrix", message, row=address, column="monitoring", fix=fix)


def _ids(words: str) -> set[tuple[str, int]]:
    """The ids in a text, those between the ends of a range included."""
    found = {identity for identity, _ in ids_in(words)}
    for match in _RANGE.finditer(words):
        prefix, _, first = match[1].casefold().partition("-")
        low, high = int(first), int(match[3])
        found |= {(prefix, number) for number in range(low, min(high, low + 999) + 1)}
    return found
