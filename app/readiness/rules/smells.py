"""Smells of data and queries: tables before meaning, no constraints, no queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank
from app.document.answers import State, Value
from app.interview.applicability import QuestionState, Survey
from app.readiness.facts.phrases import IN_THE_SERVICE, INDEX_LATER, phrase_in
from app.readiness.facts.tables import addressed, cell, rows, text
from app.readiness.model import NotChecked, Severity, Target
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema

_MEANING = {
    "domain.narrative": "the domain narrative (2.1)",
    "authority.source_of_truth": "the source of truth (3.1)",
    "logical.states": "the lifecycle (6.4)",
    "logical.invariants": "the invariants (6.5)",
}
_EMPTY = (QuestionState.UNANSWERED,)
_OUTSIDE = frozenset({"application_service", "async_validator", "operational_control"})
_ONLY_FORM = patterns.compile(
    r"(?i)\b(?:front ?end|client[- ]side|user interface|the ui|the form|form validation|disabled button|"
    r"javascript|browser|screen)\b"
)
_SERVER = patterns.compile(
    r"(?i)\b(?:server|service|api|backend|transaction|trigger|constraint|job|query|database)\b|_"
)
_CREATE_TABLE = patterns.compile(r"(?i)\bcreate\s+(?:\w+\s+)?table\b")


@rule(
    "SM01",
    "table-first",
    "A",
    sections=("2.1", "3.1", "6.4", "6.5", "7.2"),
    smells=("SML1",),
    what="There is DDL, while of four things three are empty: the narrative of 2.1, the owner of the "
    "truth in 3.1, the states of 6.4, the invariants of 6.5.",
    why="Columns do not say what a row means, who may change it or what must stay true. A reviewer can only "
    "check the spelling.",
    fix="Answer 2.1, 3.1, 6.4 and 6.5 first; the tables follow from them.",
    wrong_when="Only a column is added: then the compact set of questions is enough, and the rule is silent.",
    fires="""
[profile]
change_types = ["add_table"]
traits = ["lifecycle"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE hold (hold_id bigint PRIMARY KEY, seat_id bigint NOT NULL, held_until timestamptz);"
""",
    silent=(
        """
[profile]
change_types = ["add_column"]
traits = ["lifecycle"]

[physical]
engine = "postgresql"
ddl = "ALTER TABLE hold ADD COLUMN note text;"
""",
        """
[profile]
change_types = ["add_table"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE hold (hold_id bigint PRIMARY KEY, seat_id bigint NOT NULL, held_until timestamptz);"

[[logical.invariants]]
invariant = "a seat is held by one buyer at a time"
""",
    ),
)
def table_first(survey: Survey, change_types: frozenset[str], physical_ddl: Value | None) -> Iterator[Yield]:
    if not text(physical_ddl) or change_types == {"add_column"}:
        return
    views = [survey.questions[question_id] for question_id in _MEANING if question_id in survey.questions]
    empty = [_MEANING[view.id] for view in views if view.applies and view.state in _EMPTY]
    if len(empty) >= 3:
        message = f"there are tables, but {', '.join(empty[:-1])} and {empty[-1]} are empty"
        yield at("physical.ddl", message, fix="answer those first; the tables follow from them")


@rule(
    "SM02",
    "constraint-free",
    "B",
    sections=("6.5", "7.2", "8"),
    smells=("SML2",),
    what="The new tables have no constraint beyond primary keys and NOT NULL; or no invariant is held by the "
    "database or a transaction; or an invariant is held by the user interface alone.",
    why="Imports, scripts, migrations and the next service do not pass through the program that checks.",
    fix="Move what one row or a few rows can show into constraints; say for the rest which writer checks it.",
    wrong_when="The table is a log of events or an import buffer, or foreign keys are left out by decision: "
    "waive it with the reason.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE payout (payout_id bigint PRIMARY KEY, seller_id bigint, amount numeric(12,2) NOT NULL);"

[[logical.invariants]]
invariant = "a payout is never negative"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE import_line (line_no bigint PRIMARY KEY, body text NOT NULL);"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE payout (payout_id bigint PRIMARY KEY, amount numeric(12,2) CHECK (amount >= 0));"

[[logical.invariants]]
invariant = "a payout is never negative"

[[invariants.matrix]]
id = "INV-001"
invariant = "a payout is never negative"
enforcement = "database_constraint"
mechanism = "CHECK on amount"
test = "insert of -1 fails"
monitoring = "23514 by constraint"
""",
    ),
)
def constraint_free(
    bank: Bank,
    schema: Schema | None,
    logical_invariants: Value | None,
    invariants_matrix: Value | None,
    invariants_exceptions: Value | None,
    control_decision_summary: Value | None,
) -> Iterator[Yield]:
    matrix = list(addressed(bank, "invariants.matrix", invariants_matrix))
    bare = _has_no_constraint(schema)
    if schema is not None and bare and (rows(logical_invariants) or matrix):
        if schema.unread:
            reason = f"constraints of the DDL: {schema.unread[0].reason}"
            yield NotChecked(reason, Target("physical.ddl"))
        else:
            message = "no table has a constraint beyond its primary key and NOT NULL"
            yield at("physical.ddl", message, fix="move invariants of one row or a few rows into constraints")
    outside = [row for _, row in matrix if cell(row, "enforcement") in _OUTSIDE]
    if len(matrix) >= 2 and len(outside) == len(matrix):
        message = "no invariant is held by the database or by a transaction"
        yield at(
            "invariants.matrix", message, fix="move those that one row or a few rows show into constraints"
        )
    for address, row in matrix:
        mechanism = cell(row, "mechanism")
        if _ONLY_FORM.search(mechanism) and not _SERVER.search(mechanism):
            message = "only the user interface holds this invariant"
            fix = "check it where every writer passes: in a constraint, or in the transaction"
            yield at("invariants.matrix", message, row=address, column="mechanism", fix=fix)
    said = {
        "control.decision_summary": control_decision_summary,
        "invariants.exceptions": invariants_exceptions,
    }
    phrase = phrase_in(IN_THE_SERVICE, said)
    if phrase and (bare or not matrix):
        yield at(phrase[0], f'"{phrase[1]}" leaves every other writer free', severity=Severity.INFO)


