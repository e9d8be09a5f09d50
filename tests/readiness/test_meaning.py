"""Columns and tables of the DDL against their meaning and grain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.bank.load import default_bank
from app.document.answers import Answers, freeze
from app.document.codec import decode
from app.readiness.model import Evaluation, Finding, Severity
from tests.readiness.documents import TODAY, engine, evaluate

BANK = default_bank()
FULL = Path(__file__).parents[2] / "examples" / "meter-readings.toml"


def codes(evaluation: Evaluation, code: str) -> list[Finding]:
    return [f for f in evaluation.findings if f.code == code]


def document(
    ddl: str, semantics: Sequence[tuple[str, str]] = (), grain: Sequence[tuple[str, str]] = ()
) -> Evaluation:
    answers = Answers().with_value("physical.engine", "postgresql").with_value("physical.ddl", ddl)
    meant = [{"table": table, "column": column, "meaning": "m"} for table, column in semantics]
    stands = [{"entity": entity, "grain": words} for entity, words in grain]
    answers = answers.with_value("physical.column_semantics", freeze(meant))
    return engine().evaluate(answers.with_value("logical.grain", freeze(stands)), TODAY)


LOAN = "CREATE TABLE loan (loan_id bigint PRIMARY KEY, due_on date NOT NULL, note text);"


def test_the_full_example_leaves_no_column_and_no_table_out() -> None:
    answers = decode(BANK, FULL.read_text(encoding="utf-8"), FULL.name).answers
    evaluation = engine().evaluate(answers, TODAY)
    assert codes(evaluation, "CP06") == []
    assert codes(evaluation, "CP07") == []


@pytest.mark.parametrize(
    ("question", "code"), [("physical.column_semantics", "CP06"), ("logical.grain", "CP07")]
)
def test_taking_any_row_of_the_full_example_away_is_noticed(question: str, code: str) -> None:
    answers = decode(BANK, FULL.read_text(encoding="utf-8"), FULL.name).answers
    rows = answers.rows(question)
    noticed = 0
    for position in range(0, len(rows), max(1, len(rows) // 6)):
        fewer = replace(answers, values={**answers.values, question: rows[:position] + rows[position + 1 :]})
        noticed += bool(codes(engine().evaluate(fewer, TODAY), code))
    assert noticed >= 4, "rows about objects that exist already, or views, may be missed"


def test_columns_of_a_table_are_told_together_with_their_line() -> None:
    (finding,) = codes(document(LOAN, [("loan", "loan_id")]), "CP06")
    assert "due_on, note" in finding.message
    assert "line 1" in finding.message


@pytest.mark.parametrize("table", ["*", "all tables", "Every table"])
def test_a_row_about_all_tables_covers_its_columns_everywhere(table: str) -> None:
    assert not codes(document(LOAN, [("loan", "loan_id"), (table, "due_on, note")]), "CP06")


def test_only_what_is_added_to_an_existing_table_needs_a_meaning() -> None:
    ddl = "ALTER TABLE reader ADD COLUMN card_no text;"
    assert codes(document(ddl, [("loan", "x")]), "CP06")
    assert not codes(document(ddl, [("reader", "card_no"), ("reader", "name")]), "CP06")


def test_a_row_about_a_column_that_is_not_there_is_found() -> None:
    semantics = [("loan", "loan_id"), ("loan", "due_on"), ("loan", "note"), ("loan", "due_at")]
    assert [f.target.column for f in codes(document(LOAN, semantics), "CP06")] == ["column"]


def test_a_missing_column_that_an_unread_statement_may_hold_is_not_checked() -> None:
    semantics = [("loan", "loan_id"), ("loan", "due_on"), ("loan", "note"), ("loan", "due_at")]
    evaluation = document(LOAN + "\nALTER TABLE loan ADD COLUM due_at date;", semantics)
    assert not codes(evaluation, "CP06")
    assert [u.code for u in evaluation.unchecked if u.code == "CP06"] == ["CP06"]


def test_a_document_without_any_meaning_is_left_to_what_is_required() -> None:
    assert not codes(document(LOAN), "CP06")


@pytest.mark.parametrize(
    ("entity", "found"),
    [
        ("loan", False),
        ("Loans", False),
        ("lending.loan", False),
        ("loan (partitioned)", False),
        ("loan_event", True),
    ],
)
def test_a_table_is_recognised_by_its_name_however_it_is_written(entity: str, found: bool) -> None:
    assert bool(codes(document(LOAN, grain=[(entity, "one loan of one copy")]), "CP07")) == found


@pytest.mark.parametrize(
    "grain", ["one copy lent", "One row = one loan", "a single loan", "each loan", "A row is a loan"]
)
def test_a_grain_that_begins_with_what_one_row_is_passes(grain: str) -> None:
    assert not codes(document(LOAN, grain=[("loan", grain)]), "CP07")


@pytest.mark.parametrize("grain", ["loans of copies", "stores all loans", "ones that are open"])
def test_a_grain_worded_otherwise_is_information(grain: str) -> None:
    assert [f.severity for f in codes(document(LOAN, grain=[("loan", grain)]), "CP07")] == [Severity.INFO]


def test_partitions_need_neither_grain_nor_meaning_of_their_own() -> None:
    ddl = (
        "CREATE TABLE loan (loan_id bigint, due_on date) PARTITION BY RANGE (due_on);\n"
        "CREATE TABLE loan_2027 PARTITION OF loan FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');"
    )
    evaluation = document(ddl, [("loan", "loan_id"), ("loan", "due_on")], [("loan", "one loan")])
    assert not codes(evaluation, "CP06")
    assert not codes(evaluation, "CP07")


def test_a_draft_without_ddl_is_not_looked_at() -> None:
    evaluation = evaluate('[[logical.grain]]\nentity = "loan"\ngrain = "one loan"\n')
    assert not codes(evaluation, "CP06")
    assert not codes(evaluation, "CP07")
    assert isinstance(evaluation.survey.questions, Mapping)
