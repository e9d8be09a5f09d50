"""What a statement that nobody could read may have been about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema.read import read_schema
from app.schema.subject import Reach, is_block_on_tables, subject_of

CASES: list[tuple[Reach, str]] = [
    ("schema", "CREATE TABLE loan (loan_id bigint WITH MAGIC)"),
    ("schema", "CREATE OR REPLACE TEMPORARY TABLE loan (a int MAGIC)"),
    ("schema", "-- as TABEL\nALTER TABLE loan MAGIC"),
    ("schema", "CREATE UNIQUE INDEX CONCURRENTLY uq ON loan MAGIC"),
    ("schema", "CREATE SECURITY POLICY p MAGIC"),
    ("schema", "DROP TABLE loan MAGIC"),
    ("schema", "SELECT 1 AS n INTO loan MAGIC"),
    ("schema", "DO $$ BEGIN EXECUTE 'drop table loan'; END $$"),
    ("schema", "EXEC sp_rename 'dbo.loan.a', 'b', 'COLUMN'"),
    ("anything", "CREATE TABEL loan (a int)"),
    ("anything", "CREATE UNIQUE INDEXX uq ON loan (a)"),
    ("anything", "DORP loan"),
    ("anything", "{{ include 'loan.sql' }}"),
    ("anything", "DO $$ BEGIN EXECUTE 'alter table ' || name || ' add a int'; END $$"),
    ("code", "CREATE FUNCTION f() RETURNS TABLE (a int) MAGIC"),
    ("rows", "INSERT INTO loan VALUES (1) MAGIC"),
    ("rows", "SELECT a FROM loan MAGIC"),
    ("rows", "CALL close_loans(1) MAGIC"),
    ("anything", ""),
]


@pytest.mark.parametrize(("reach", "sql"), CASES, ids=[case[1][:30] for case in CASES])
def test_the_first_words_say_how_far_a_statement_reaches(reach: Reach, sql: str) -> None:
    assert subject_of(sql).reach == reach


def test_rights_and_settings_reach_no_table() -> None:
    reached = {subject_of(sql).reach for sql in ("GRANT SELECT ON loan TO a MAGIC", "SET x MAGIC")}
    assert reached <= {"rows", "code"}


def test_what_it_names_are_whole_words_outside_comments() -> None:
    subject = subject_of('ALTER TABLE lending."Loan Item" MAGIC -- and copy')
    assert [subject.names(name) for name in ("lending.loan item", "loan", "lo", "copy", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sql", "unknown"),
    [
        ("DO $$ BEGIN EXECUTE 'drop table loan'; END $$", False),
        ("DO $$ BEGIN EXECUTE format('drop table %I', name); END $$", True),
        ("BEGIN EXECUTE IMMEDIATE 'DROP TABLE ' || name; END", True),
        ("IF 1 = 1 EXEC('ALTER TABLE ' + name + ' ADD a int')", True),
        ("ALTER TABLE loan ADD CHECK (a || b <> '') MAGIC", False),
    ],
)
def test_a_block_that_puts_sql_together_may_be_about_any_table(sql: str, unknown: bool) -> None:
    assert subject_of(sql).unknown == unknown


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("postgresql", "DO $$ BEGIN EXECUTE 'drop table loan'; END $$;"),
        ("sqlserver", "IF OBJECT_ID('loan') IS NULL CREATE TABLE dbo.loan (a int);"),
        ("sqlserver", "EXEC sp_rename 'dbo.loan.a', 'b', 'COLUMN';"),
        ("oracle", "BEGIN EXECUTE IMMEDIATE 'DROP TABLE loan'; END;\n/\n"),
    ],
)
def test_what_a_block_does_to_tables_is_unread_and_not_passed(engine: str, sql: str) -> None:
    (unread,) = read_schema(sql, engine).unread
    assert unread.reason == "what a block of code does to tables is not followed"


@pytest.mark.parametrize(
    ("engine", "sql"),
    [
        ("postgresql", "DO $$ BEGIN CREATE ROLE reader; END $$;"),
        ("mysql", "BEGIN; CREATE TABLE loan (a int); COMMIT;"),
        ("sqlserver", "EXEC dbo.close_loans;"),
    ],
)
def test_a_block_that_leaves_tables_alone_is_no_gap(engine: str, sql: str) -> None:
    assert read_schema(sql, engine).unread == ()


@given(st.text())
def test_any_text_has_a_subject(text: str) -> None:
    assert subject_of(text).reach in ("rows", "code", "schema", "anything")
    assert not is_block_on_tables(f"select {text}")
