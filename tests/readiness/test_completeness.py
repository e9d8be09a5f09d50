"""Completeness: gaps, bare denials, failure paths, references, decision records."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, State, Value, freeze
from app.readiness.engine import Engine
from app.readiness.facts.bank_words import words_of
from app.readiness.model import Evaluation, Finding, Severity
from tests.readiness.documents import TODAY, engine, evaluate

BANK = default_bank()
HIGH = Profile(("add_table",), "high", tuple(BANK.traits))


def found(evaluation: Evaluation, code: str, question: str = "") -> list[Finding]:
    return [f for f in evaluation.findings if f.code == code and question in ("", f.target.question)]


def with_values(profile: Profile = HIGH, **values: object) -> Evaluation:
    answers = Answers(profile=profile)
    for name, value in values.items():
        answers = answers.with_value(name.replace("__", "."), freeze(value))
    return engine().evaluate(answers, TODAY)


def test_a_gap_is_told_with_its_row_and_column_when_it_is_the_only_one() -> None:
    evaluation = with_values(
        operations__metrics=[{"signal": "lock_wait", "metric": "waits", "threshold": "5 s"}]
    )
    (finding,) = found(evaluation, "CP01", "operations.metrics")
    assert str(finding.target) == "operations.metrics[lock_wait/waits].action"


def test_gaps_of_one_answer_are_one_finding_that_counts_them() -> None:
    rows = [{"signal": "lock_wait", "metric": f"waits of {name}"} for name in "abc"]
    (finding,) = found(with_values(operations__metrics=rows), "CP01", "operations.metrics")
    assert finding.target.row == ""
    assert "and 3 more" in finding.message


def test_an_optional_table_with_gaps_is_told_too() -> None:
    evaluation = with_values(Profile(), glossary__terms=[{"term": "Hold"}])
    assert found(evaluation, "CP01", "glossary.terms")


def test_a_value_of_the_wrong_kind_is_told_with_what_it_must_be() -> None:
    evaluation = with_values(control__created="last spring")
    (finding,) = found(evaluation, "CP01", "control.created")
    assert "is not a date; write it as 2026-03-31" in finding.message


def test_what_is_deferred_or_said_not_to_apply_is_no_gap() -> None:
    answers = Answers(profile=Profile(("add_column",), "low"))
    before = engine().evaluate(answers, TODAY)
    deferred = answers.with_state(
        "physical.ddl", State("deferred", owner="Ana Sousa", until=date(2027, 1, 1))
    )
    assert found(before, "CP01", "physical.ddl")
    assert not found(engine().evaluate(deferred, TODAY), "CP01", "physical.ddl")


@pytest.mark.parametrize(
    ("column", "trait"),
    [("tenant_id", "multi_tenant"), ("organization_id", "multi_tenant"), ("date_of_birth", "personal_data")],
)
def test_a_column_that_gives_a_trait_away_is_a_warning_until_the_trait_is_there(
    column: str, trait: str
) -> None:
    ddl = f"CREATE TABLE visit (visit_id bigint PRIMARY KEY, {column} text NOT NULL);"
    without = with_values(Profile(), physical__engine="postgresql", physical__ddl=ddl)
    (finding,) = [f for f in found(without, "CP01", "physical.ddl") if trait in f.fix]
    assert finding.severity == Severity.WARNING
    told = with_values(Profile(traits=(trait,)), physical__engine="postgresql", physical__ddl=ddl)
    assert not [f for f in found(told, "CP01", "physical.ddl") if trait in f.fix]


def test_a_derived_store_gives_its_trait_away() -> None:
    row = {"data": "loans", "owner": "lending", "derived_stores": ["search index"], "rebuildable": True}
    without = with_values(Profile(), authority__source_of_truth=[row])
    assert [f for f in found(without, "CP01") if f.target.column == "derived_stores"]
    told = with_values(Profile(traits=("derived_stores",)), authority__source_of_truth=[row])
    assert not [f for f in found(told, "CP01") if f.target.column == "derived_stores"]


@pytest.mark.parametrize(
    "text", ["no", "None.", "N/A", "n.a.", "-", "—", "*none*", "Not applicable", "No impact!", "(none)"]
)
def test_a_bare_denial_is_found(text: str) -> None:
    assert [f.void for f in found(with_values(problem__incidents=text), "CP04")] == [True]


@pytest.mark.parametrize(
    "text",
    ["no; none since 2019", "none of the branches", "Nonesuch", "0", "no-op", "not applicable to holds"],
)
def test_a_denial_with_anything_more_is_not_bare(text: str) -> None:
    assert not found(with_values(problem__incidents=text), "CP04")


def test_at_high_risk_the_question_s_own_counter_question_is_asked() -> None:
    own = found(with_values(problem__incidents="none"), "CP04")[0].fix
    general = found(with_values(problem__pain_points="none"), "CP04")[0].fix
    low = found(with_values(replace(HIGH, risk="low"), problem__pain_points="none"), "CP04")[0].fix
    assert own == BANK.questions["problem.incidents"].counter != ""
    assert general == BANK.file.counter_question != ""
    assert low not in (own, general)


def record(**fields: str) -> dict[str, str]:
    return {"concept": "Hold", **fields}


def test_three_bare_fields_in_a_row_are_box_ticking_at_high_risk_only() -> None:
    rows = [record(independent="no", without_parent="no", history="no", regulated="yes: fees")]
    assert found(with_values(conceptual__concept_questions=rows), "CP04")
    assert not found(with_values(replace(HIGH, risk="medium"), conceptual__concept_questions=rows), "CP04")


def test_bare_fields_with_reasons_between_them_are_none() -> None:
    rows = [
        record(
            independent="no", without_parent="no", history="no: a hold is gone when it ends", regulated="no"
        )
    ]
    assert not found(with_values(conceptual__concept_questions=rows), "CP04")


def test_a_column_of_nothing_but_no_is_a_warning_at_high_risk() -> None:
    rows = [
        {"actor": f"actor {n}", "role": "lends", "reads": "loan", "special_rules": "none"} for n in range(4)
    ]
    (finding,) = found(with_values(domain__actors=rows), "CP04")
    assert (finding.severity, finding.target.column) == (Severity.WARNING, "special_rules")
    assert not found(with_values(domain__actors=rows[:3]), "CP04")


def test_a_choice_that_is_called_no_is_a_choice() -> None:
    row = {"version": "release 7", "old_schema": "no", "expanded_schema": "no", "contracted_schema": "no"}
    profile = replace(HIGH, traits=("existing_data",))
    assert not found(with_values(profile, migration__compatibility=[row]), "CP04")


def test_the_bank_s_own_example_row_is_found_also_when_its_cells_are_short() -> None:
    cells = BANK.questions["domain.actors"].weak.split(" | ")
    row = dict(zip((c.id for c in BANK.questions["domain.actors"].columns), cells, strict=True))
    assert [f.void for f in found(with_values(domain__actors=[row]), "CP02")] == [True]
    assert not found(
        with_values(domain__actors=[{**row, "actor": "clerk", "role": "lends", "reads": "x"}]), "CP02"
    )


def test_eight_words_of_the_bank_inside_an_own_text_are_found_and_not_void() -> None:
    words = " ".join(BANK.questions["problem.incidents"].good.split()[3:13])
    own = "On the last Friday in March the returns desk lost eleven receipts and nobody could tell which."
    findings = found(with_values(problem__pain_points=f"{own} {words}. {own}"), "CP02")
    assert [f.void for f in findings] == [False]


@pytest.mark.parametrize("before", range(3_800, 4_040, 12))
def test_words_of_the_bank_are_found_wherever_they_stand_in_a_long_text(before: int) -> None:
    """A long text is looked at in parts, and the words may begin in one and end in the next."""
    words = words_of(BANK.questions["physical.ddl"].good)[5:22]
    own = "\n".join(f"-- bay {number}" for number in range(2_000))
    ddl = own[: before - before % 9] + "\n" + "\n".join(words) + "\n" + own
    assert found(with_values(physical__ddl=ddl), "CP02", "physical.ddl")
    assert not found(with_values(physical__ddl=own), "CP02", "physical.ddl")


def test_a_short_example_of_the_bank_is_found_in_however_many_blank_lines() -> None:
    goals = ("be ready" + "\n" * 9_000 + "for the future",)
    assert found(with_values(problem__goals=goals), "CP02", "problem.goals")


def test_an_html_comment_is_residue() -> None:
    assert found(with_values(problem__pain_points="<!-- what hurts? --> 40 tickets a week"), "CP02")


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("TBD", True),
        ("to be decided", True),
        ("<name of the table>", True),
        ("runs in <region>, mostly", True),
        ("see [insert link]", True),
        ("the limit is ??? rows", True),
        ("limit TBD after the load test", True),
        ("TODO: measure it", True),
        ("…", True),
        ("Map<String, Long> by branch", False),
        ("a <b>bold</b> word", False),
        ("returns a list of <T>", False),
        ("to be decided by the desk lead on each return", False),
        ("cards move from TODO to DONE → archived", False),
        ("mail <desk@library.example> or <https://library.example>", False),
        ("files loans-<date>.csv of s3://bucket/<branch>/", False),
        ("`<branch>` is replaced", False),
        ("is it late?", False),
        ('312 rows say "TBD", 4 say “???”', False),
        ("```sql\n-- TODO drop it\n```\nis what the script says", False),
        ('"TBD"', True),
    ],
)
def test_placeholders_are_told_from_what_only_looks_like_them(text: str, is_found: bool) -> None:
    assert bool(found(with_values(problem__pain_points=text), "CP03")) == is_found


def test_all_placeholders_of_a_text_are_told_at_once() -> None:
    (one,) = found(with_values(problem__pain_points="limit TBD, ??? rows, TBD, in <region>"), "CP03")
    assert one.message == "a placeholder is left in the text: 'TBD' and '???' and '<region>'"


def test_a_todo_in_a_comment_of_the_ddl_is_found_and_an_operator_is_not() -> None:
    ddl = "CREATE TABLE t (a int CHECK (a <b and b> 2)); -- TODO index"
    assert found(with_values(physical__engine="postgresql", physical__ddl=ddl), "CP03")
    assert not found(with_values(physical__engine="postgresql", physical__ddl=ddl[:-13]), "CP03")


def failure(path: str) -> dict[str, str]:
    return {"failure_mode": path, "path": path, "impact": "x 1", "detection": "y 1", "mitigation": "z 1"}


def test_each_failure_path_on_offer_needs_a_row_and_names_itself() -> None:
    evaluation = with_values(failure__failure_modes=[failure("fp1"), failure("fp7")])
    named = {f.message.split(":")[0] for f in found(evaluation, "CP08")}
    assert named == {"FP2", "FP3", "FP4", "FP5", "FP6"}
    states = {item.id: item.state.value for item in evaluation.failure_paths}
    assert states["FP1"] == "met"
    assert states["FP2"] == "unmet"


def test_a_failure_path_that_cannot_happen_is_not_asked_for() -> None:
    evaluation = with_values(replace(HIGH, traits=()), failure__failure_modes=[failure("fp7")])
    assert not found(evaluation, "CP08")


def test_a_row_that_is_there_twice_is_told_once_and_not_as_a_gap() -> None:
    row = {"term": "Hold", "definition": "a claim of a reader on the next free copy of a title"}
    evaluation = with_values(Profile(), glossary__terms=[row, row])
    assert [str(f.target) for f in found(evaluation, "CP09")] == [
        "glossary.terms[Hold]",
        "glossary.terms[Hold#2]",
    ]
    assert not found(evaluation, "CP01", "glossary.terms")


MATRIX = {
    "id": "INV-001",
    "invariant": "one open hold per reader and title",
    "enforcement": "database_constraint",
}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("INV-002 breaks at night", True),
        ("INV-001 breaks at night", False),
        ("inv-1 breaks at night", False),
        ("the ISO-8859 import and UTF-8", False),
        ("see https://wiki.example/INV-002", False),
        ("[INV-001](#inv-003)", True),
        ("[INV-001](docs/rules.md#inv-001)", False),
        ("[INV-001](docs/rules.md)", False),
        ("[INV-031](https://erp.example/rules)", False),
        ("`INV-031` is what the file says", False),
        ('the clerk writes "INV-031" on it', False),
        ("INV-031 of the ERP manual, and INV-032 in the billing handbook", False),
        ("INV-20931 is an invoice, and so is INV-450", False),
        ("INV-031 of the matrix", True),
        ("INV-031 in 8, `code` beside it", True),
    ],
)
def test_an_id_in_a_text_leads_somewhere(text: str, is_found: bool) -> None:
    evaluation = with_values(invariants__matrix=[MATRIX], problem__pain_points=text)
    assert bool(found(evaluation, "CP09", "problem.pain_points")) == is_found


def test_an_unknown_decision_is_a_warning_for_it_may_be_another_document_s() -> None:
    records = [
        {"id": "ADR-001", "title": "t", "status": "proposed", "options": ["a", "b"], "consequences": ["c"]}
    ]
    evaluation = with_values(decisions__records=records, problem__pain_points="as ADR-007 says")
    assert [f.severity for f in found(evaluation, "CP09")] == [Severity.WARNING]


@pytest.mark.parametrize("column", ["options", "decision", "consequences", "revisit_trigger"])
def test_a_decision_record_needs_each_of_its_parts(column: str) -> None:
    whole: dict[str, Value] = {
        "id": "ADR-001",
        "title": "Holds are rows",
        "status": "accepted",
        "context": "700 holds a day",
        "options": ("a column", "a table"),
        "decision": "a table",
        "consequences": ("one more join",),
        "revisit_trigger": "5M open holds",
    }
    assert not found(with_values(decisions__records=[whole]), "CP10")
    lacking = {key: value for key, value in whole.items() if key != column}
    assert [f.target.column for f in found(with_values(decisions__records=[lacking]), "CP10")] == [column]


def test_what_was_seen_in_one_row_is_not_kept_for_another() -> None:
    """An engine that saw the table before gives the same as one that did not."""
    rows = [
        record(independent="no", without_parent="no", history="no"),
        {"concept": "Loan", "history": "yes: 5 y"},
    ]
    before = Answers(profile=HIGH).with_value("conceptual.concept_questions", freeze(rows))
    kept = before.values["conceptual.concept_questions"]
    assert isinstance(kept, tuple)
    moved = before.with_value(
        "conceptual.concept_questions", (kept[1], freeze({**rows[0], "history": "n/a"}), kept[0])
    )
    used = Engine(BANK)
    used.evaluate(before, TODAY)
    assert used.evaluate(moved, TODAY).findings == Engine(BANK).evaluate(moved, TODAY).findings


def test_an_empty_document_names_no_finding_but_what_is_due() -> None:
    assert {f.code for f in evaluate("").findings if f.code[:2] in ("CP", "VG")} == {"CP01"}
