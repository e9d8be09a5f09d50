"""The first questions of a new document: going back, wrong words, and leaving in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.cli import beginning, setup
from app.document import unfinished
from app.document.store import read_document
from app.problems import DocumentError
from tests.cli.scripted import STOP, Scripted

BANK = default_bank()
TRAITS = len(BANK.traits)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, a person whom the environment does not name, and a terminal."""
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("DBCHARTER_USER", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"


def new(monkeypatch: pytest.MonkeyPatch, *lines: str, title: str = "") -> tuple[Scripted, dict[str, object]]:
    """Start a document; returns the prompter, and what the file says, nothing when there is none."""
    prompter = Scripted(*lines)
    monkeypatch.setattr(beginning, "choose_prompter", lambda: prompter)
    session = beginning.new_document(BANK, None, title=title)
    if session is None:
        assert list(Path().glob("*.toml")) == []
        return prompter, {}
    session.close()
    answers = read_document(BANK, session.path).answers
    profile = {
        name: getattr(answers.profile, name) for name in ("change_types", "risk", "traits", "template")
    }
    return prompter, {"file": str(session.path), **answers.values, **profile}


BEGUN = ("Seat holds", "", "Ines", "", "add_table", "medium")
REST = ("",) * (TRAITS + 2)


def test_everything_that_is_said_is_in_the_new_document(monkeypatch: pytest.MonkeyPatch) -> None:
    _, said = new(monkeypatch, *BEGUN, "yes", *[""] * (TRAITS - 1), "mysql", "full")
    assert (said["file"], said["control.title"], said["control.owner"]) == (
        "seat-holds.toml",
        "Seat holds",
        "Ines",
    )
    assert (said["change_types"], said["risk"], said["template"]) == (("add_table",), "medium", "full")
    assert said["traits"] == (next(iter(BANK.traits)),)
    assert said["physical.engine"] == "mysql"


def test_back_goes_back_with_what_was_said_and_a_backslash_makes_it_a_title(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turns = ("\\back", "back", "Holds", "", "back", "back", "Rollback")
    prompter, said = new(monkeypatch, *turns, "", "", "", *BEGUN[4:], *REST)
    assert said["control.title"] == "Rollback"
    assert said["file"] == "rollback.toml"
    titles = [label for label in prompter.asked if label.startswith("Title")]
    assert titles == ["Title of the change", "Title of the change [back]", "Title of the change [Holds]"]


def test_a_file_that_was_named_is_kept_when_the_title_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    _, said = new(monkeypatch, "Holds", "mine", "back", "back", "Seat holds", *[""] * 3, *BEGUN[4:], *REST)
    assert said["file"] == "mine.toml"


def test_a_word_behind_what_is_proposed_is_meant_as_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    prompter, _ = new(monkeypatch, "Holds", "holds.tomlback", STOP)
    assert prompter.asked[-1] == "Title of the change [Holds]"


def test_back_goes_through_the_traits_one_by_one_and_past_those_that_are_implied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    change = next(c for c in BANK.file.change_types if c.implies)
    prompter, _ = new(monkeypatch, *BEGUN[:4], change.id, "low", "no", "yes", "back", "back", "back", STOP)
    asked = [label.split(" (yes")[0] for label in prompter.asked[6:]]
    open_traits = [t.question for t in BANK.file.traits if t.id not in change.implies]
    assert asked == [*open_traits[:3], open_traits[1], open_traits[0], "Risk (Enter for low)"]


def test_wrong_words_are_said_and_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ("add_tabel", "", "2, 1", "hgih", "3", "perhaps")
    _, said = new(monkeypatch, *BEGUN[:4], *wrong, *[""] * TRAITS, "", "copmact", "COMPACT")
    assert (said["risk"], said["template"]) == ("high", "compact")
    shown = capsys.readouterr().out
    for told in ("'add_tabel' is none", "at least one", "'hgih' is none of low", "answer yes or no",
                 "'copmact' is neither full nor compact"):  # fmt: skip
        assert told in shown


def test_words_of_the_interview_are_no_answers_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    prompter, _ = new(monkeypatch, "na", "help", STOP)
    assert prompter.asked == ["Title of the change"] * 3
    assert "go back to what was asked before" in capsys.readouterr().out


@pytest.mark.parametrize("leave", [STOP, "quit"])
def test_who_leaves_in_the_middle_goes_on_there_the_next_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], leave: str
) -> None:
    left, _ = new(monkeypatch, *BEGUN, "yes", leave, "no")
    assert left.lines == ["no"]
    assert "`dbcharter new` goes on with what was typed" in capsys.readouterr().out
    prompter, said = new(monkeypatch, "", *REST[1:])
    assert "“Seat holds”" in prompter.asked[0]
    assert prompter.asked[1].startswith(list(BANK.traits.values())[1].question)
    assert (said["control.title"], said["control.owner"], said["risk"]) == ("Seat holds", "Ines", "medium")
    assert said["traits"] == (next(iter(BANK.traits)),)
    assert unfinished.kept(BANK.id) == {}


def test_what_was_begun_can_be_left_alone_for_another_document(monkeypatch: pytest.MonkeyPatch) -> None:
    new(monkeypatch, *BEGUN, STOP)
    new(monkeypatch, "no", STOP)
    assert unfinished.kept(BANK.id) == {}
    _, said = new(monkeypatch, "Other", *BEGUN[1:], *REST)
    assert said["control.title"] == "Other"


def test_an_option_wins_over_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    new(monkeypatch, *BEGUN, STOP)
    _, said = new(monkeypatch, "yes", *REST, title="From the option")
    assert (said["control.title"], said["risk"]) == ("From the option", "medium")


def test_a_file_that_was_taken_meanwhile_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    new(monkeypatch, *BEGUN, STOP)
    Path("seat-holds.toml").touch()
    prompter, said = new(monkeypatch, "yes", *[""] * 5, *REST)
    assert prompter.asked[1] == "Answer file [seat-holds-2.toml]"
    assert said["file"] == "seat-holds-2.toml"


def test_what_was_typed_outlives_a_document_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    prompter = Scripted("Seat holds", "nowhere/x.toml", *BEGUN[2:], *REST)
    monkeypatch.setattr(beginning, "choose_prompter", lambda: prompter)
    with pytest.raises(DocumentError):
        beginning.new_document(BANK, None)
    assert unfinished.kept(BANK.id)["title"] == "Seat holds"


def test_who_leaves_at_once_has_written_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    new(monkeypatch, STOP)
    assert "Nothing was written." in capsys.readouterr().out
    assert unfinished.kept(BANK.id) == {}


@pytest.mark.parametrize(
    "text", ["", "[1]", '{"bank": 1}', '{"bank": "ID", "said": [1]}', "\udcff{", "[" * 9999]
)
def test_what_is_no_setup_is_nothing_that_was_begun(text: str) -> None:
    unfinished.keep(BANK.id, {"title": "T"})
    data = text.replace("ID", BANK.id).encode(errors="surrogateescape")
    (Path("..") / "state" / "unfinished.json").write_bytes(data)
    assert unfinished.kept(BANK.id) == {}


def test_what_was_begun_with_another_bank_is_not_offered() -> None:
    unfinished.keep("another", {"title": "T"})
    assert unfinished.kept(BANK.id) == {}
    assert unfinished.kept("another") == {"title": "T"}


def test_a_step_is_asked_for_everything_that_a_document_begins_with() -> None:
    names = [step.name for step in setup.steps(BANK)]
    assert names == ["title", "file", "you", "owner", "change_types", "risk",
                     *(f"trait.{name}" for name in BANK.traits), "engine", "template"]  # fmt: skip
