"""Cross-section rules about copies: how they are rebuilt, and how long backups and data are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, State, Value
from app.readiness.facts.backups import BackupText
from app.readiness.facts.quantities import durations, parse_duration
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, bare_key, cell, items, name_key, rows
from app.readiness.facts.texts import is_bare
from app.readiness.registry import Yield, at, rule

_NOT_A_STORE = patterns.compile(r"(?i)^\s*(?:none|no|n/?a|-|—)\b|^\W*$")
_COMPARED = patterns.compile(
    r"(?i)\breconcil|\bparity\b|\bequals\b|\bequal (?:to|on|in|at)\b|\b(?:is|are|be|stays?) equal\b"
)
_PARTS = (
    ("rebuild", "how it is rebuilt"),
    ("freshness", "how far it may be behind"),
    ("deletion", "how a deletion reaches it"),
)


@rule(
    "XS12",
    "derived-without-rebuild",
    "A",
    sections=("3.1", "13.2", "18.1"),
    checklist=("CHK03",),
    cross_checks=("RVW08",),
    what="A derived store of 3.1 has no record in 13.2; or its record lacks how it is rebuilt, how far it "
    "may be behind or how a deletion reaches it; or no test reconciles it with its source.",
    why="A copy that cannot be rebuilt has quietly become a source of truth, and one that is never compared "
    "is wrong without anybody knowing.",
    fix="Write its record in 13.2 with the command and its measured duration, and the test in 18.1.",
    wrong_when="Another team rebuilds the store: name the team and the command or ticket that starts it.",
    fires="""
[profile]
traits = ["derived_stores"]

[[authority.source_of_truth]]
data = "loans"
owner = "lending service"
derived_stores = ["catalog search index"]
rebuildable = false

[[integration.derived_stores]]
store = "reading statistics"
source = "loan events"
freshness = "1 day"
rebuild = "statctl rebuild, 40 min"
deletion = "a reader's rows are removed by the nightly run"
""",
    silent=(
        """
[profile]
traits = ["derived_stores"]

[[authority.source_of_truth]]
data = "loans"
owner = "lending service"
derived_stores = ["Catalog search index (OpenSearch)"]
rebuildable = false

[[authority.source_of_truth]]
data = "readers"
owner = "lending service"
derived_stores = ["none"]
rebuildable = false

[[integration.derived_stores]]
store = "catalog search index"
source = "loan events"
freshness = "30 s"
rebuild = "by the search team, ticket type REINDEX, 2 h"
deletion = "a deleted copy leaves within 30 s"

[[testing.matrix]]
type = "reconciliation"
proves = "the catalog search index equals the copies"
""",
        """
[profile]
traits = ["derived_stores"]

[[integration.derived_stores]]
store = "search.catalog_item"
source = "loan events"
freshness = "30 s"
rebuild = "searchctl rebuild, 2 h"
deletion = "a deleted copy leaves within 30 s"

[[testing.matrix]]
type = "reconciliation"
proves = "counts of copies are equal on both sides after 10,000 random loans"
""",
    ),
)
def derived_without_rebuild(
    bank: Bank,
    states: Mapping[str, State],
    authority_source_of_truth: Value | None,
    integration_derived_stores: Value | None,
    testing_matrix: Value | None,
) -> Iterator[Yield]:
    described = [cell(row, "store") for row in rows(integration_derived_stores)]
    if "integration.derived_stores" not in states:
        for address, row in addressed(bank, "authority.source_of_truth", authority_source_of_truth):
            for store in items(row, "derived_stores"):
                if not _NOT_A_STORE.search(store) and not any(_same(store, other) for other in described):
                    message = f"13.2 does not say how {store} is rebuilt"
                    fix = "add its record to 13.2, under the same name"
                    yield at(
                        "authority.source_of_truth", message, row=address, column="derived_stores", fix=fix
                    )
    tests = [row for row in rows(testing_matrix) if _reconciles(row)]
    for address, row in addressed(bank, "integration.derived_stores", integration_derived_stores):
        for column, what in _PARTS:
            if is_bare(cell(row, column)):
                fix = "say it, with the command and a number"
                yield at(
                    "integration.derived_stores", f"nothing says {what}", row=address, column=column, fix=fix
                )
        if rows(testing_matrix) and not _tested(cell(row, "store"), tests, len(described)):
            message = "no test of 18.1 reconciles this store with its source"
            fix = "add a reconciliation test that names the store"
            yield at("integration.derived_stores", message, row=address, column="store", fix=fix)


def _same(one: str, other: str) -> bool:
    """Whether two texts name one store: remarks in parentheses, schema and case aside."""
    left, right = (name_key(re.sub(r"\([^()]*\)", " ", text)) for text in (one, other))
    if not left or not right:
        return False
    return f" {left} " in f" {right} " or f" {right} " in f" {left} "


def _reconciles(row: Row) -> bool:
    said = f"{cell(row, 'type')} {cell(row, 'proves')} {cell(row, 'example')}"
    return cell(row, "type") == "reconciliation" or bool(_COMPARED.search(said))


def _tested(store: str, tests: list[Row], stores: int) -> bool:
    if stores == 1 and tests:
        return True
    last = bare_key(store)
    said = [f" {name_key(cell(row, 'proves') + ' ' + cell(row, 'example'))} " for row in tests]
    return any(f" {name_key(store)} " in words or (last and f" {last} " in words) for words in said)


@rule(
    "XS14",
    "retention-versus-recovery",
    "B",
    sections=("12.4", "15", "16.1"),
    checklist=("CHK15",),
    cross_checks=("RVW09",),
    what="Data must be kept longer than backups reach back; two places give backups different ages; or the "
    "growth model keeps an entity for another time than its retention period.",
    why="What is deleted by mistake in month two cannot be restored from backups that reach back 30 days, "
    "and what was erased comes back from backups that are older than promised.",
    fix="Say what besides backups fulfills the retention duty, and give one age of backups everywhere.",
    wrong_when="Backups are for disasters only and the duty is met by the live tables or an archive: write "
    "that beside the backups, or waive it.",
    fires="""
