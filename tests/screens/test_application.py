"""The application: opening, saving by itself, themes, keys, leaving, failing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from app.bank.model import Bank
from app.document.operations import Set
from app.document.recent import recent_documents
from app.problems import DocumentError
from app.readiness.reports.model import percent
from app.session import Session
from screens import saving
from screens.application import DbcharterApp
from screens.interview.screen import InterviewScreen
from screens.start.screen import StartScreen
from screens.widgets.fields import base
from screens.widgets.inputs import LineInput
from screens.widgets.status_line import StatusLine
from tests.screens.driving import answer, evaluate, go, idle, interview, say

MakeApp = Callable[[Path | None], DbcharterApp]


def status(app: DbcharterApp) -> str:
    return str(app.screen.query_one(StatusLine).render())


async def test_leaving_asks_nothing_and_saves_the_last_key(app: DbcharterApp, path: Path) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("A", "n", "a", "ctrl+q")
    assert 'owner = "Ana"' in path.read_text()
    assert app.return_code == 0


async def test_the_file_is_written_without_being_asked(
    app: DbcharterApp, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "SAVE_AFTER", 0.01)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await say(pilot, app, "Ana")
        for _ in range(500):
            await pilot.pause(0.01)
            if 'owner = "Ana"' in path.read_text():
                break
        assert 'owner = "Ana"' in path.read_text()
        await pilot.pause()
        assert status(app).rstrip().endswith("saved")
        assert "not saved" not in status(app)


def test_the_file_is_written_within_a_second() -> None:
    assert saving.SAVE_AFTER < 1


async def test_a_save_that_fails_is_said_and_tried_again(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        session = app.session
        assert session is not None
        monkeypatch.setattr(session, "_failure", "no space left on device")

        def fail() -> None:
            raise DocumentError("not saved: no space left on device")

        monkeypatch.setattr(session, "begin_save", fail)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "not saved: no space left" in status(app)
        assert app.saver.waiting


def full_disk(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch, *, journal: str) -> None:
    """Let no save of the open document succeed; `journal` says why its journal is behind."""
    assert app.session is not None

    def fail() -> None:
        raise DocumentError(f"{app.session.path}: not saved: No space left on device")  # type: ignore[union-attr]

    monkeypatch.setattr(app.session, "save", fail)
    monkeypatch.setattr(app.session._keeper, "_pay", lambda: journal)
    app.saver.stop()
    monkeypatch.setattr(app.saver, "soon", lambda *_: None)


async def test_what_only_the_journal_holds_is_said_after_leaving(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        full_disk(app, monkeypatch, journal="")
        await pilot.press("ctrl+q")
    assert app.return_code == 1
    (words,) = app.last_words
    assert "No space left" in words
    assert "in the journal" in words


async def test_what_neither_file_nor_journal_takes_is_written_elsewhere(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        full_disk(app, monkeypatch, journal="no space left")
        await go(pilot, app, "control.owner")
        await pilot.press("A", "n", "a", "ctrl+q")
    rescued = path.with_name(f"{path.stem}.rescued-1.toml")
    assert app.return_code == 1
    assert str(rescued) in app.last_words[0]
    assert 'owner = "Ana"' in rescued.read_text()
    assert 'owner = "Ana"' not in path.read_text()


async def test_what_can_be_kept_nowhere_is_left_only_when_asked_again(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(*_: object) -> None:
        raise DocumentError("it can be written nowhere else either", "free some space")

    monkeypatch.setattr("screens.documents.rescue", nowhere)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        full_disk(app, monkeypatch, journal="no space left")
        await go(pilot, app, "control.owner")
        await pilot.press("A", "ctrl+q")
        await pilot.pause()
        assert app.is_running
        assert app.session is not None
        assert "ctrl+q again leaves" in "".join(note.message for note in app._notifications)
        await pilot.press("ctrl+q")
    assert app.return_code == 1
    assert "loses what was not saved" in app.last_words[0]


def said(app: DbcharterApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


async def test_an_answer_that_was_changed_on_both_sides_before_the_save_is_told(
    app: DbcharterApp, path: Path
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        await pilot.press("A", "n", "a")
        text = path.read_text()
        path.write_text(text.replace("[control]\n", '[control]\nowner = "Ben"\n'))
        app.save()
        await pilot.pause()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.session is not None
        assert len(app.session.answers.conflicts) == 1
        assert "1 answer here as well; both sides are kept" in said(app)


async def test_what_is_brought_back_is_named(make_app: MakeApp, bank: Bank, path: Path) -> None:
    session = Session.open(bank, path)
    session.apply(Set(question="control.owner", value="Ana"))
    session.close()
    app = make_app(path)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        assert "Brought back 1 change that had not been saved: set control.owner" in said(app)


async def test_a_window_that_could_only_read_writes_once_the_writer_has_left(
    make_app: MakeApp, bank: Bank, path: Path
) -> None:
    writer = Session.open(bank, path)
    app = make_app(path)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.owner")
        assert app.session is not None
        assert app.session.read_only_reason
        app.look_outside()
        assert app.session.read_only_reason
        writer.close()
        app.look_outside()
        await idle(pilot, app)
        assert not app.session.read_only_reason
        assert interview(app).question_id == "control.owner"
        assert "The other writer has left" in said(app)


async def test_the_start_screen_says_where_a_document_is_and_where_it_was_left(
    app: DbcharterApp, path: Path
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        app.action_close_document()
        await idle(pilot, app)
        shown = app.screen.query_one("#start-detail", Static)
        lines = str(shown.render()).splitlines()
        assert lines[0] == "Left at 1.2 Goals"
        assert lines[1].endswith(path.name)
        await pilot.press("end")
        await pilot.pause()
        assert str(shown.render()) == ""


async def test_the_readiness_stands_in_the_list_of_documents(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await evaluate(pilot, app)
        assert app.session is not None
        expected = percent(app.session.evaluate(app.today()).readiness)
        app.action_close_document()
        await idle(pilot, app)
        assert recent_documents()[0].readiness == expected
        assert f"readiness {expected} %" in str(
            app.screen.query_one(OptionList).get_option_at_index(0).prompt
        )


async def test_the_place_is_remembered_and_found_again(
    app: DbcharterApp, make_app: MakeApp, path: Path
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await pilot.press("ctrl+q")
    assert recent_documents()[0].question == "problem.goals"
    again = make_app(path)
    async with again.run_test() as pilot:
        await idle(pilot, again)
        assert interview(again).form.question_id == "problem.goals"


async def test_what_was_not_saved_is_back_after_a_crash(bank: Bank, make_app: MakeApp, path: Path) -> None:
    with Session.open(bank, path) as session:
        session.apply(Set(question="control.owner", value="Ana"))
    app = make_app(path)
    async with app.run_test(notifications=True) as pilot:
        await idle(pilot, app)
        assert answer(app, "control.owner") == "Ana"
        assert any("Brought back" in notice.message for notice in app._notifications)


async def test_what_was_typed_right_before_a_failure_is_back_after_it(
    make_app: MakeApp, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the answer was taken away a moment before, to be written anew."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(base, "POST_AFTER", 60.0)
    failing = make_app(path)

    async def fail() -> None:
        async with failing.run_test() as pilot:
            await idle(pilot, failing)
            await go(pilot, failing, "control.title")
            await pilot.press("end", "ctrl+u")
            await interview(failing).settle()
            await pilot.press(*"Anew")
            failing.call_later(lambda: 1 / 0)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert failing.session is not None
    failing.session.close()  # as the end of the process does
    app = make_app(path)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        assert answer(app, "control.title") == "Anew"


async def test_a_change_from_outside_is_taken_in_and_the_field_shows_it(
    app: DbcharterApp, path: Path
) -> None:
    async with app.run_test(notifications=True) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        path.write_text(path.read_text().replace("Seat holds", "Holds of seats"))
        app.look_outside()
        await idle(pilot, app)
        assert app.screen.query_one(LineInput).value == "Holds of seats"


async def test_the_theme_is_kept(app: DbcharterApp, make_app: MakeApp, path: Path, tmp_path: Path) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        app.action_theme()
        await pilot.pause()
        chosen = app.theme
    assert json.loads((tmp_path / "state" / "screens.json").read_text())["theme"] == chosen
    assert make_app(path).theme == chosen != "dbcharter-dark"


async def test_a_damaged_settings_file_does_no_harm(make_app: MakeApp, path: Path, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir(exist_ok=True)
    (tmp_path / "state" / "screens.json").write_text('{"theme": ["nope"]}')
    assert make_app(path).theme == "dbcharter-dark"


async def test_a_key_of_ones_own_replaces_the_usual_one(app: DbcharterApp, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "keys.toml").write_text('next = "f12"\n')
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await go(pilot, app, "control.title")
        await pilot.press("f7")
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.title"
        await pilot.press("f12")
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.status"


async def test_a_bad_key_file_is_told_and_the_usual_keys_work(app: DbcharterApp, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "keys.toml").write_text("next = \n")
    async with app.run_test(notifications=True) as pilot:
        await idle(pilot, app)
        assert any("keys.toml" in notice.message for notice in app._notifications)
        await go(pilot, app, "control.title")
        await pilot.press("f7")
        await idle(pilot, app)
        assert interview(app).form.question_id == "control.status"


async def test_hostile_text_is_shown_as_it_stands(app: DbcharterApp, bank: Bank) -> None:
    hostile = "[@click=app.bell]x[/b] [PII] \x1b[31m"
    async with app.run_test(size=(140, 40), notifications=True) as pilot:
        await idle(pilot, app)
        app.apply(Set(question="control.owner", value=hostile))
        await go(pilot, app, "control.title")
        lines = app.screen.query_one("#after", Static).render()
        before = "\n".join(str(app.screen.query_one(name, Static).render()) for name in ("#before", "#after"))
        assert "[@click=app.bell]x[/b] [PII]" in before
        assert "\x1b" not in before
        assert lines is not None
        app.tell(hostile)
        await pilot.pause()
        for kind in ("text", "prose", "list", "choice", "sentence"):
            found = next(name for name, q in bank.questions.items() if q.kind == kind)
            app.apply(Set(question=found, value=hostile))
            await go(pilot, app, found)
        await pilot.press("ctrl+o")
        await pilot.press(*"[/b]")
        await pilot.press("escape", "f9", "escape", "f1", "escape")
        await pilot.pause()


async def test_without_a_document_the_start_screen_lists_those_of_the_folder(
    make_app: MakeApp, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    app = make_app(None)
    async with app.run_test() as pilot:
        await idle(pilot, app)
        assert isinstance(app.screen, StartScreen)
        await pilot.press("enter")
        await idle(pilot, app)
        assert isinstance(app.screen, InterviewScreen)
        assert app.session is not None
        assert app.session.path.name == "holds.toml"


async def test_a_file_that_is_no_answer_file_is_told_on_the_start_screen(
    make_app: MakeApp, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("format = [")
    app = make_app(broken)
    async with app.run_test(notifications=True) as pilot:
        await idle(pilot, app)
        assert isinstance(app.screen, StartScreen)
        assert any("broken.toml" in notice.message for notice in app._notifications)


async def test_closing_the_document_lets_the_next_writer_in(
    app: DbcharterApp, bank: Bank, path: Path
) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        await app.screen.run_action("close_document")
        await idle(pilot, app)
        assert isinstance(app.screen, StartScreen)
        with Session.open(bank, path) as session:
            assert not session.read_only_reason


def test_a_failure_is_reported_without_answers(
    make_app: MakeApp, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "the secret answer"
    path.write_text(path.read_text().replace("Seat holds", secret))

    def fail(self: object) -> None:
        words = secret
        raise ValueError(words)

    monkeypatch.setattr(InterviewScreen, "action_example", fail)
    app = make_app(path)
    app.run(headless=True, auto_pilot=lambda pilot: pilot.press("f2"))
    assert app.return_code == 1
    assert len(app.last_words) == 1
    report = Path(app.last_words[0].rpartition(" ")[2])
    text = report.read_text() + app.last_words[0] + "".join(capsys.readouterr())
    report.unlink()
    assert "ValueError" in text
    assert secret not in text
