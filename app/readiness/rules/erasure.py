"""The security rule about what an erasure reaches."""

from __future__ import annotations

from collections.abc import Iterator

from app.document.answers import Value
from app.readiness.facts.copies import BACKUPS, LOGS, OBJECTS, derived_stores, mentions
from app.readiness.facts.tables import cell, lines, rows, text
from app.readiness.registry import Yield, at, rule
from app.schema.personal import looks_personal

_SENSITIVE = frozenset({"pii", "regulated"})


@rule(
    "SC03",
    "erasure-without-propagation",
    "A",
    sections=("12.4", "13.2", "15"),
    checklist=("CHK13",),
    what="The data is about people, and the answers about erasure leave out a place where the document "
    "itself puts it: a derived store, the backups, the logs, an archive.",
    why="The row is deleted and the person is still found by the search. The list of copies is in this "
    "document; the erasure has to go through it.",
    fix="Say for each copy how and by when a deletion reaches it, or why it need not.",
    wrong_when="A policy exempts it: say so, with the reason.",
    fires="""
[profile]
traits = ["personal_data", "derived_stores"]

[[authority.source_of_truth]]
data = "guests"
owner = "front desk"
derived_stores = ["guest search (OpenSearch)", "loyalty warehouse"]
rebuildable = true

[security]
erasure = "erase_guest empties name and email within 72 hours."
propagation = "The warehouse load deletes the row in the same night; backups expire after 35 days."
""",
    silent=(
        """
[profile]
traits = ["personal_data", "derived_stores"]

[[authority.source_of_truth]]
data = "guests"
owner = "front desk"
derived_stores = ["OpenSearch index of guests", "none"]
rebuildable = true

[[integration.derived_stores]]
store = "stay statistics"
source = "guest, stay"
deletion = "holds sums alone; nothing to delete"

[[recovery.objectives]]
scope = "entire_database"
rpo = "5 min"
rto = "4 h"
method = "WAL to the minute"
tested = true

[security]
erasure = "erase_guest empties name and email within 72 hours."
propagation = "The search drops the guest within a minute. Backups are exempt by policy DP-9 for 35 days."
""",
        """
[[authority.source_of_truth]]
data = "shelf marks"
owner = "catalog"
derived_stores = ["search index"]
rebuildable = true

[profile]
traits = ["derived_stores"]

[security]
propagation = "A mark that is deleted goes from the index within a minute."
""",
    ),
)
def erasure_without_propagation(
    traits: frozenset[str],
    change_types: frozenset[str],
    authority_source_of_truth: Value | None,
    integration_derived_stores: Value | None,
    recovery_objectives: Value | None,
    operations_log_fields: Value | None,
    operations_log_gaps: Value | None,
    security_classification: Value | None,
    security_backup_access: Value | None,
    security_retention: Value | None,
    security_erasure: Value | None,
    security_propagation: Value | None,
    security_audit_privacy: Value | None,
    security_masking: Value | None,
) -> Iterator[Yield]:
    classes = {cell(row, "classification") for row in rows(security_classification)}
    if "personal_data" not in traits and "regulated_data" not in change_types and not classes & _SENSITIVE:
        return
    answered = [
        name
        for name, value in (
            ("security.propagation", security_propagation),
            ("security.erasure", security_erasure),
        )
        if text(value)
    ]
    if not answered:
        return
    told = " ".join(
        map(text, (security_erasure, security_propagation, security_audit_privacy, security_masking))
    )
    missing = _missing_stores(told, authority_source_of_truth, integration_derived_stores)
    if (rows(recovery_objectives) or text(security_backup_access)) and not BACKUPS.search(told):
        missing.append("the backups of 15.1")
    personal_logs = [f for f in lines(operations_log_fields) if f == "actor_id_if_safe" or looks_personal(f)]
    if personal_logs and not LOGS.search(told) and not text(operations_log_gaps):
        missing.append("the logs of 14.2")
    if any(OBJECTS.search(cell(row, "disposal")) for row in rows(security_retention)) and not OBJECTS.search(
        told
    ):
        missing.append("the archive of 12.4")
    if missing:
        message = f"the erasure does not reach {', '.join(missing)}"
        yield at(answered[0], message, fix="say how and by when a deletion reaches it, or why it need not")


def _missing_stores(told: str, source_of_truth: Value | None, stores: Value | None) -> list[str]:
    found = list(derived_stores(source_of_truth, stores))
    said = [name for name, deletes in found if deletes]
    open_ones = [name for name, deletes in found if not deletes and not mentions(told, name)]
    return list(
        dict.fromkeys(n for n in open_ones if not any(mentions(s, n) or mentions(n, s) for s in said))
    )
