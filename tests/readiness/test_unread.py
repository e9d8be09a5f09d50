"""What could not be read is not checked and not passed, and no error of class A is built on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.codec import decode
from app.readiness.model import Evaluation, ItemState
from app.readiness.registry import RULES
from tests.readiness.documents import TODAY, engine, evaluate
from tests.readiness.findings import ddl, table

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-readings.toml"
OPEN_REQUEST = "CREATE UNIQUE INDEX CONCURRENTLY uq_correction_request_open"


def example(more: str = "", old: str = "", new: str = "") -> Evaluation:
    """The example with `more` behind its DDL, or with `old` in it replaced."""
    text = EXAMPLE.read_text(encoding="utf-8").replace(old, new) if old else EXAMPLE.read_text("utf-8")
    answers = decode(default_bank(), text, "example.toml").answers
    typed = answers.values["physical.ddl"]
    return engine().evaluate(answers.with_value("physical.ddl", f"{typed}\n{more}"), TODAY)


def blind(evaluation: Evaluation) -> set[str]:
    return {unchecked.code for unchecked in evaluation.unchecked}


def not_met(evaluation: Evaluation) -> set[str]:
    return {item.id for item in evaluation.checklist if item.state == ItemState.NOT_CHECKED}


def class_a_errors(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Those about SQL."""
    return [
        (f.code, f.message)
        for f in evaluation.findings
        if RULES[f.code].rule_class == "A" and f.code.startswith(("SQ", "XS06")) and f.holds_back
    ]


OF_TABLES = {"CP06", "CP07", "NM01", "NM02", "NM03", "SC01", "SC02", "SQ02", "SQ03", "SQ05", "SQ10"}
OF_EVERYTHING = OF_TABLES | {"MG01", "MG02", "SQ01", "SQ04", "SQ06", "SQ07", "SQ08", "SQ09", "SQ11"}


@pytest.mark.parametrize(
    ("sql", "codes", "others", "items"),
    [
        ("CREATE TABLE gadget (kind text WITH MAGIC);", OF_TABLES, {"SQ07", "SQ08"}, {"CHK06", "CHK13"}),
        ("CREATE TABEL metering.gadget (n int);", OF_EVERYTHING, set(), {"CHK06", "CHK07", "CHK11", "CHK13"}),
        ("DROP TABEL metering.reading;", OF_EVERYTHING, set(), {"CHK06", "CHK07", "CHK11", "CHK13"}),
        ("DO $$ BEGIN EXECUTE 'drop table x'; END $$;", OF_TABLES | {"SQ07"}, {"SQ08"}, {"CHK07", "CHK13"}),
        ("CREATE POLICY p ON metering.reading MAGIC;", {"SQ08"}, {"SC01", "SQ01", "SQ07"}, {"CHK13"}),
        ("CREATE INDEX i ON metering.reading (a) MAGIC;", {"SQ04", "SQ11"}, {"SC01", "NM01", "SQ08"}, set()),
        (
            "INSERT INTO metering.reading VALUES ('CREATE TABLE, INDEX, REFERENCES, POLICY, state') MAGIC;",
            set(),
            OF_EVERYTHING,
            set(),
        ),
        ("CREATE FUNCTION f() MAGIC;", set(), OF_EVERYTHING, set()),
    ],
)
def test_a_rule_does_not_pass_over_a_statement_that_it_would_have_looked_at(
    sql: str, codes: set[str], others: set[str], items: set[str]
) -> None:
    evaluation = example(sql)
    assert codes <= blind(evaluation)
    assert others.isdisjoint(blind(evaluation))
    assert items <= not_met(evaluation)
    assert class_a_errors(evaluation) == []


def test_an_object_that_a_claim_rests_on_and_nothing_could_read_is_not_there_for_certain() -> None:
    evaluation = example(old=OPEN_REQUEST, new=OPEN_REQUEST.replace("INDEX", "INDEXX"))
    reasons = [one.reason for one in evaluation.unchecked if one.code == "SQ07"]
    assert any(reason.startswith("what uq_correction_request_open") for reason in reasons)
    assert "CHK07" in not_met(evaluation)
    assert class_a_errors(evaluation) == []
    assert not [f for f in evaluation.findings if f.code == "SQ10" and f.holds_back]


def test_nothing_is_met_of_a_database_whose_language_is_not_read() -> None:
    claim = table(
        "[[invariants.matrix]]",
        id="INV-001",
        invariant="one open hold per seat",
        enforcement="database_constraint",
        constraint="unique",
        mechanism="uq_hold_open, a partial unique index",
        test="two holds",
        monitoring="count",
    )
    promise = table("[control.decision_summary]", enforcement="a partial index on hold")
    evaluation = evaluate(promise + ddl("db.createCollection('hold')", "MongoDB") + claim)
    assert {"SQ07", "XS07"} <= blind(evaluation)
    assert [f for f in evaluation.findings if f.code in ("SQ07", "XS07")] == []
    assert next(item for item in evaluation.checklist if item.id == "CHK07").state == ItemState.NOT_CHECKED


PARENT = "CREATE TABLE grower (grower_id bigint PRIMARY KEY, code varchar(8) NOT NULL);\n"
CHILD = "CREATE TABLE lot (lot_id bigint PRIMARY KEY, code varchar(8) NOT NULL REFERENCES grower (code));\n"
WALLED = "CREATE TABLE lot (lot_id bigint PRIMARY KEY);\nALTER TABLE lot ENABLE ROW LEVEL SECURITY;\n"


@pytest.mark.parametrize(
    ("code", "read", "unread"),
    [
        ("SQ01", PARENT + CHILD, "ALTER TABLE grower ADD CONSTRAINT uq UNIQUE (code) MAGIC;"),
        ("SQ04", PARENT + CHILD, "CREATE INDEX ix ON lot (code) MAGIC;"),
        ("SQ06", "CREATE TABLE lot (at timestamp);", "ALTER TABLE lot ALTER at TYPE timestamptz MAGIC;"),
        ("SQ08", WALLED, "CREATE POLICY p ON lot MAGIC;"),
        ("SQ10", "CREATE TABLE lot (n int);", "ALTER TABLE lot ADD CONSTRAINT pk PRIMARY KEY (n) MAGIC;"),
        ("NM01", "CREATE TABLE lot (status text);", "ALTER TABLE lot RENAME status TO lot_status MAGIC;"),
    ],
)
def test_an_error_about_a_table_that_an_unread_statement_names_is_not_certain(
    code: str, read: str, unread: str
) -> None:
    assert code in {f.code for f in evaluate(ddl(read)).findings}
    both = evaluate(ddl(read + unread))
    assert code not in {f.code for f in both.findings}
    assert code in blind(both)
    assert code in {
        f.code for f in evaluate(ddl(read + unread.replace(" lot", " x").replace(" grower", " x"))).findings
    }


def test_a_block_that_puts_sql_together_makes_no_table_certain() -> None:
    sql = f"{PARENT}{CHILD}DO $$ BEGIN EXECUTE 'ALTER TABLE ' || name || ' ADD UNIQUE (code)'; END $$;"
    assert "SQ01" not in {f.code for f in evaluate(ddl(sql)).findings}
