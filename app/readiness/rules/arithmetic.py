"""Cross-section rules about figures: growth, scores, sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.quantities import Quantity, Unit, parse_duration, quantities, sole_figure
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, cell, name_key, rows, text
from app.readiness.facts.texts import SENTENCE
from app.readiness.model import Severity
from app.readiness.registry import Yield, at, rule

_TOLERANCE = 0.06
_A_YEAR = 365 * 86_400
_GROWTH = ("current_rows", "monthly_growth", "year_estimate", "notes")
_PER = patterns.compile(
    r"(?i)(?:\b(?:per|an?|each|every)\s+|/\s*)(\w+)|"
    r"\b(hourly|daily|nightly|weekly|monthly|quarterly|yearly|annually)\b"
)
_A_MONTH = {
    **dict.fromkeys(("hour", "h", "hourly"), 24 * 365 / 12),
    **dict.fromkeys(("day", "d", "daily", "night", "nightly"), 365 / 12),
    **dict.fromkeys(("week", "wk", "w", "weekly"), 365 / 7 / 12),
    **dict.fromkeys(("month", "mo", "m", "monthly"), 1.0),
    **dict.fromkeys(("quarter", "q", "quarterly"), 1 / 3),
    **dict.fromkeys(("year", "yr", "y", "yearly", "annually"), 1 / 12),
}
"""How many times a month something comes."""
_WHY_NOT_LINEAR = patterns.compile(
    r"(?i)\b(?:linear\w*|season\w*|until|from|ramp\w*|archiv\w+|drop\w*|partition\w*|purg\w+|delet\w+|slow\w*|"
    r"doubl\w+|half|halv\w+|held|cap(?:ped|s)?|flat|peak\w*|campaign\w*|roll ?-?out|launch\w*|migrat\w+|"
    r"one-?off|once|faster|steady|shrink\w*|expire\w*|empty|backfill\w*|merge\w*|compound\w*|exponential\w*)\b"
)


@rule(
    "XS13",
    "arithmetic-and-units",
    "A",
    sections=("16.1", "17.2"),
    checklist=("CHK16",),
    what="The 12-month estimate is not the present size plus twelve times the monthly growth; a risk's score "
    "is not likelihood times impact; or one size of one table stands there in two units.",
    why="Capacity is ordered and risks are ranked by these figures.",
    fix="Correct the figure, or say in the notes why growth is not linear.",
    wrong_when='Growth is not linear: the note says so, such as "held level by archiving from May on". A '
    "cell with several figures, a bound or a period that is not known is not looked at.",
    fires="""
[[logical.grain]]
entity = "payout"
grain = "one transfer to one seller"

[[capacity.growth]]
entity = "payout"
current_rows = "4M"
monthly_growth = "500k"
year_estimate = "6M"
""",
    silent=(
        """
[[logical.grain]]
entity = "payout"
grain = "one transfer to one seller"

[[capacity.growth]]
entity = "payout"
current_rows = "4M"
monthly_growth = "500k"
year_estimate = "6M"
notes = "payouts older than six months go to the archive"
""",
        """
[[logical.grain]]
entity = "payout"
grain = "one transfer to one seller"

[[capacity.growth]]
entity = "payout"
current_rows = "about 4 million"
monthly_growth = "3 %"
year_estimate = "5.7M"

