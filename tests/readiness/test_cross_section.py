"""Cross-section rules notice one changed place in a complete document, and say where it is."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.codec import decode
from app.readiness.model import Evaluation, Severity
from tests.readiness.documents import engine, evaluate

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-readings.toml"
TODAY = date(2026, 11, 24)
OURS = ("XS", "SM")


@cache
def _example() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def _changed(old: str, new: str) -> Evaluation:
    """The example with `old`, which stands there once, replaced by `new`."""
    assert _example().count(old) == 1, _example().count(old)
    document = decode(default_bank(), _example().replace(old, new), "example.toml")
    return engine().evaluate(document.answers, TODAY)


def _found(evaluation: Evaluation, code: str) -> set[str]:
    return {str(f.target) for f in evaluation.findings if f.code == code and not f.waived}


@pytest.mark.parametrize("name", ["meter-readings", "parcel-instructions"])
def test_the_examples_are_free_of_these_findings_and_everything_was_looked_at(name: str) -> None:
    text = EXAMPLE.with_name(f"{name}.toml").read_text(encoding="utf-8")
    evaluation = engine().evaluate(decode(default_bank(), text, "example.toml").answers, TODAY)
    found = [f for f in evaluation.findings if f.code.startswith(OURS) and not f.waived]
    assert [(f.code, str(f.target), f.message) for f in found if f.severity != Severity.INFO] == []
    assert [u for u in evaluation.unchecked if u.code.startswith(OURS)] == []


@pytest.mark.parametrize(
    ("code", "target", "old", "new"),
    [
        (
            "XS01",
            "conceptual.concepts[Reading].lifecycle",
            "received → validated/rejected/estimated →",
            "received → validated/estimated →",
        ),
        (
            "XS01",
            "physical.ddl",
            "request_state IN ('requested', 'approved', 'declined', 'expired')) NOT VALID",
            "request_state IN ('requested', 'approved', 'refused')) NOT VALID",
        ),
        (
            "XS01",
            "domain.commands[expire_request].state_change",
            'state_change = "correction_request: requested → expired"',
            'state_change = "correction_request: requested → lapsed"',
        ),
        (
            "XS02",
            "transactions.boundaries[request_correction].tables",
            'tables = [\n    "correction_request",\n]',
            'tables = [\n    "correction_ticket",\n]',
        ),
        (
            "XS02",
            "logical.cardinality[utility → meter_register].enforcement",
            'enforcement = "fk_meter_register_utility"',
            'enforcement = "fk_meter_register_owner"',
        ),
        (
            "XS02",
            "logical.keys[correction_request].primary_identity",
            'primary_identity = "(utility_id, request_id)"',
            'primary_identity = "(utility_id, ticket_id)"',
        ),
        (
            "XS04",
            "invariants.matrix[INV-004].mechanism",
            "    ON metering.correction_request (utility_id, register_id, read_at)\n",
            "    ON metering.correction_request (utility_id, register_id, read_at, reason_code)\n",
        ),
        (
            "XS05",
            "workload.queries[Q-002].sql",
            "  AND r.register_id = :register_id\n  AND r.read_at < :before_read_at",
            "  AND r.overwritten_by = :staff_id\n  AND r.recorded_at < :before_read_at",
        ),
        (
            "XS06",
            "physical.indexes[uq_correction_request_key (utility_id, request_id)].index",
            'index = "uq_correction_request_key (utility_id, request_key)"',
            'index = "uq_correction_request_key (utility_id, request_id)"',
        ),
        (
            "XS07",
            "control.decision_summary.enforcement",
            "append-only triggers, a transition guard",
            "an exclusion constraint, a transition guard",
        ),
        (
            "XS08",
            "logical.transitions[correction_request/requested/declined].command",
            'state_change = "correction_request: requested → declined"',
            'state_change = "correction_request: requested → expired"',
        ),
        (
            "XS09",
            "transactions.retryable_errors",
            "23505 on uq_correction_request_open: 409, with a link",
            "40P01 on the head: 409. 23505 on uq_correction_request_open: 409, with a link",
        ),
        (
            "XS10",
            "migration.steps[6].kind",
            'sequence = "6"\nkind = "read_switch"',
            'sequence = "6"\nkind = "contract"',
        ),
        (
            "XS12",
            "integration.derived_stores[portal.daily_consumption].rebuild",
            'rebuild = "portalctl rebuild consumption --months 24, 3 h on 2026-11-13"',
            'rebuild = ""',
        ),
        (
            "XS13",
            "capacity.growth[correction_request].year_estimate",
            'year_estimate = "664k"',
            'year_estimate = "864k"',
        ),
        (
            "XS13",
            "failure.risks[the nightly import misses 03:30 because it writes seven times the WAL].score",
            "likelihood = 3\nimpact = 3\nscore = 9",
            "likelihood = 3\nimpact = 3\nscore = 6",
        ),
        (
            "XS16",
            "workload.query_indexes[Q-001]",
            'replica = "no"\nnotes = "then pk_reading_version for one row; both in cache',
            'replica = "yes"\nnotes = "then pk_reading_version for one row; both in cache',
        ),
        (
            "SM06",
            "security.application_roles",
            "checked in Metering Core for each command",
            "known. Authorization is handled by the API for each command",
        ),
    ],
)
def test_one_changed_place_is_found(code: str, target: str, old: str, new: str) -> None:
    assert target in _found(_changed(old, new), code)


def test_a_name_in_a_statement_that_could_not_be_read_is_not_checked() -> None:
    evaluation = evaluate("""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE loan (loan_id bigint PRIMARY KEY);
