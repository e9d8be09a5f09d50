"""The plain interview in a real terminal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.bank.model import Column, Question
from app.document.store import read_document
from app.interview.applicability import survey
from tests.e2e.terminal import PROGRAM, Terminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")

BANK = default_bank()
PROMPT = r":[ ]*$"


def word_for(thing: Question | Column) -> str:
    """Something to type that fits the kind."""
    match thing.kind:
        case "choice" | "choices":
            return "1"
        case "flag":
            return "yes"
        case "date":
            return "2026-11-24"
        case "number":
            return "3"
    return f"text for {thing.id}"


def lines_for(question: Question) -> list[str]:
    """The lines that answer a question from nothing."""
    if question.kind == "sentence":
        return [f"the {slot.id}" for slot in question.slots]
    if question.has_rows:
        return [line for column in _as_asked(question) for line in _entry(column)] + [""]
    return _entry(question)


def _as_asked(question: Question) -> list[Column]:
    """Starter tables are asked for other columns first; the proposed options come one by one."""
    return list(question.columns)


def _entry(thing: Question | Column) -> list[str]:
    if thing.kind in ("prose", "list"):
        return [word_for(thing), ""]
    if thing.kind == "code":
        return ["create table t (", "  id int", ");", "."]
    return [word_for(thing)]


def answer(terminal: Terminal, question_id: str) -> None:
    """Answer the question that is on the screen, line by line."""
    question = BANK.questions[question_id]
    if question.starters:
        terminal.line("skip")
        return
    for line in lines_for(question):
        terminal.wait_for(rf"({PROMPT}|…:? *$)")
        terminal.answer(line)


def test_a_compact_document_is_written_from_nothing(tmp_path: Path) -> None:
    new = [
        "new",
        "loan.toml",
        "--title",
        "Renewals",
        "--type",
        "add_column",
        "--risk",
        "low",
        "--owner",
        "Ana",
    ]
    subprocess.run([PROGRAM, *new], cwd=tmp_path, check=True, capture_output=True)
    path = tmp_path / "loan.toml"
    terminal = Terminal(["ask", "loan.toml"], tmp_path, size=(100, 40))
    asked: list[str] = []
    while True:
        shown = terminal.wait_for(r"(── \d+ of \d+ ── \S+|required questions answered)")
        ids = re.findall(r"── (\d+) of (\d+) ── (\S+)", shown)
        if not ids or ids[-1][2] in asked:
            if re.search(r"^\d+ of \d+ required questions answered", shown, re.MULTILINE):
                break
            terminal._read()
            continue
        asked.append(ids[-1][2])
        answer(terminal, asked[-1])
    assert terminal.finish() == 0
    answers = read_document(BANK, path).answers
    open_now = [view.id for view in survey(BANK, answers).required if view.open]
    assert [qid for qid in open_now if not BANK.questions[qid].starters] == []
    assert len(asked) > 10
    rendered = subprocess.run([PROGRAM, "render", "loan.toml"], cwd=tmp_path, capture_output=True, text=True)
    assert rendered.returncode == 0, rendered.stderr
    text = (tmp_path / "loan.md").read_text(encoding="utf-8")
    assert text.startswith("# Database Change Design — Renewals")
    assert text.count("\n## ") >= 11


def start(tmp_path: Path, *what: str) -> Terminal:
    new = ["new", "x.toml", "--title", "T", "--type", "add_table", "--risk", "low"]
    subprocess.run([PROGRAM, *new], cwd=tmp_path, check=True, capture_output=True)
    return Terminal(["ask", "x.toml", *what], tmp_path, size=(100, 40))


def test_ctrl_c_in_the_middle_keeps_what_was_said(tmp_path: Path) -> None:
    terminal = start(tmp_path, "control.owner", "problem.situation")
    terminal.wait_for(r"Answer: *$")
    terminal.line("Ines Duarte")
    terminal.wait_for(r"<domain>.*: *$")
    terminal.line("seat holds")
    terminal.wait_for(r"<current_stores>.*: *$")
    terminal.type("\x03")
    terminal.wait_for("Everything said is in x.toml")
    assert terminal.finish() == 0
    values = read_document(BANK, tmp_path / "x.toml").answers.values
    assert values["control.owner"] == "Ines Duarte"
    assert dict(values["problem.situation"]) == {"domain": "seat holds"}  # type: ignore[call-overload]


def test_back_skip_why_and_example_are_understood(tmp_path: Path) -> None:
    terminal = start(tmp_path, "control.owner", "control.target_release")
    question = BANK.questions["control.owner"]
    terminal.wait_for(r"Answer: *$")
    terminal.line("why")
    terminal.wait_for(re.escape(question.why.split()[0]))
    terminal.line("example")
    terminal.wait_for("good: ")
    terminal.line("skip")
    terminal.wait_for("2 of 2")
    terminal.line("back")
    terminal.wait_for(r"(?s)1 of 2.*2 of 2.*1 of 2")
    terminal.line("\\skip")
    terminal.wait_for(r"(?s)2 of 2.*1 of 2.*2 of 2")
    terminal.line("quit")
    assert terminal.finish() == 0
    assert read_document(BANK, tmp_path / "x.toml").answers.values["control.owner"] == "skip"


def test_a_row_that_was_begun_is_kept_on_ctrl_c(tmp_path: Path) -> None:
    terminal = start(tmp_path, "logical.grain")
    terminal.wait_for(r"new row: *$")
    terminal.line("seat_hold")
    terminal.wait_for(r"Grain: *$")
    terminal.type("\x03")
    terminal.wait_for("Everything said is in")
    assert terminal.finish() == 0
    rows = read_document(BANK, tmp_path / "x.toml").answers.rows("logical.grain")
    assert [dict(row) for row in rows] == [{"entity": "seat_hold"}]


def test_a_wrong_value_is_explained_and_asked_again(tmp_path: Path) -> None:
    terminal = start(tmp_path, "control.last_updated")
    terminal.wait_for(r"\(YYYY-MM-DD\): *$")
    terminal.line("yesterday")
    terminal.wait_for("is not a date; write it as 2026-03-31")
    terminal.line("2026-11-24")
    assert terminal.finish() == 0
    values = read_document(BANK, tmp_path / "x.toml").answers.values
    assert str(values["control.last_updated"]) == "2026-11-24"


def test_without_a_terminal_the_interview_reads_lines(tmp_path: Path) -> None:
    new = ["new", "x.toml", "--title", "T", "--type", "add_table", "--risk", "low"]
    subprocess.run([PROGRAM, *new], cwd=tmp_path, check=True, capture_output=True)
    done = subprocess.run(
        [PROGRAM, "ask", "x.toml", "control.owner", "problem.goals"],
        cwd=tmp_path,
        input="Ines\nfirst goal\nsecond goal\n\n",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    values = read_document(BANK, tmp_path / "x.toml").answers.values
    assert values["control.owner"] == "Ines"
    assert values["problem.goals"] == ("first goal", "second goal")


def test_ctrl_c_inside_a_long_answer_keeps_its_lines(tmp_path: Path) -> None:
    terminal = start(tmp_path, "authority.current_truth")
    terminal.wait_for(r"ends it: *$")
    terminal.line("the box office decides")
    terminal.wait_for(r"…: *$")
    terminal.line("scanners lose")
    terminal.wait_for(r"(?s)scanners lose.*…: *$")
    terminal.type("\x03")
    terminal.wait_for("Everything said is in")
    assert terminal.finish() == 0
    values = read_document(BANK, tmp_path / "x.toml").answers.values
    assert values["authority.current_truth"] == "the box office decides\nscanners lose"


def alone(folder: Path, name: str = "") -> dict[str, str]:
    """A person's machine on which nobody has used dbcharter; git has the name of Ines for them."""
    config = folder / "gitconfig"
    config.write_text("[user]\n\tname = Ines Duarte\n", encoding="utf-8")
    return {
        "DBCHARTER_STATE_DIR": str(folder / "state"),
        "DBCHARTER_USER": name,
        "GIT_CONFIG_GLOBAL": str(config),
    }