def _has_no_constraint(schema: Schema | None) -> bool:
    if schema is None or not schema.tables:
        return False
    return not any(
        t.uniques or t.foreign_keys or t.checks or t.exclusions or t.triggers for t in schema.tables.values()
    )


@rule(
    "SM03",
    "no-query-catalog",
    "A",
    sections=("7.4", "9.2"),
    smells=("SML3",),
    what="The DDL makes tables, and 9.2 lists no query.",
    why="Keys, indexes and partitions follow from the queries. Without them nobody can say whether the "
    "schema serves anything.",
    fix="List the queries that run most, that somebody waits for, and that return most, with their SQL.",
    wrong_when="Nothing ever reads the table, such as a write-only archive: mark 9.2 as not applicable.",
    fires="""
[profile]
change_types = ["add_table"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE scan (scan_id bigint PRIMARY KEY, parcel_id bigint NOT NULL);"

[[physical.indexes]]
index = "ix_scan_parcel (parcel_id)"
reason = "more indexes will be added later if needed"
""",
    silent=(
        """
[profile]
change_types = ["add_table"]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE scan_archive (scan_id bigint PRIMARY KEY, body text NOT NULL);"

[status]
"workload.queries" = { state = "not_applicable", reason = "does_not_exist", note = "Written, never read." }
""",
        """
[profile]
change_types = ["add_column"]

[physical]
engine = "postgresql"
ddl = "ALTER TABLE scan ADD COLUMN depot_id bigint;"
""",
    ),
)
def no_query_catalog(
    states: Mapping[str, State],
    schema: Schema | None,
    physical_ddl: Value | None,
    physical_indexes: Value | None,
    workload_queries: Value | None,
    workload_workloads: Value | None,
) -> Iterator[Yield]:
    empty = not rows(workload_queries) and "workload.queries" not in states
    made = bool(schema and schema.tables) or bool(_CREATE_TABLE.search(text(physical_ddl)))
    if empty and made:
        fix = "list the queries that run most, that somebody waits for, and that return most"
        yield at("workload.queries", "the DDL makes tables, but no query says what they are for", fix=fix)
    phrase = phrase_in(
        INDEX_LATER, {"physical.indexes": physical_indexes, "workload.workloads": workload_workloads}
    )
    if phrase:
        message = f'"{phrase[1]}" means that nobody knows yet which queries the schema serves'
        severity = Severity.WARNING if empty and made else Severity.INFO
        yield at(phrase[0], message, fix="name the query that the index would serve", severity=severity)