CREATE UNIQUE INDX uq_loan_copy ON loan (copy_id);
\"\"\"

[[physical.indexes]]
query = "loan by copy"
index = "uq_loan_copy (copy_id)"
""")
    assert [u.code for u in evaluation.unchecked if u.code == "XS06"] == ["XS06"]
    assert [f for f in evaluation.findings if f.code == "XS06"] == []


def test_a_query_of_a_table_outside_the_ddl_is_held_against_the_index_that_9_3_names() -> None:
    toml = """
[physical]
engine = "postgresql"
ddl = "ALTER TABLE parcel ADD COLUMN note text;"

[[workload.queries]]
id = "Q-001"
description = "parcels of a tour"
sql = "SELECT note FROM parcel WHERE tour_id = :tour_id"
interactive = "interactive"

[[workload.query_indexes]]
query = "Q-001"
index = "ix_parcel_tour (COLUMNS)"
notes = "exists"
"""
    served = evaluate(toml.replace("COLUMNS", "tour_id, stop_no"))
    unserved = evaluate(toml.replace("COLUMNS", "depot_id, tour_id"))
    unknown = evaluate(toml.replace(" (COLUMNS)", ""))
    assert _found(served, "XS05") == set()
    assert _found(unserved, "XS05") == {"workload.queries[Q-001].sql"}
    assert [u.code for u in unknown.unchecked if u.code == "XS05"] == ["XS05"]


def test_an_index_that_begins_with_the_tenant_alone_does_not_serve() -> None:
    evaluation = evaluate("""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE loan (tenant_id int, loan_id bigint, copy_id bigint, PRIMARY KEY (tenant_id, loan_id));"

[[workload.queries]]
id = "Q-001"
description = "loan by copy"
sql = "SELECT loan_id FROM loan WHERE tenant_id = :tenant_id AND copy_id = :copy_id"
interactive = "interactive, the desk waits"
""")
    assert _found(evaluation, "XS05") == {"workload.queries[Q-001].sql"}


@pytest.mark.parametrize(
    ("row", "fires"),
    [
        ('current_rows = "1M"\nmonthly_growth = "10k a day"\nyear_estimate = "4.65M"', False),
        ('current_rows = "1M"\nmonthly_growth = "10 %"\nyear_estimate = "3.1M"', False),
        ('current_rows = "1M"\nmonthly_growth = "10 %"\nyear_estimate = "2.2M"', False),
        ('current_rows = "1M"\nmonthly_growth = "2 GB"\nyear_estimate = "9M"', False),
        ('current_rows = "1M"\nmonthly_growth = "many"\nyear_estimate = "9M"', False),
        ('current_rows = "1M"\nmonthly_growth = "100k"\nyear_estimate = "1M"\nretention = "30 days"', False),
        ('current_rows = "10 GB"\nmonthly_growth = "1 GB"\nyear_estimate = "22 GB"', False),
        ('current_rows = "10 GB"\nmonthly_growth = "1 GB"\nyear_estimate = "220 GB"', True),
        ('current_rows = "1M"\nmonthly_growth = "10k a day"\nyear_estimate = "1.12M"', True),
        ('current_rows = "10M"\nmonthly_growth = "1 million per week"\nyear_estimate = "62 million"', False),
        ('current_rows = "10M"\nmonthly_growth = "1 million per week"\nyear_estimate = "22 million"', True),
        ('current_rows = "1M"\nmonthly_growth = "12 % a year"\nyear_estimate = "1.12M"', False),
        ('current_rows = "1M"\nmonthly_growth = "0.5 to 1 million"\nyear_estimate = "10M"', False),
        ('current_rows = "0"\nmonthly_growth = "30k-50k"\nyear_estimate = "480k"', False),
        ('current_rows = "~3–4M"\nmonthly_growth = "0"\nyear_estimate = "4M"', False),
        ('current_rows = "0"\nmonthly_growth = "at most 50k"\nyear_estimate = "480k"', False),
        ('current_rows = "0"\nmonthly_growth = "100 per tenant"\nyear_estimate = "480k"', False),
        ('current_rows = "0"\nmonthly_growth = "10k a working day"\nyear_estimate = "2.6M"', False),
        ('current_rows = "1.000.000"\nmonthly_growth = "100.000"\nyear_estimate = "2.200.000"', False),
        ('current_rows = "1.000.000"\nmonthly_growth = "100k"\nyear_estimate = "2.200.000"', False),
        ('current_rows = "1.000.000"\nmonthly_growth = "100k"\nyear_estimate = "9.200.000"', True),
        ('current_rows = "3 GB"\nmonthly_growth = "250 MB"\nyear_estimate = "6 GB"', False),
    ],
)
def test_growth_is_recomputed_where_its_units_allow(row: str, fires: bool) -> None:
    evaluation = evaluate(f'[[capacity.growth]]\nentity = "scan"\n{row}\n')
    assert bool(_found(evaluation, "XS13")) == fires


def test_the_right_size_is_told_in_its_unit() -> None:
    evaluation = evaluate("""
