"""Smells of things put off: migration, history, security."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app import patterns
from app.document.answers import Row, State, Value
from app.readiness.facts.grains import Grain
from app.readiness.facts.phrases import API_GUARDS, MIGRATE_SOMEHOW, WE_LOG, phrase_in
from app.readiness.facts.states import entity_key
from app.readiness.facts.steps import says
from app.readiness.facts.tables import cell, rows
from app.readiness.facts.texts import is_bare
from app.readiness.model import Severity
from app.readiness.registry import Yield, at, fact, rule
from app.schema.each import each
from app.schema.model import Schema, Table

_HISTORY = patterns.compile(
    r"(?:^| )(?:histor\w*|audit\w*|version\w*|transition\w*|events?|ledger\w*|journal\w*|log|logs|revisions?|"
    r"changes?|movements?|entry|entries|snapshot\w*|archive\w*|postings?|outbox)(?: |$)"
)
_TEMPORAL = patterns.compile(
    r"(?:valid|effective|row_start|sys_start|sys_period|transaction_time|superseded|recorded)"
)
_LEDGER = patterns.compile(
    r"(?i)\b(?:ledger|audit service|audit store|event store|siem|temporal|system[- ]versioned)\b"
)
_SENSITIVE = frozenset({"pii", "regulated", "confidential"})


@rule(
    "SM04",
    "migration-afterthought",
    "A",
    sections=("11.3", "11.5"),
    smells=("SML4",),
    what="Tables that hold rows are changed, and the plan has fewer than three steps (two for an additive "
    "change), no validation, no way back, or no compatibility row.",
    why="Old rows are where the surprises are. A plan without proof and without a way back is a hope.",
    fix="Write the steps with a check between them and a rollback for each, and which version runs on which "
    "schema.",
    wrong_when="The table is new and empty: then the trait of existing data does not hold.",
    fires="""
[profile]
change_types = ["change_lifecycle"]
traits = ["existing_data"]

[[migration.steps]]
step = "1"
action = "convert the old rows"
rollback = "restore"
""",
    silent=(
        """
[profile]
change_types = ["add_table"]

[[migration.steps]]
step = "1"
action = "create the table"
""",
        """
[profile]
change_types = ["add_column"]
traits = ["existing_data"]

[migration]
strategy = "simple_additive_migration"

[[migration.steps]]
step = "1"
kind = "expand"
action = "add column note, nullable"
rollback = "drop the column"

[[migration.steps]]
step = "2"
action = "verify that the old release still inserts"
rollback = "nothing to undo"

[[migration.compatibility]]
version = "web 41"
old_schema = "yes"
expanded_schema = "yes"
contracted_schema = "no"
""",
    ),
)
def migration_afterthought(
    traits: frozenset[str],
    states: Mapping[str, State],
    migration_strategy: Value | None,
    migration_steps: Value | None,
    migration_validation_query: Value | None,
    migration_compatibility: Value | None,
    control_decision_summary: Value | None,
    problem_data_quality: Value | None,
) -> Iterator[Yield]:
    phrase = phrase_in(
        MIGRATE_SOMEHOW,
        {"control.decision_summary": control_decision_summary, "problem.data_quality": problem_data_quality},
    )
    gaps: list[str] = []
    if "existing_data" in traits and "migration.steps" not in states:
        steps = rows(migration_steps)
        least = 2 if migration_strategy == "simple_additive_migration" else 3
        if len(steps) < least:
            gaps.append(f"{len(steps) or 'no'} step{'' if len(steps) == 1 else 's'}")
        if not migration_validation_query and not any(_proves(step) for step in steps):
            gaps.append("no validation")
        if all(is_bare(cell(step, "rollback")) for step in steps):
            gaps.append("no way back")
        if not rows(migration_compatibility) and "migration.compatibility" not in states:
            gaps.append("no row that says which version runs on which schema")
    if gaps:
        message = f"rows exist that must survive, and the plan has {', '.join(gaps)}"
        fix = "write the steps with a check between them, a rollback for each, and the compatibility matrix"
        yield at("migration.steps", message, fix=fix)
    if phrase:
        message = f'"{phrase[1]}" says neither how nor how one would know'
        yield at(phrase[0], message, severity=Severity.WARNING if gaps else Severity.INFO)


def _proves(step: Row) -> bool:
    return cell(step, "kind") == "validate" or any(
        says(cell(step, column), "validate") for column in ("step", "action", "safety_guard")
    )


@rule(
    "SM05",
    "audit-as-logging",
    "B",
    sections=("6.4", "7.2", "12.4"),
    smells=("SML5",),
    what="Someone must be able to say later what the data was or who changed it, and no table keeps history, "
    "transitions or versions; or the evidence of transitions is a log line.",
    why="Log lines expire, are sampled, cannot be joined and are not part of the transaction.",
    fix="Model the history as rows: a transition table, versions, or an event table in the same transaction.",
    wrong_when="The record is kept by an external ledger or by a system-versioned table: name it.",
    fires="""
