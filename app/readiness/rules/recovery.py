"""The recovery rule: what may be lost, how long a restore may take, and whether it was done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.bank.model import Bank, Risk
from app.document.answers import Row, Value
from app.readiness.facts.quantities import durations, parse_duration
from app.readiness.facts.tables import addressed, cell, text
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule

_TABLE = "recovery.objectives"
_ALLOWED = re.compile(
    r"(?i)\bbest[- ]effort\b|\brebuil\w+|\bzero\b|\bnone\b|\bnothing\b|\bno (?:data|loss|row)\b|"
    r"\b(?:hourly|daily|nightly|"
    r"weekly|monthly)\b|\blast night\b|\bunlimited\b|\bnot restored\b|\bnot recover\w*|\bsla\b|"
    r"\bmanaged\b|\bprovider\b|"
    r"\bas (?:the |its |their )|\bsame as\b|\bsee\b"
)
_REBUILT = re.compile(r"(?i)\bbest[- ]effort\b|\brebuil\w+|\bnot restored\b|\bmanaged\b|\bprovider\b")
_TAKES = re.compile(
    r"(?i)\b(?:takes?|took|taking|needs?|lasts?|estimated(?: at)?|restores? (?:in|within)|restored in|"
    r"adds? up to|in all|"
    r"in total|total of)\b[^.;]{0,30}"
)
_SENTENCE = re.compile(r"[.;]\s|\n")
_PAST = re.compile(r"(?i)\b(?:would|could|used to|until|before|without|instead|tenant|single)\b")


@rule(
    "DR01",
    "recovery-objective",
    "A",
    sections=("15.1", "16.2"),
    checklist=("CHK15",),
    what="A recovery scope has no RPO, RTO or method that could be held against a clock; at high risk it "
    "was never tried; or a restore takes longer than the RTO allows.",
    why="As soon as possible is what people say who have not timed it. The hour in which one finds out is "
    "the wrong one.",
    fix="Give durations, or write best effort or rebuildable; carry a restore out and time it; raise the "
    "RTO or make the restore faster.",
    wrong_when="A managed service sets the objectives: name it in the cell.",
    fires="""
[[recovery.objectives]]
scope = "entire_database"
rpo = "5 min"
rto = "as soon as possible"
method = "restore from the backup"
""",
    silent=(
        """
[profile]
change_types = ["redesign_module"]
risk = "high"
traits = ["derived_stores"]

[[recovery.objectives]]
scope = "entire_database"
rpo = "0 on loss of a node, 5 min on loss of the zone"
rto = "15 min by promotion; PT6H by restore"
method = "base backup and WAL"
tested = true

[[recovery.objectives]]
scope = "derived_store"
rpo = "rebuildable"
rto = "best effort"
method = "reindex from the table"

[capacity]
restore_time = "310 GB took 95 min in October; 890 GB will take 4 h 35 min, the RTO is 6 h."
""",
        """
[profile]
risk = "low"

[[recovery.objectives]]
scope = "entire_database"
rpo = "per the SLA of the managed service"
rto = "per the SLA of the managed service"
method = "the provider's point-in-time restore"
tested = false
""",
    ),
)
def recovery_objective(
    bank: Bank, risk: int, recovery_objectives: Value | None, capacity_restore_time: Value | None
) -> Iterator[Yield]:
    for address, row in addressed(bank, _TABLE, recovery_objectives):
        yield from _cells(address, row)
        exempt = _REBUILT.search(f"{cell(row, 'rpo')} {cell(row, 'method')}") or cell(row, "rto") in (
            "",
            "best effort",
        )
        if risk >= Risk.HIGH and row.get("tested") is not True and not exempt:
            message = f"the restore of {_scope(row)} was never carried out and timed"
            fix = "restore it once at about today's size, and write down how long it took"
            yield at(_TABLE, message, row=address, column="tested", fix=fix)
        if cell(row, "scope") == "entire_database":
            yield from _too_slow(address, row, text(capacity_restore_time))


def _cells(address: str, row: Row) -> Iterator[Yield]:
    for column, what in (("rpo", "RPO"), ("rto", "RTO")):
        said = cell(row, column)
        if not said or said in ("-", "?"):
            message = f"{_scope(row)} has no {what}"
        elif parse_duration(said) is None and not _ALLOWED.search(said):
            message = f"the {what} {said!r} is no duration"
        else:
            continue
        yield at(_TABLE, message, row=address, column=column, fix="a duration, best effort, or rebuildable")
    if is_bare(cell(row, "method")):
        message = f"nothing says how {_scope(row)} is restored"
        yield at(
            _TABLE, message, row=address, column="method", fix="name the backup and the way back into use"
        )


def _scope(row: Row) -> str:
    return cell(row, "scope").replace("_", " ") or "this scope"


def _too_slow(address: str, row: Row, told: str) -> Iterator[Yield]:
    allowed = durations(cell(row, "rto"))
    estimated = _restore_seconds(told)
    if allowed and estimated and estimated > max(allowed):
        message = f"16.2 expects a restore of {_hours(estimated)}, and the RTO is {cell(row, 'rto')}"
        yield at(_TABLE, message, row=address, column="rto", fix="raise the RTO, or shorten the restore")


def _restore_seconds(told: str) -> float | None:
    """The longest time that a restore of everything is said to take now or soon; None where none is given."""
    longest: list[float] = []
    for sentence in _SENTENCE.split(told):
        for match in _TAKES.finditer(sentence):
            if not _PAST.search(sentence[: match.end()]):
                longest += durations(sentence[match.start() : match.start() + 60])[:1]
    return max(longest, default=None)


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