[[capacity.growth]]
entity = "scan"
current_rows = "3 GB"
monthly_growth = "250 MB"
year_estimate = "6 TB"
""")
    (message,) = [f.message for f in evaluation.findings if f.code == "XS13"]
    assert message == "3 GB and a year's growth of 250 MB make 6 GB, not 6 TB"


def test_one_figure_in_two_units_is_found() -> None:
    evaluation = evaluate("""
[[capacity.growth]]
entity = "scan"

[capacity]
largest_table = "scan, with 890 GB in twelve months."
restore_time = "The 890 TB of scan take four hours."
""")
    assert _found(evaluation, "XS13") == {"capacity.restore_time"}


def test_a_command_without_an_outbox_row_is_found_unless_changes_are_captured_from_the_log() -> None:
    toml = """
[profile]
traits = ["publishes_events"]

[[domain.commands]]
command = "hand_over"
events = ["ParcelDelivered"]

[[transactions.boundaries]]
operation = "hand_over"
tables = ["parcel"]
isolation = "read committed"
outbox = false
"""
    captured = toml + '[[integration.surfaces]]\nsurface = "cdc_stream"\nconsumer = "tracking"\n'
    assert _found(evaluate(toml), "XS09") == {"transactions.boundaries[hand_over].outbox"}
    assert _found(evaluate(captured), "XS09") == set()


def test_a_transition_that_is_allowed_and_forbidden_or_leaves_a_terminal_state_is_found() -> None:
    evaluation = evaluate("""
[profile]
traits = ["lifecycle"]

[[logical.states]]
entity = "bag"
state = "checked"
initial = true

[[logical.states]]
entity = "bag"
state = "loaded"
terminal = true

[[logical.states]]
entity = "bag"
state = "lost"

[[logical.transitions]]
entity = "bag"
from_state = "checked"
to_state = "loaded"

[[logical.transitions]]
entity = "bag"
from_state = "loaded"
to_state = "checked"

[[logical.forbidden]]
entity = "bag"
from_state = "checked"
to_state = "loaded"
why = "no screening"
""")
    assert _found(evaluation, "XS01") == {
        "logical.transitions[bag/loaded/checked]",
        "logical.forbidden[bag/checked/loaded]",
        "logical.states[bag/lost]",
    }


def test_findings_stay_the_same_when_an_unrelated_answer_changes_and_comes_back() -> None:
    bank = default_bank()
    document = decode(bank, _example(), "example.toml")
    before = engine().evaluate(document.answers, TODAY).findings
    changed = document.answers.with_value("control.title", "Another title")
    engine().evaluate(changed, TODAY)
    assert engine().evaluate(document.answers, TODAY).findings == before


def test_two_ages_of_backups_are_found() -> None:
    evaluation = evaluate("""
[profile]
traits = ["personal_data"]

[security]
backup_access = "Two operators; backups are kept for 35 days."
propagation = "Search forgets within a minute. Backups live for 30 days."
""")
    assert _found(evaluation, "XS14") == {"security.propagation"}


def test_lists_in_another_order_are_found() -> None:
    steps = "".join(
        f'[[migration.steps]]\nstep = "{n}"\nkind = "{kind}"\naction = "a"\n'
        for n, kind in enumerate(("expand", "backfill", "read_switch"), 1)
    )
    sequence = "".join(
        f'[[rollout.sequence]]\nsequence = "{n}"\nkind = "{kind}"\nchange = "a"\n'
        for n, kind in enumerate(("expand", "read_switch", "backfill"), 1)
    )
    assert _found(evaluate(steps + sequence), "XS10") == {"rollout.sequence[2].sequence"}


def test_a_derived_store_without_a_record_is_found_unless_that_was_settled() -> None:
    toml = """
[profile]
traits = ["derived_stores"]

[[authority.source_of_truth]]
data = "loans"
owner = "lending"
derived_stores = ["search index", "statistics"]
rebuildable = false

[[integration.derived_stores]]
store = "Search index (OpenSearch)"
source = "loans"
freshness = "30 s"
rebuild = "searchctl rebuild"
deletion = "within 30 s"
"""
    settled = (
        toml
        + """
[status]
"integration.derived_stores" = { state = "deferred", note = "later", owner = "Ada", until = 2027-01-01 }
"""
    )
    assert _found(evaluate(toml), "XS12") == {"authority.source_of_truth[loans].derived_stores"}
    assert _found(evaluate(settled), "XS12") == set()
