"""The recovery rule: what may be lost, how long a restore may take, and whether it was done."""

from __future__ import annotations

from collections.abc import Iterator

from app import patterns
from app.bank.model import Bank, Risk
from app.document.answers import Row, Value
from app.readiness.facts.quantities import durations, parse_duration
from app.readiness.facts.tables import addressed, cell, text
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule

_TABLE = "recovery.objectives"
_ALLOWED = patterns.compile(
    r"(?i)\bbest[- ]effort\b|\brebuil\w+|\bzero\b|\bnone\b|\bnothing\b|\bno (?:data|loss|row)\b|"
    r"\b(?:hourly|daily|nightly|"
    r"weekly|monthly)\b|\blast night\b|\bunlimited\b|\bnot restored\b|\bnot recover\w*|\bsla\b|"
    r"\bmanaged\b|\bprovider\b|"
    r"\bas (?:the |its |their )|\bsame as\b|\bsee\b"
)
_REBUILT = patterns.compile(r"(?i)\bbest[- ]effort\b|\brebuil\w+|\bnot restored\b|\bmanaged\b|\bprovider\b")
_TAKES = patterns.compile(
    r"(?i)\b(?:takes?|took|taking|needs?|lasts?|estimated(?: at)?|restores? (?:in|within)|restored in|"
    r"adds? up to|in all|"
    r"in total|total of)\b[^.;]{0,30}"
)
_BEGINS = patterns.compile(
    r"(?i)\s*(?:(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|some|up to|at most|measured|"
    r"estimated?|"
    r"(?:full )?restore(?: time)?|duration|total|[~≈<:=])\s*)*(?P<time>.*?)\s*"
    r"(?:$|\(|[;:.,](?!\d)|\b(?:at|for|by|with|in|as|on|including|measured|estimated|today|now)\b)"
)
_RATE = patterns.compile(r"(?i)[a-z\d]\s*(?:\bper\b|/|\bfor (?:each|every|one)\b|\b(?:each|every)\b)")
_SENTENCE = patterns.compile(r"[.;]\s|\n")
_PAST = patterns.compile(
    r"(?i)\b(?:would|could|used to|until|before|without|instead|tenant|single|one (?:table|schema|"
    r"partition))\b"
)


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
    """The longest time that a restore of everything is said to take now or soon; None where none is given.

    An answer that begins with a duration gives it; elsewhere a word such as takes must lead to it.
    """
    first, *_ = _SENTENCE.split(told)
    begin = _BEGINS.match(first)
    given = begin is not None and _is_time(begin["time"]) and not _PAST.search(first)
    longest = list(_total(first[:60])) if given else []
    for sentence in _SENTENCE.split(told):
        for match in _TAKES.finditer(sentence):
            if not _PAST.search(sentence[: match.end()]):
                longest += _total(sentence[match.start() : match.start() + 60])
    return max(longest, default=None)


def _is_time(words: str) -> bool:
    """Whether words are a duration and nothing else: "4 h 35 min", and not "30 days of WAL"."""
    return bool(durations(words)) and all(
        word in ("and", "to", "or", "-", "–")
        or durations(word)
        or durations(f"1 {word}")
        or durations(f"{word} hours")
        for word in words.split()
    )


def _total(words: str) -> tuple[float, ...]:
    """The first duration of some words, unless they give a rate such as "20 min per 100 GB"."""
    return () if _RATE.search(words) else durations(words)[:1]


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{rest} min"