[[failure.risks]]
risk = "a payout is sent twice"
likelihood = 2
impact = 5
score = 10
owner = "Ada"
deadline = 2027-01-31
""",
    ),
)
def arithmetic_and_units(
    bank: Bank,
    capacity_growth: Value | None,
    failure_risks: Value | None,
    capacity_largest_table: Value | None,
    capacity_fastest_index: Value | None,
    capacity_working_set: Value | None,
    capacity_restore_time: Value | None,
    capacity_retention_cost: Value | None,
    physical_growth_rate: Value | None,
) -> Iterator[Yield]:
    for address, row in addressed(bank, "capacity.growth", capacity_growth):
        message = _growth_differs(row)
        if message:
            fix = "correct the figure, or say in the notes why growth is not linear"
            yield at("capacity.growth", message, row=address, column="year_estimate", fix=fix)
    for address, row in addressed(bank, "failure.risks", failure_risks):
        likelihood, impact, score = (_number(row, column) for column in ("likelihood", "impact", "score"))
        if likelihood and impact and score is not None and likelihood * impact != score:
            message = f"{likelihood:g} × {impact:g} is {likelihood * impact:g}, not {score:g}"
            yield at("failure.risks", message, row=address, column="score", fix="correct the score")
    entities = {entity_key(cell(row, "entity")) for row in rows(capacity_growth)} - {""}
    sizes = {
        "capacity.largest_table": capacity_largest_table,
        "capacity.fastest_index": capacity_fastest_index,
        "capacity.working_set": capacity_working_set,
        "capacity.restore_time": capacity_restore_time,
        "capacity.retention_cost": capacity_retention_cost,
        "physical.growth_rate": physical_growth_rate,
    }
    yield from _units_differ({question: text(value) for question, value in sizes.items()}, entities)


def _growth_differs(row: Row) -> str:
    """A sentence about the estimate of one row where it cannot be right, else ""."""
    now, year = _level(cell(row, "current_rows")), _level(cell(row, "year_estimate"))
    growth, times = sole_figure(cell(row, "monthly_growth")), _times_a_month(cell(row, "monthly_growth"))
    if now is None or growth is None or year is None or not times or now.unit != year.unit:
        return ""
    kept = parse_duration(cell(row, "retention"))
    if kept is not None and kept < _A_YEAR:
        return ""
    if any(_WHY_NOT_LINEAR.search(cell(row, column)) for column in _GROWTH):
        return ""
    if growth.unit == "percent":
        rate = growth.amount / 100
        expected = (now.amount * (1 + 12 * times * rate), now.amount * (1 + rate) ** (12 * times))
    elif growth.unit == now.unit:
        expected = (now.amount + 12 * times * growth.amount,) * 2
    else:
        return ""
    if any(abs(year.amount - value) <= _TOLERANCE * max(abs(value), abs(year.amount)) for value in expected):
        return ""
    sum_of = f"{cell(row, 'current_rows')} and a year's growth of {cell(row, 'monthly_growth')}"
    return f"{sum_of} make {_short(expected[0], now.unit)}, not {cell(row, 'year_estimate')}"


def _level(words: str) -> Quantity | None:
    """The number of rows, or the size, that a cell says; None where it is not certain."""
    figure = sole_figure(words)
    return None if figure is None or figure.unit == "second" or _PER.search(words) else figure


def _times_a_month(words: str) -> float:
    """How many times a month what a cell of monthly growth says comes; 0 where it is not certain."""
    periods = [(match[1] or match[2]).casefold() for match in _PER.finditer(words)]
    return _A_MONTH.get(periods[0], 0.0) if len(periods) == 1 else 0.0 if periods else 1.0


def _number(row: Row, column: str) -> float | None:
    value = row.get(column)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _short(amount: float, unit: Unit = "count") -> str:
    letters = ("PB", "TB", "GB", "MB", "kB", "bytes") if unit == "byte" else ("T", "B", "M", "k", "")
    sizes = [1000.0**power for power in range(len(letters) - 1, -1, -1)]
    size, letter = next(
        (pair for pair in zip(sizes, letters, strict=True) if amount >= pair[0]), (1.0, letters[-1])
    )
    return f"{amount / size:.3g}{' ' if unit == 'byte' else ''}{letter}"


def _units_differ(texts: Mapping[str, str], entities: set[str]) -> Iterator[Yield]:
    """One figure of at least three digits that sentences about one table give in two units of size."""
    said: dict[tuple[str, float], dict[float, str]] = {}
    for question_id, words in texts.items():
        for sentence in SENTENCE.split(words):
            padded = f" {name_key(sentence)} "
            about = max((e for e in entities if f" {e} " in padded), key=len, default="")
            for quantity in quantities(sentence) if about else ():
                figure = re.sub(r"[^\d.]", "", sentence[quantity.start : quantity.end])
                if quantity.unit == "byte" and len(figure.replace(".", "").strip("0")) >= 2 < len(figure):
                    said.setdefault((about, float(figure.strip("."))), {}).setdefault(
                        quantity.amount, question_id
                    )
    for (about, number), amounts in said.items():
        for (small, _), (large, where) in combinations(sorted(amounts.items()), 2):
            sizes = f"{_short(small, 'byte')} and {_short(large, 'byte')}"
            message = f"{about} has {number:g} in two units: {sizes}"
            fix = "correct the unit in one of the two places"
            yield at(where, message, fix=fix, severity=Severity.WARNING)
