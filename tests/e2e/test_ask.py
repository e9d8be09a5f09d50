"""The plain interview in a real terminal."""

from __future__ import annotations

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