def test_a_new_document_is_called_after_its_title_and_said_by_who_began_it(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "seat-holds.toml").touch()
    terminal = Terminal(["--plain"], folder, size=(100, 40), environment=alone(tmp_path))
    terminal.wait_for(r"Title of the change: *$")
    terminal.line("Seat holds")
    terminal.wait_for(r"Answer file: seat-holds-2\.toml *$")
    terminal.line("")
    terminal.wait_for(r"Your name: Ines Duarte *$")
    terminal.line(" (Box Office)")
    terminal.wait_for(r"Owner of the document: Ines Duarte \(Box Office\) *$")
    terminal.line("")
    terminal.wait_for(r"Change types: *$")
    terminal.line("2")
    terminal.wait_for(r"Risk: *$")
    terminal.line("1")
    for _ in default_bank().traits:
        terminal.wait_for(r"\(yes/no\): *$")
        terminal.line("")
    terminal.wait_for(r"Database engine .*: *$")
    terminal.line("")
    terminal.wait_for(r"Full or compact .*: *$")
    terminal.line("")
    terminal.wait_for(r"── 1\.1 Problem Statement .* ── 1 of \d+ ── problem\.situation")
    terminal.type("\x03")
    assert terminal.finish() == 0
    path = folder / "seat-holds-2.toml"
    values = read_document(BANK, path).answers.values
    assert (values["control.title"], values["control.owner"]) == ("Seat holds", "Ines Duarte (Box Office)")
    assert (folder / "seat-holds.toml").read_bytes() == b""
    log = run(["log", path.name], folder, alone(tmp_path))
    assert "Ines Duarte (Box Office)" in log
    run(["set", path.name, "problem.goals", "none is sold twice"], folder, alone(tmp_path))
    assert run(["log", path.name], folder, alone(tmp_path)).count("Ines Duarte (Box Office)") == 2