[profile]
traits = ["personal_data"]

[[logical.grain]]
entity = "folio"
grain = "one bill of one stay"

[[security.retention]]
entity = "folio"
period = "8 years"

[security]
backup_access = "Two operators; backups are kept for 30 days."
""",
    silent=(
        """
[profile]
traits = ["personal_data"]

[[logical.grain]]
entity = "folio"
grain = "one bill of one stay"

[[security.retention]]
entity = "folio"
period = "8 years"

[security]
backup_access = "Two operators; backups are kept for 30 days, for disasters only."
""",
        """
[profile]
traits = ["personal_data"]

[[logical.grain]]
entity = "door code"
grain = "one code of one stay"

[[security.retention]]
entity = "door code"
period = "7 days after departure"

[[capacity.growth]]
entity = "door code"
retention = "7 days"

[security]
backup_access = "Two operators; backups are kept for 30 days."
propagation = "Search forgets within a minute; backups expire after 30 days."
""",
    ),
)
def retention_versus_recovery(
    bank: Bank,
    backup_texts: Mapping[str, BackupText],
    security_retention: Value | None,
    capacity_growth: Value | None,
) -> Iterator[Yield]:
    ages = {question_id: found.age for question_id, found in backup_texts.items() if found.age is not None}
    longest = max(ages.values(), default=None)
    shortest = min(ages.values(), default=None)
    if longest is not None and shortest is not None and longest > shortest * 1.05:
        one, other = (next(q for q, age in ages.items() if age == which) for which in (shortest, longest))
        message = f"backups reach back {_days(shortest)} here, and {_days(longest)} in {other}"
        yield at(one, message, fix="give one age of backups everywhere")
    disasters_only = any(found.disasters_only for found in backup_texts.values())
    for address, row in addressed(bank, "security.retention", security_retention):
        period = max(durations(cell(row, "period")), default=0.0)
        if longest is not None and period > longest and not disasters_only:
            message = f"kept {_days(period)}, while backups reach back {_days(longest)}"
            fix = "say beside the backups that they are for disasters only and what meets the duty instead"
            yield at("security.retention", message, row=address, column="period", fix=fix)
    periods = {entity_key(cell(row, "entity")): row for row in rows(security_retention)}
    for address, row in addressed(bank, "capacity.growth", capacity_growth):
        promised = periods.get(entity_key(cell(row, "entity")), {})
        left, right = parse_duration(cell(row, "retention")), parse_duration(cell(promised, "period"))
        if left and right and abs(left - right) > 0.02 * max(left, right):
            message = f"kept {_days(left)} here, and {_days(right)} in 12.4"
            fix = "use the period of 12.4"
            yield at("capacity.growth", message, row=address, column="retention", fix=fix)


def _days(seconds: float) -> str:
    days = round(seconds / 86_400)
    if days >= 730 and days % 365 == 0:
        return f"{days // 365} years"
    return f"{days} days" if days != 1 else "1 day"
