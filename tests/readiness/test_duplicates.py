"""New keys on rows that may break them."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, reasons, step, table

UNIQUE = ddl("CREATE UNIQUE INDEX CONCURRENTLY uq_reader_card ON reader (card_no);")


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE reader ADD CONSTRAINT uq_card UNIQUE (card_no);",
        "ALTER TABLE reader ADD PRIMARY KEY (card_no);",
        "ALTER TABLE loan ADD CONSTRAINT ex_loan EXCLUDE USING gist (copy_id WITH =, span WITH &&);",
        "ALTER TABLE reader ADD COLUMN app_key uuid DEFAULT '00000000-0000-0000-0000-000000000000' UNIQUE;",
        "CREATE UNIQUE INDEX uq_card ON reader (card_no) WHERE left_on IS NULL;",
    ],
)
def test_a_new_key_on_rows_that_exist_is_found(sql: str) -> None:
    assert len(messages("MG08", ddl(sql))) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE reader ADD COLUMN app_key uuid UNIQUE;",
        "ALTER TABLE reader ADD COLUMN app_key uuid; CREATE UNIQUE INDEX uq ON reader (branch_no, app_key);",
        "CREATE TABLE reader (card_no text); CREATE UNIQUE INDEX uq ON reader (card_no);",
        "CREATE INDEX ix ON reader (card_no);",
    ],
)
def test_a_key_that_no_row_can_break_is_not(sql: str) -> None:
    assert messages("MG08", ddl(sql)) == []


def test_a_key_that_contains_another_holds_anyway() -> None:
    sql = """CREATE TABLE reader (reader_id bigint PRIMARY KEY, branch_no int);
ALTER TABLE reader ADD COLUMN note text;
CREATE UNIQUE INDEX CONCURRENTLY uq_reader_branch ON reader (branch_no, {});"""
    listed = "\n[problem]\nexisting_tables = ['reader: 2 million rows']\n"
    assert messages("MG08", ddl(sql.format("reader_id")) + listed) == []
    assert len(messages("MG08", ddl(sql.format("branch_no")) + listed)) == 1


def test_it_wants_both_the_count_and_the_repair() -> None:
    (found,) = messages("MG08", UNIQUE + step("count the duplicates of card_no"))
    assert "what becomes of the rows" in found
    assert messages("MG08", UNIQUE + step("merge the 31 duplicates of card_no")) == []


def test_what_was_not_read_is_not_checked() -> None:
    assert reasons("MG08", ddl("ALTER TABLE reader ADD ADD UNIQUE (a);"))


DATA = "[profile]\ntraits = ['existing_data']\n"


def quality(words: str, tables: str = "") -> str:
    return DATA + f"[problem]\nexisting_tables = [{tables}]\ndata_quality = '{words}'\n"


@pytest.mark.parametrize(
    "words",
    [
        "No card number is there twice.",
        "Every card is distinct: count(*) = count(distinct card_no).",
        "Two readers cannot share a card.",
        "There are no duplicates; the query returned 0 rows.",
    ],
)
def test_what_says_that_no_row_breaks_it_is_enough(words: str) -> None:
    assert messages("MG08", quality(words) + UNIQUE) == []


@pytest.mark.parametrize(
    "words",
    ["copy.mark has no duplicates", "No shelf is there twice", "shelf_mark is unique: no duplicates"],
)
def test_words_about_another_table_are_not(words: str) -> None:
    (found,) = messages("MG08", quality(words, "'shelf: 400 rows'") + UNIQUE)
    assert "whether its rows obey it" in found


def test_keeping_new_duplicates_out_repairs_none() -> None:
    (found,) = messages("MG08", UNIQUE + step("release 9 keeps duplicates out of reader"))
    assert "what becomes of the rows" in found


@pytest.mark.parametrize(
    ("mode", "count"),
    [
        ("two readers share a card", 0),
        ("the unique index cannot be built", 0),
        ("the shelf import stops", 1),
        ("uq_shelf_mark cannot be built", 1),
    ],
)
def test_a_row_of_fp5_answers_for_the_key_that_it_is_about(mode: str, count: int) -> None:
    row = {
        "failure_mode": mode,
        "path": "fp5",
        "impact": "none",
        "detection": "query",
        "mitigation": "by hand",
    }
    assert len(messages("MG08", UNIQUE + table("[[failure.failure_modes]]", **row))) == count
