"""What a command writes replaces nothing that somebody else wrote."""

from __future__ import annotations

import os
import socket
import sqlite3
from pathlib import Path

import pytest

from app.document.outputs import why_not_written, write_output
from app.problems import DocumentError

ANSWERS = 'format = 1\n\n[bank]\nid = "database-design"\n'


def refused(path: Path, *inputs: Path) -> str:
    """Why it is refused; what was there is there still."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(DocumentError) as caught:
        write_output(path, "new", inputs)
    assert (path.read_bytes() if path.is_file() else None) == before
    message = caught.value.message
    assert message.startswith(f"{path}: not written: ")
    assert "\n" not in message
    return message


def test_a_new_file_and_one_that_was_written_before_are_written(tmp_path: Path) -> None:
    for text in ("# one\n", "# two\n"):
        write_output(tmp_path / "x.md", text, [tmp_path / "x.toml"])
        assert (tmp_path / "x.md").read_text() == text


@pytest.mark.parametrize("name", ["x.toml", "X.TOML", "new.toml"])
def test_a_name_for_answers_is_refused_though_nothing_is_there(name: str, tmp_path: Path) -> None:
    assert "a .toml file holds answers" in refused(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_a_name_for_statements_is_refused(tmp_path: Path) -> None:
    assert "a .sql file holds statements" in refused(tmp_path / "schema.sql")


def test_what_the_command_reads_is_refused_by_any_name(tmp_path: Path) -> None:
    source = tmp_path / "schema.ddl"
    source.write_text("CREATE TABLE t (id int);")
    (tmp_path / "link.md").symlink_to(source)
    os.link(source, tmp_path / "hard.md")
    for name in ("schema.ddl", "link.md", "hard.md", "../" + tmp_path.name + "/schema.ddl"):
        assert "made from it" in refused(tmp_path / name, source)


def test_a_folder_that_the_command_reads_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    assert "made from migrations" in refused(folder / "x.md", folder)


def test_inputs_that_are_not_there_refuse_nothing_else(tmp_path: Path) -> None:
    write_output(tmp_path / "x.md", "new", [tmp_path / "nowhere.sql"])
    assert (tmp_path / "x.md").read_text() == "new"


def test_an_answer_file_is_known_by_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "payments").write_text(ANSWERS)
    assert "it is an answer file" in refused(tmp_path / "payments")
    (tmp_path / "link.md").symlink_to(tmp_path / "payments")
    assert "it is an answer file" in refused(tmp_path / "link.md")


def test_a_journal_is_known_by_what_it_is_and_by_its_folder(tmp_path: Path) -> None:
    journal = tmp_path / "x.md"
    with sqlite3.connect(journal) as connection:
        connection.execute("CREATE TABLE step (a)")
    connection.close()
    assert "it is a database" in refused(journal)
    (tmp_path / ".dbcharter").mkdir()
    assert "dbcharter keeps its own files in .dbcharter" in refused(tmp_path / ".dbcharter" / "x.md")
    (tmp_path / "x.review").mkdir()
    assert "dbcharter keeps its own files in x.review" in refused(tmp_path / "x.review" / "ana.md")


def test_a_journal_of_the_state_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "state/journals").mkdir(parents=True)
    assert "dbcharter keeps its own files in journals" in refused(tmp_path / "state/journals/x.journal-wal")
    write_output(tmp_path / "state/report.md", "new")


def test_what_cannot_be_read_is_not_replaced() -> None:
    assert "cannot be read" in why_not_written(Path("/proc/self/mem"))


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_output(pipe, "report\n")
        assert os.read(reader, 100) == b"report\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_what_takes_no_text_is_told_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("there")
        with pytest.raises(DocumentError, match="there: not saved: "):
            write_output(Path("there"), "report\n")
    assert Path("there").is_socket()


def test_a_link_in_a_circle_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "b.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "a.md")
    with pytest.raises(DocumentError, match="not saved"):
        write_output(tmp_path / "a.md", "new")