def run(words: list[str], folder: Path, environment: dict[str, str], code: int = 0) -> str:
    done = subprocess.run(
        [PROGRAM, *words], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def test_a_name_that_the_environment_says_is_not_asked_for(tmp_path: Path) -> None:
    terminal = Terminal(["new"], tmp_path, size=(100, 40), environment=alone(tmp_path, "Robot 7"))
    terminal.wait_for(r"Title of the change: *$")
    terminal.line("Seat holds")
    terminal.wait_for(r"Answer file: seat-holds\.toml *$")
    terminal.line("")
    terminal.wait_for(r"Owner of the document: Robot 7 *$")
    assert "Your name" not in terminal.text()
    terminal.type("\x03")
    terminal.finish()
    assert list(tmp_path.glob("*.toml")) == []


def test_a_script_needs_no_name_for_the_file_either(tmp_path: Path) -> None:
    new = ["new", "--title", "Seat holds", "--type", "add_table"]
    assert "seat-holds.toml: " in run(new, tmp_path, alone(tmp_path))
    first = (tmp_path / "seat-holds.toml").read_bytes()
    assert "seat-holds-2.toml: " in run(new, tmp_path, alone(tmp_path))
    assert (tmp_path / "seat-holds.toml").read_bytes() == first
    assert "control.owner" not in read_document(BANK, tmp_path / "seat-holds.toml").answers.values


def test_a_title_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    told = run(["new", "Seat holds", "--type", "add_table"], tmp_path, alone(tmp_path), code=2)
    assert 'if it is the title: dbcharter new --title "Seat holds"' in told


def test_questions_are_asked_in_the_order_in_which_they_can_be_answered(tmp_path: Path) -> None:
    terminal = start(tmp_path, "control.decision_summary", "physical.ddl", "glossary.time_columns")
    for question in ("physical.ddl", "glossary.time_columns", "control.decision_summary"):
        terminal.wait_for(rf"of 3 ── {question}")
        terminal.wait_for(PROMPT)
        terminal.line("skip")
    assert terminal.finish() == 0


def test_a_setup_that_was_left_goes_on_where_it_was_and_back_goes_back(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    begun = Terminal(["new"], folder, size=(100, 40), environment=alone(tmp_path))
    begun.wait_for(r"Title of the change: *$")
    begun.line("Holds")
    begun.wait_for(r"Answer file: holds\.toml *$")
    begun.line("back")
    begun.wait_for(r"(?s)Answer file: .*Title of the change: Holds *$")
    begun.line(" of seats")
    begun.wait_for(r"Answer file: holds-of-seats\.toml *$")
    begun.line()
    begun.wait_for(r"Your name: Ines Duarte *$")
    begun.type("\x03")
    begun.wait_for("`dbcharter new` goes on with what was typed")
    assert begun.finish() == 1
    assert list(folder.glob("*.toml")) == []
    again = Terminal(["new"], folder, size=(100, 40), environment=alone(tmp_path))
    again.wait_for(r"“Holds of seats” was begun before.*: *$")
    again.line()
    again.wait_for(r"Your name: Ines Duarte *$")
    again.line("back")
    again.wait_for(r"Answer file: holds-of-seats\.toml *$")
    again.type("\x03")
    assert again.finish() == 1


def test_back_and_clear_in_a_row_are_about_its_cells(tmp_path: Path) -> None:
    terminal = start(tmp_path, "logical.grain", "control.owner")
    terminal.wait_for(r"Answer: *$")
    terminal.line()
    for prompt, line in (
        (r"new row: *$", "seat_hold"),
        (r"  Grain: *$", "back"),
        (r"  Logical Entity: *$", "hold"),
        (r"hold.*\n.*\n *Grain: *$", "one hold"),
        (r"Example Row \(optional\): *$", "back"),
        (r"now: one hold\n *Grain: *$", "clear"),
        (r"(?s)Removed.*Example Row \(optional\): *$", "skip"),
        (r"(?s)\[hold\] is kept as it is\..*new row: *$", ""),
    ):
        terminal.wait_for(prompt)
        terminal.line(line)
    assert terminal.finish() == 0
    rows = read_document(BANK, tmp_path / "x.toml").answers.rows("logical.grain")
    assert [dict(row) for row in rows] == [{"entity": "hold"}]


def test_a_question_that_does_not_apply_is_passed_over_with_the_reason(tmp_path: Path) -> None:
    run(["new", "x.toml", "--title", "T", "--type", "add_table"], tmp_path, alone(tmp_path))
    told = " ".join(run(["ask", "x.toml", "13.2"], tmp_path, alone(tmp_path)).split())
    assert (
        "13.2 Derived Store Strategy (integration.derived_stores) is not asked because the data is not"
        in told
    )
    assert "1 question to ask" not in told
