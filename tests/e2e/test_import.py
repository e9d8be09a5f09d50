"""`dbcharter import` and `dbcharter accept` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.e2e.test_commands import Cli

DDL = """CREATE TABLE copy (copy_id bigint PRIMARY KEY);
frobnicate the shelves;
CREATE TABLE loan (
    loan_id bigint PRIMARY KEY,
    copy_id bigint NOT NULL REFERENCES copy,
    reader_email text
);
"""


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    run = Cli(tmp_path)
    run("new", "x.toml", "--type", "add_table", "--risk", "low", "--engine", "postgresql")
    (tmp_path / "schema.sql").write_text(DDL, encoding="utf-8")
    return run


def counts(output: str) -> dict[str, tuple[int, int]]:
    """By question, how many rows were proposed and how many were there."""
    return {q["question"]: (q["proposed"], q["there"]) for q in json.loads(output)["questions"]}


def rows(cli: Cli, question: str = "logical.grain") -> list[dict[str, object]]:
    value = cli.answers[question]
    assert isinstance(value, tuple)
    return [dict(row) for row in value]


def test_an_import_says_what_it_proposes_and_what_it_could_not_read(cli: Cli) -> None:
    output = cli("import", "x.toml", "schema.sql")
    assert "2 tables of PostgreSQL read from schema.sql" in output
    assert "6.1   Entity Grain         2 rows proposed" in output
    assert "dbcharter accept x.toml --all" in output
    unread = json.loads(cli("import", "x.toml", "schema.sql", "--json"))["unread"]
    assert [(u["file"], u["line"]) for u in unread] == [("schema.sql", 2)]
    assert "frobnicate" in unread[0]["reason"]
    assert len(rows(cli)) == 2
    assert all(row["draft"] is True for row in rows(cli))


def test_a_second_import_adds_nothing_and_says_so(cli: Cli) -> None:
    cli("import", "x.toml", "schema.sql")
    before = (cli.folder / "x.toml").read_bytes()
    assert counts(cli("import", "x.toml", "schema.sql", "--json"))["logical.grain"] == (0, 2)
    assert "nothing was added" in cli("import", "x.toml", "schema.sql")
    assert (cli.folder / "x.toml").read_bytes() == before


def test_what_is_written_stays_and_the_rest_is_proposed(cli: Cli) -> None:
    cli("add", "x.toml", "logical.grain", "entity=Loan", "grain=one copy out to one reader")
    assert counts(cli("import", "x.toml", "schema.sql", "--json"))["logical.grain"] == (1, 1)
    first, second = rows(cli)
    assert first == {"entity": "Loan", "grain": "one copy out to one reader"}
    assert second == {"entity": "copy", "draft": True}


def test_a_dry_run_writes_nothing_and_lists_the_rows(cli: Cli) -> None:
    before = (cli.folder / "x.toml").read_bytes()
    data = json.loads(cli("import", "x.toml", "schema.sql", "--dry-run", "--json"))
    assert {
        "question": "logical.grain",
        "row": {"entity": "loan"},
        "why": "the table made at line 3",
    } in data["rows"]
    assert data["written"] is False
    assert "nothing was written" in cli("import", "x.toml", "schema.sql", "--dry-run")
    assert (cli.folder / "x.toml").read_bytes() == before


def test_tables_are_chosen_by_name_and_an_unknown_one_is_named(cli: Cli) -> None:
    cli("import", "x.toml", "schema.sql", "--tables", "LOAN")
    assert [row["entity"] for row in rows(cli)] == ["loan"]
    assert "did you mean 'copy'?" in cli("import", "x.toml", "schema.sql", "--tables", "loan,coppy", code=1)


def test_rows_can_be_accepted_at_once(cli: Cli) -> None:
    cli("import", "x.toml", "schema.sql", "--accept")
    assert rows(cli) == [{"entity": "copy"}, {"entity": "loan"}]


def test_drafts_are_accepted_by_row_by_question_and_all(cli: Cli) -> None:
    cli("import", "x.toml", "schema.sql")
    assert "6.1   logical.grain" in cli("accept", "x.toml", code=1)
    assert "1 draft accepted" in cli("accept", "x.toml", "logical.grain[loan]", code=1)
    assert rows(cli) == [{"entity": "copy", "draft": True}, {"entity": "loan"}]
    cli("accept", "x.toml", "7.3", "security.*", code=1)
    assert "draft" not in rows(cli, "physical.column_semantics")[0]
    assert "0 left" in cli("accept", "x.toml", "--all")
    assert "there are no drafts" in cli("accept", "x.toml")
    cli("undo", "x.toml")
    assert rows(cli)[0]["draft"] is True
    assert "has no row 'nobody'" in cli("accept", "x.toml", "logical.grain[nobody]", code=1)


def test_without_a_path_the_ddl_of_the_document_is_read_and_its_files(cli: Cli) -> None:
    assert "there is no DDL in it" in cli("import", "x.toml", code=2)
    cli("set", "x.toml", "physical.ddl", "-", stdin="CREATE TABLE shelf (shelf_id int PRIMARY KEY);\n")
    cli("add", "x.toml", "physical.ddl_files", "schema.sql")
    data = json.loads(cli("import", "x.toml", "--json"))
    assert [(u["file"], u["line"]) for u in data["unread"]] == [("schema.sql", 2)]
    assert [row["entity"] for row in rows(cli)] == ["shelf", "copy", "loan"]


def test_existing_files_are_context_unless_a_table_is_named(cli: Cli) -> None:
    cli("set", "x.toml", "physical.ddl", "-", stdin="CREATE TABLE fine (loan_id bigint REFERENCES loan);\n")
    cli("add", "x.toml", "physical.existing_ddl_files", "schema.sql")
    cli("import", "x.toml")
    assert [row["entity"] for row in rows(cli)] == ["fine"]
    cli("import", "x.toml", "--tables", "loan")
    assert [row["entity"] for row in rows(cli)] == ["fine", "loan"]


def test_a_folder_of_migrations_is_read_in_order(cli: Cli) -> None:
    folder = cli.folder / "migrations"
    folder.mkdir()
    (folder / "V10__b.sql").write_text("ALTER TABLE shelf RENAME TO rack;", encoding="utf-8")
    (folder / "V9__a.sql").write_text("CREATE TABLE shelf (id int);\nfrobnicate;", encoding="utf-8")
    data = json.loads(cli("import", "x.toml", "migrations", "--json"))
    assert [row["entity"] for row in rows(cli)] == ["rack"]
    assert [(u["file"], u["line"]) for u in data["unread"]] == [("migrations/V9__a.sql", 2)]


def test_what_cannot_be_read_at_all_ends_with_2_and_changes_nothing(cli: Cli) -> None:
    before = (cli.folder / "x.toml").read_bytes()
    assert "there is no such file" in cli("import", "x.toml", "nowhere.sql", code=2)
    assert "it is not an SQL file" in cli("import", "x.toml", "x.toml", code=2)
    assert (cli.folder / "x.toml").read_bytes() == before


def test_a_large_dump_shows_how_far_it_is_and_an_interrupt_keeps_nothing(cli: Cli) -> None:
    columns = ", ".join(f"column_{n} text NOT NULL DEFAULT 'x'" for n in range(20))
    large = "".join(f"CREATE TABLE t{n} ({columns});\n" for n in range(20_000))
    (cli.folder / "schema.sql").write_text(large, encoding="utf-8")
    before = (cli.folder / "x.toml").read_bytes()
    terminal = Terminal(["import", "x.toml", "schema.sql"], cli.folder, environment=cli.environment)
    terminal.wait_for(r"reading the DDL \[#*\.+\] +\d+ %")
    terminal.type("\x03")
    assert terminal.finish() == 130
    assert (cli.folder / "x.toml").read_bytes() == before
    assert "imported" not in cli("log", "x.toml")


def test_answers_older_than_a_file_of_ddl_are_listed_and_confirmed(cli: Cli) -> None:
    cli("set", "x.toml", "physical.existing_ddl_files", "schema.sql")
    cli("add", "x.toml", "logical.grain", "entity=loan", "grain=one copy out to one reader")
    assert "no answer is older" in cli("confirm", "x.toml")
    (cli.folder / "schema.sql").write_text(DDL.replace("reader_email text", "reader_email text NOT NULL"))
    listed = cli("confirm", "x.toml", code=1)
    assert "logical.grain[loan]: changed since this was looked at: loan (schema.sql:3)" in listed
    assert "column reader_email is text not null, it was text" in listed
    assert "↺ 6.1" in cli("show", "x.toml", "again")
    before = cli.answers
    assert "1 answer confirmed, 0 left" in cli("confirm", "x.toml", "logical.grain")
    assert cli.answers == before
    assert "no answer is older" in cli("confirm", "x.toml")
