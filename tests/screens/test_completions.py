"""What a cell offers: options, rows that it refers to, and names that only the DDL knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.bank.model import Column
from app.document.operations import Set
from app.session import Session
from screens.widgets.completions import Completion, Offer, offer_for, table_beside
from tests.readiness.documents import TODAY

DDL = """CREATE TABLE berth (berth_id bigint PRIMARY KEY, length_m int NOT NULL);
CREATE TABLE stay (stay_id bigint PRIMARY KEY, berth_id bigint REFERENCES berth, note text,
    CONSTRAINT ck_note CHECK (note <> ''));
CREATE INDEX ix_stay_berth ON stay (berth_id, stay_id);
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    (tmp_path / "old.sql").write_text("CREATE TABLE crane (crane_id bigint PRIMARY KEY);")
    operations = [
        Set(question="physical.engine", value="postgresql"),
        Set(question="physical.ddl", value=DDL),
        Set(question="physical.existing_ddl_files", value=["old.sql"]),
        Set(question="logical.grain", value=[{"entity": "Berth", "grain": "one place for one boat"}]),
    ]
    with Session.create(default_bank(), tmp_path / "stays.toml", operations) as session:
        yield session


def column(question: str, name: str) -> Column:
    return default_bank().questions[question].column_by_id[name]


def texts(session: Session, question: str, name: str, table: str = "") -> list[str]:
    return [c.text for c in offer_for(session, column(question, name), table).completions]


def test_no_name_of_the_ddl_is_offered_before_it_was_evaluated(session: Session) -> None:
    assert texts(session, "logical.keys", "entity") == ["Berth"]


def test_tables_come_behind_what_the_rows_say_and_are_not_repeated(session: Session) -> None:
    session.evaluate(TODAY)
    assert texts(session, "logical.keys", "entity") == ["Berth", "crane", "stay"]
    assert texts(session, "physical.column_semantics", "table") == ["crane", "berth", "stay"]
    assert texts(session, "transactions.boundaries", "tables") == ["crane", "berth", "stay"]


def test_columns_are_those_of_the_table_of_the_row_where_it_is_known(session: Session) -> None:
    session.evaluate(TODAY)
    assert texts(session, "physical.column_semantics", "column", "stay") == ["stay_id", "berth_id", "note"]
    everywhere = texts(session, "physical.column_semantics", "column")
    assert {"crane_id", "length_m", "note"} <= set(everywhere)
    assert everywhere.count("berth_id") == 1


def test_indexes_and_constraints_are_offered_by_name(session: Session) -> None:
    session.evaluate(TODAY)
    assert texts(session, "workload.query_indexes", "index") == ["ix_stay_berth (berth_id, stay_id)"]
    mechanisms = texts(session, "invariants.matrix", "mechanism")
    assert {"ck_note", "stay_berth_id_fkey", "stay_pkey", "ix_stay_berth (berth_id, stay_id)"} <= set(
        mechanisms
    )


def test_a_completion_says_what_it_names(session: Session) -> None:
    session.evaluate(TODAY)
    about = {
        c.text: c.about for c in offer_for(session, column("glossary.time_columns", "column")).completions
    }
    assert about["berth.length_m"] == "column of berth: int not null"


def test_names_that_the_ddl_lost_are_gone_after_the_next_evaluation(session: Session) -> None:
    session.evaluate(TODAY)
    session.apply(Set(question="physical.ddl", value="CREATE TABLE pier (pier_id bigint PRIMARY KEY);"))
    assert "stay" in texts(session, "physical.column_semantics", "table")
    session.evaluate(TODAY)
    assert texts(session, "physical.column_semantics", "table") == ["crane", "pier"]


def test_the_table_of_a_row_is_its_first_cell_that_names_one() -> None:
    columns = default_bank().questions["physical.column_semantics"].columns
    row = {"column": "note", "table": "stay"}
    assert table_beside(default_bank(), columns, row.get) == "stay"
    assert table_beside(default_bank(), default_bank().questions["migration.steps"].columns, row.get) == ""


def test_what_begins_with_the_typed_text_comes_first_then_words_then_parts() -> None:
    offer = Offer(tuple(map(Completion, ["the cost", "host", "stay", "a stop"])))
    assert [c.text for c in offer.matching("st")] == ["stay", "a stop", "the cost", "host"]