[profile]
traits = ["history"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE booking (booking_id bigint PRIMARY KEY, car_id bigint NOT NULL, state text NOT NULL);"
""",
    silent=(
        """
[profile]
traits = ["history"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE booking (booking_id bigint PRIMARY KEY, car_id bigint NOT NULL, state text NOT NULL);"

[security]
audit_privacy = "Each change is posted to the external ledger of the compliance team, ten years."
""",
        """
[profile]
traits = ["history"]

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE booking (booking_id bigint PRIMARY KEY, car_id bigint NOT NULL, state text NOT NULL);
CREATE TABLE booking_history (booking_id bigint, changed_at timestamptz NOT NULL, state text NOT NULL);
\"\"\"
""",
    ),
)
def audit_as_logging(
    traits: frozenset[str],
    change_types: frozenset[str],
    schema: Schema | None,
    keeps_history: bool,
    ledger_said: bool,
    logging_said: tuple[str, str] | None,
    logical_transitions: Value | None,
) -> Iterator[Yield]:
    wanted = "history" in traits or "regulated_data" in change_types
    evidence = [cell(row, "evidence") for row in rows(logical_transitions) if cell(row, "evidence")]
    logged = bool(evidence) and all(WE_LOG.search(words) for words in evidence)
    if wanted and schema is not None and schema.tables and not keeps_history and not ledger_said:
        message = "the past must be told later, but no table keeps history, transitions or versions"
        fix = "add the table that keeps it, or name the ledger that does"
        yield at("physical.ddl", message, fix=fix)
    if logged:
        message = "the only evidence of every transition is a log line"
        fix = "write a row in the same transaction"
        yield at("logical.transitions", message, fix=fix)
        return
    if logging_said and not keeps_history:
        message = f'"{logging_said[1]}" is no record that can be queried years later'
        yield at(logging_said[0], message, severity=Severity.WARNING if wanted else Severity.INFO)


@fact
def ledger_said(
    problem_existing_tables: Value | None,
    logical_transitions: Value | None,
    authority_source_of_truth: Value | None,
    security_audit_privacy: Value | None,
    security_retention: Value | None,
) -> bool:
    """Whether something is named that keeps the past elsewhere."""
    answers = {
        "logical.transitions": logical_transitions,
        "security.audit_privacy": security_audit_privacy,
        "security.retention": security_retention,
        "authority": authority_source_of_truth,
        "existing": problem_existing_tables,
    }
    return phrase_in(_LEDGER, answers) is not None


@fact
def logging_said(
    logical_transitions: Value | None,
    security_audit_privacy: Value | None,
    security_retention: Value | None,
) -> tuple[str, str] | None:
    """The first question that leaves the past to a log, and its words."""
    answers = {
        "logical.transitions": logical_transitions,
        "security.audit_privacy": security_audit_privacy,
        "security.retention": security_retention,
    }
    return phrase_in(WE_LOG, answers)


@fact
def keeps_history(schema: Schema | None, grains: tuple[Grain, ...], memo: dict[str, Any]) -> bool:
    """Whether a table or entity is called like a history, is one by its grain, or is temporal."""
    if schema is not None and any(each(memo, "histories", schema.all_tables, _is_history)):
        return True
    return any(each(memo, "histories by grain", grains, _is_history_by_grain))


def _is_history_by_grain(grain: Grain) -> bool:
    words = re.sub(r"^one ", "", grain.text.casefold())
    return bool(_HISTORY.search(grain.key) or _HISTORY.match(words[:24]))


def _is_history(table: Table) -> bool:
    temporal = any(_TEMPORAL.match(column) for column in table.column_names)
    return temporal or bool(_HISTORY.search(entity_key(table.name)))


@rule(
    "SM06",
    "security-later",
    "B",
    sections=("12.1", "12.2", "12.3"),
    smells=("SML6",),
    what="Data is classified as sensitive, is about people or is shared by tenants, and 12.2 says nothing, "
    "or says that the application handles it.",
    why="Jobs, reports, replicas, support tools and restores do not come through the API.",
    fix="Say for each kind of login what it may read and write, and what the database itself refuses.",
    wrong_when="One person uses the tool alone, on their own data: classify it as internal.",
    fires="""
[profile]
traits = ["personal_data"]

[[security.classification]]
object = "patient"
classification = "pii"
""",
    silent=(
        """
[[security.classification]]
object = "opening_hours"
classification = "public"
""",
        """
[profile]
traits = ["personal_data"]

[[security.classification]]
object = "patient"
classification = "pii"

[security]
database_roles = "clinic_app: SELECT and INSERT on appointment; clinic_report: the view without names."
""",
    ),
)
def security_later(
    traits: frozenset[str],
    states: Mapping[str, State],
    security_classification: Value | None,
    security_database_roles: Value | None,
    security_application_roles: Value | None,
    security_service_accounts: Value | None,
    security_row_policies: Value | None,
    security_break_glass: Value | None,
    security_analyst_access: Value | None,
) -> Iterator[Yield]:
    classes = {cell(row, "classification") for row in rows(security_classification)}
    sensitive = bool(classes & _SENSITIVE) or bool(traits & {"personal_data", "multi_tenant"})
    model = {
        "security.database_roles": security_database_roles,
        "security.application_roles": security_application_roles,
        "security.service_accounts": security_service_accounts,
        "security.row_policies": security_row_policies,
        "security.break_glass": security_break_glass,
        "security.analyst_access": security_analyst_access,
    }
    said = {question for question, value in model.items() if isinstance(value, str) and not is_bare(value)}
    settled = {question for question in model if question in states}
    if sensitive and not said and not settled and (classes or "multi_tenant" in traits):
        message = f"{_why_sensitive(classes, traits)}, and 12.2 does not say who may read or change it"
        fix = "say for each kind of login what it may do, and what the database itself refuses"
        yield at("security.database_roles", message, fix=fix)
    phrase = phrase_in(API_GUARDS, model)
    if phrase:
        guarded = {"security.database_roles", "security.row_policies"} & said - {phrase[0]}
        severity = Severity.INFO if guarded or not sensitive else Severity.WARNING
        message = f'"{phrase[1]}" leaves jobs, reports, support and restores open'
        fix = "say what holds for whoever does not come through it"
        yield at(phrase[0], message, fix=fix, severity=severity)


def _why_sensitive(classes: set[str], traits: frozenset[str]) -> str:
    """What makes the data sensitive, as the beginning of a sentence."""
    found = sorted(classes & _SENSITIVE)
    if found:
        return f"12.1 classifies data as {', '.join(found)}"
    if "personal_data" in traits:
        return "the profile says that the data is about people"
    return "the profile says that several tenants share the tables"
