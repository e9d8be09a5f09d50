"""The plain interview, asked by a script: what its words do at each kind of prompt, and what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.cli.interview import Interview
from app.cli.words import WORDS
from app.document.answers import Answers, State
from app.document.operations import AddRow, Set, SetNote, SetProfile, SetState
from app.document.store import read_document
from app.session import Session
from tests.cli.scripted import STOP, Scripted

BANK = default_bank()
OWNER, GOALS, GRAIN, SITUATION = "control.owner", "problem.goals", "logical.grain", "problem.situation"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    profile = SetProfile(change_types=("add_table",), risk="high")
    with Session.create(BANK, tmp_path / "holds.toml", [profile]) as session:
        yield session


def ask(session: Session, questions: list[str], *lines: str) -> Scripted:
    """Ask the questions; returns the prompter. What the session says is what the file says."""
    session.save()
    prompter = Scripted(*lines)
    Interview(session, prompter).run(questions)
    assert read_document(BANK, session.path).answers == session.answers
    return prompter


def said(session: Session, question: str) -> object:
    return session.answers.values.get(question)


def rows(session: Session, question: str = GRAIN) -> list[dict[str, object]]:
    return [dict(row) for row in session.answers.rows(question)]


# lists, prose and code: several lines


@pytest.mark.parametrize("word", ["back", "skip", "quit", STOP])
def test_who_leaves_between_the_lines_of_an_answer_keeps_them_and_no_word_among_them(
    session: Session, word: str
) -> None:
    ask(session, [OWNER, GOALS], "", "no seat is sold twice", "holds expire", word)
    assert said(session, GOALS) == ("no seat is sold twice", "holds expire")


def test_back_between_the_lines_goes_to_the_question_before(session: Session) -> None:
    prompter = ask(session, [OWNER, GOALS], "", "one", "back", "Ines", STOP)
    assert said(session, OWNER) == "Ines"
    assert len(prompter.asked) == 5


def test_words_between_the_lines_are_those_in_lower_case_alone(session: Session) -> None:
    ask(session, [GOALS], "one", "Back", "\\back", "why", "go back", "")
    assert said(session, GOALS) == ("one", "Back", "back", "go back")


def test_clear_between_the_lines_removes_them_and_the_answer(session: Session) -> None:
    session.apply(Set(question=GOALS, value=["before"]))
    ask(session, [GOALS], "one", "clear")
    assert said(session, GOALS) is None


# sentences


def test_back_and_clear_in_a_sentence_are_about_its_parts(session: Session) -> None:
    slots = [slot.id for slot in BANK.questions[SITUATION].slots]
    prompter = ask(session, [SITUATION], "seat holds", "back", "", "tickets", "back", "clear", STOP)
    asked = [label.split(">")[0].removeprefix("<") for label in prompter.asked]
    assert asked == [slots[0], slots[1], slots[0], slots[1], slots[2], slots[1], slots[2]]
    assert said(session, SITUATION) == {slots[0]: "seat holds"}


# tables


def test_a_row_is_in_the_file_from_its_first_cell_on(session: Session) -> None:
    ask(session, [GRAIN], "hold", "one hold", STOP)
    assert rows(session) == [{"entity": "hold", "grain": "one hold"}]


def test_back_in_a_row_goes_to_the_cell_before_and_behind_the_first_to_the_next_row(session: Session) -> None:
    prompter = ask(session, [OWNER, GRAIN], "", "hold", "one hold", "back", "one seat hold", "back", "back",
                   "seat_hold", "back", "back", "")  # fmt: skip
    assert [label.split(" (")[0] for label in prompter.asked] == [
        "Answer", "Logical Entity of a new row", "Grain", "Example Row", "Grain", "Example Row", "Grain",
        "Logical Entity", "Grain", "Logical Entity", "Logical Entity of a new row",
    ]  # fmt: skip
    assert rows(session) == [{"entity": "seat_hold", "grain": "one seat hold"}]


def test_clear_in_a_row_removes_the_cell_and_no_other_row(session: Session) -> None:
    session.apply(AddRow(question=GRAIN, row={"entity": "seat", "grain": "one seat"}))
    ask(session, [GRAIN], "hold", "one hold", "back", "clear", "", "")
    assert rows(session) == [{"entity": "seat", "grain": "one seat"}, {"entity": "hold"}]
    ask(session, [GRAIN], "change seat", "", "clear", "skip", "")
    assert rows(session) == [{"entity": "seat"}, {"entity": "hold"}]


def test_a_row_that_clear_leaves_nothing_of_is_no_row(session: Session) -> None:
    ask(session, [GRAIN], "hold", "back", "clear", "skip", "seat", STOP)
    assert rows(session) == [{"entity": "seat"}]


def test_clear_at_an_empty_cell_changes_nothing(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.apply(AddRow(question=GRAIN, row={"entity": "seat"}))
    ask(session, [GRAIN], "hold", "clear", "one hold", "", "")
    assert rows(session) == [{"entity": "seat"}, {"entity": "hold", "grain": "one hold"}]
    assert "There is nothing to remove here." in capsys.readouterr().out


def test_clear_before_a_row_removes_all_rows_and_says_how_they_come_back(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.apply(AddRow(question=GRAIN, row={"entity": "seat"}))
    ask(session, [GRAIN], "clear", "")
    assert rows(session) == []
    assert "dbcharter undo" in capsys.readouterr().out
    session.undo()
    assert rows(session) == [{"entity": "seat"}]


def test_a_row_with_its_cells_is_undone_as_one(session: Session) -> None:
    ask(session, [GRAIN], "seat", "one seat", "14F", "hold", "one hold", "", "")
    session.undo()
    assert [row["entity"] for row in rows(session)] == ["seat"]


def test_a_row_is_changed_under_its_new_key(session: Session) -> None:
    session.apply(AddRow(question=GRAIN, row={"entity": "seat", "grain": "one seat"}))
    session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
    ask(session, [GRAIN], "change SEAT", "chair", "one chair", "", "remove hold", "")
    assert rows(session) == [{"entity": "chair", "grain": "one chair"}]


def test_a_cell_may_begin_with_a_word_for_rows(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    ask(session, [GRAIN], "change request", "\\change request", "skip", "remove", "skip", "")
    assert [row["entity"] for row in rows(session)] == ["change request", "remove"]
    assert "\\change request" in capsys.readouterr().out


def test_a_proposed_row_can_be_left_and_come_back_to(session: Session) -> None:
    views = session.survey().questions.values()
    view = next(view for view in views if view.question.starters and view.applies)
    prompter = ask(session, [view.id], "", "back", "perhaps", "yes", STOP)
    assert prompter.asked[:4] == ["Occurs? (yes/no) (Enter for no such row)"] * 4
    (row,) = rows(session, view.id)
    first = BANK.enumerations[str(view.question.column_by_id["pattern"].options)].options[0]
    assert (len(prompter.asked), row) == (5, {"pattern": first.id, "occurs": True})


def test_a_row_may_begin_with_an_option_by_its_number(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    question_id = next(
        view.id
        for view in session.survey().questions.values()
        if view.question.has_rows and view.question.columns[0].kind == "choice" and not view.question.starters
    )
    column = BANK.questions[question_id].columns[0]
    options = BANK.options_of(column)
    assert options is not None
    session.apply(SetProfile(change_types=tuple(BANK.change_types), traits=tuple(BANK.traits)))
    ask(session, [question_id], "1", STOP)
    assert rows(session, question_id) == [{column.id: options.options[0].id}]
    assert f"1) {options.options[0].title}" in capsys.readouterr().out


# marks


def test_not_applicable_needs_a_right_reason_before_the_sentence(session: Session) -> None:
    prompter = ask(session, [OWNER], "na", "out of scpe", "1", "", "somebody else's")
    assert session.answers.states[OWNER] == State("not_applicable", "out_of_scope", "somebody else's")
    assert prompter.asked == ["Answer", "Reason", "Reason", "Why, in a sentence", "Why, in a sentence"]


def test_a_wrong_date_keeps_the_owner_and_leaves_the_question_once_it_is_right(session: Session) -> None:
    prompter = ask(session, [OWNER, GOALS], "defer", "Ines", "soon", "2027-01-31", STOP)
    assert session.answers.states[OWNER] == State("deferred", "", "", "Ines", date(2027, 1, 31))
    assert prompter.asked[:3] == ["Answer", "Who will answer it", "By when (YYYY-MM-DD)"]
    assert prompter.asked[-1].startswith("Answer; one per line")


def test_back_in_a_mark_goes_to_its_part_before_and_to_the_question_at_last(session: Session) -> None:
    prompter = ask(
        session, [OWNER], "defer", "Ines", "back", "back", "na", "unchanged", "back", "back", "Joao"
    )
    assert session.answers.states == {}
    assert said(session, OWNER) == "Joao"
    assert "Who will answer it [Ines]" in prompter.asked
    assert "Reason [unchanged]" in prompter.asked


@pytest.mark.parametrize("leave", [STOP, "quit", "skip"])
@pytest.mark.parametrize(
    ("lines", "note"),
    [(("na", "2"), "not applicable: does_not_exist"), (("defer", "Ines"), "deferred: Ines")],
)
def test_a_mark_that_is_not_said_to_its_end_is_kept_as_a_note(
    session: Session, lines: tuple[str, ...], note: str, leave: str
) -> None:
    session.apply(SetNote(question=OWNER, note="before"))
    ask(session, [OWNER], *lines, leave)
    assert session.answers.notes[OWNER] == f"before\n{note}"
    assert session.answers.states == {}


def test_a_mark_in_the_middle_of_a_row_keeps_the_row_and_leaves_the_question(session: Session) -> None:
    prompter = ask(session, [GRAIN, OWNER], "hold", "na", "unchanged", "as before", STOP)
    assert rows(session) == [{"entity": "hold"}]
    assert session.answers.states[GRAIN].reason == "unchanged"
    assert prompter.asked[-1] == "Answer"


def test_an_answer_under_a_mark_is_told_to_count_for_nothing_and_clear_takes_the_mark_back(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.apply(SetState(question=OWNER, state="not_applicable", reason="unchanged", note="as before"))
    ask(session, [OWNER], "Ines")
    assert "counts for nothing while this is not applicable (unchanged: as before)" in _flat(capsys)
    ask(session, [OWNER], "clear", "")
    assert session.answers.states == {}
    assert said(session, OWNER) == "Ines"
    assert "Taken back: not applicable." in _flat(capsys)


def _flat(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


# the other words


def test_clear_removes_an_answer_and_a_note_is_kept_shown_and_removed(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    session.apply(Set(question=OWNER, value="Ines"))
    ask(session, [OWNER], "note", "ask the box office", "note", "", "clear")
    assert session.answers.notes == {OWNER: "ask the box office"}
    assert "now: ask the box office" in capsys.readouterr().out
    assert said(session, OWNER) is None
    prompter = ask(session, [GOALS, OWNER], "", "note", "back", "note", "clear", "")
    assert session.answers.notes == {}
    assert prompter.asked[1:] == ["Answer", "Note", "Answer", "Note", "Answer"]


@pytest.mark.parametrize("word", ["why", "example", "help"])
def test_words_that_only_tell_ask_again(
    session: Session, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    prompter = ask(session, [OWNER], word, word.upper(), "Ines")
    question = BANK.questions[OWNER]
    told = {"why": question.why, "example": question.good, "help": WORDS["defer"]}[word]
    assert told.split("\n")[0][:30] in capsys.readouterr().out
    assert prompter.asked == ["Answer"] * 3


@pytest.mark.parametrize("lines", [("note", "edit"), ("na", "clear"), ("defer", "example")])
def test_every_word_is_understood_at_every_prompt(session: Session, lines: tuple[str, ...]) -> None:
    ask(
        session,
        [OWNER],
        *lines,
        *(word for word in WORDS if word not in ("back", "skip", "quit", "na", "defer")),
    )
    assert session.answers.states == {}
    assert not set(session.answers.notes.values()) & set(WORDS)


@pytest.mark.parametrize(
    ("question", "value", "shown"), [(GOALS, ["a", "b"], "a\nb"), (OWNER, "Ines", "Ines")]
)
def test_the_editor_begins_with_the_answer_that_is_there(
    session: Session, monkeypatch: pytest.MonkeyPatch, question: str, value: object, shown: str
) -> None:
    seen: list[str] = []

    def edit(text: str, _suffix: str) -> str:
        seen.append(text)
        return text + "\nc\n"

    monkeypatch.setattr("app.editor.edit_text", edit)
    session.apply(Set(question=question, value=value))
    ask(session, [question], "edit")
    assert seen == [shown]
    assert said(session, question) == (("a", "b", "c") if question == GOALS else "Ines c")


def test_the_editor_goes_on_with_the_lines_that_are_typed(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.editor.edit_text", lambda text, _suffix: f"{text.upper()}\a")
    ask(session, [GOALS], "one", "two", "edit")
    assert said(session, GOALS) == ("ONE", "TWO")
    assert "removed: U+0007 control character" in capsys.readouterr().out


def test_an_editor_that_is_no_command_is_told_in_a_line(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", 'vim "')
    ask(session, [OWNER], "edit", "Ines")
    assert said(session, OWNER) == "Ines"
    assert "  EDITOR is not a command: a quotation mark" in capsys.readouterr().out


def test_an_editor_left_empty_removes_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.editor.edit_text", lambda _text, _suffix: "\n")
    session.apply(Set(question=OWNER, value="Ines"))
    ask(session, [OWNER], "edit", "")
    assert said(session, OWNER) == "Ines"
    assert "type clear" in capsys.readouterr().out


def test_characters_that_are_removed_are_told(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    ask(session, [OWNER], "In\x1bes")
    assert said(session, OWNER) == "Ines"
    assert "removed: U+001B" in capsys.readouterr().out


def test_back_at_the_first_question_stays_there_and_passes_over_what_does_not_apply(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    parked = next(view.id for view in session.survey().questions.values() if not view.applies)
    prompter = ask(session, [parked, OWNER, parked, GOALS], "back", "", "back", "Ines", STOP)
    assert "This is the first question." in capsys.readouterr().out
    assert len(prompter.asked) == 5
    assert said(session, OWNER) == "Ines"


def test_nothing_is_said_by_pressing_enter(session: Session) -> None:
    before: Answers = session.answers
    ask(session, [OWNER, SITUATION, GRAIN, GOALS], *[""] * 20)
    assert session.answers is before
