"""The preview beside the question, full screen, and its export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Static

from app.document.answers import Template
from app.document.operations import Set, SetProfile
from app.problems import TemplateError
from app.render.document import render
from app.render.sections import Sections
from screens.application import DbcharterApp
from screens.dialogs.export import ExportDialog
from screens.preview.screen import PreviewScreen
from screens.widgets import preview_pane as preview_module
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Picks
from screens.widgets.preview_pane import PreviewPane
from tests.screens.driving import Driver, go, idle, interview, made, open_place, say, shown

MakeApp = Callable[[Path | None], DbcharterApp]


def exported(app: DbcharterApp, template: Template) -> str:
    """What an export says: the document with the verdicts of the final review."""
    assert app.session is not None
    evaluation = app.session.evaluate(app.today())
    text = render(app.bank, app.session.answers, template, evaluation=evaluation)
    assert "### Final Review" in text
    return text


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_module, "FOLLOW_AFTER", 0.001)


def in_view(pane: PreviewPane) -> str:
    return "\n".join(pane.render_line(y).text.rstrip() for y in range(pane.size.height))


async def pane_beside(pilot: Driver, app: DbcharterApp) -> PreviewPane:
    interview(app).pane.turn_to("preview")
    return await made(pilot, app)


async def test_the_pane_shows_the_place_of_the_question(make_app: MakeApp, good_path: Path) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await idle(pilot, app)
        pane = await pane_beside(pilot, app)
        for question, words in (("problem.goals", "1.2 Goals"), ("capacity.growth", "16.1 ")):
            await go(pilot, app, question)
            assert words in in_view(pane)


async def test_the_pane_follows_what_is_typed(app: DbcharterApp) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await idle(pilot, app)
        pane = await pane_beside(pilot, app)
        await go(pilot, app, "control.owner")
        await say(pilot, app, "Ana [PII] [/b]")
        await made(pilot, app)
        assert "Ana [PII] [/b]" in in_view(pane)


async def test_an_edit_far_below_the_heading_is_in_view(make_app: MakeApp, good_path: Path) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(140, 24)) as pilot:
        await idle(pilot, app)
        pane = await pane_beside(pilot, app)
        await go(pilot, app, "workload.queries")
        assert app.session is not None
        rows = [dict(row) for row in app.session.answers.rows("workload.queries")]
        rows[-1]["description"] = "a query that was changed last"
        app.apply(Set(question="workload.queries", value=rows))
        await made(pilot, app)
        assert "changed last" in in_view(pane).replace("\n", " ")


async def test_a_hidden_pane_works_out_nothing(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[object] = []
    render_pieces = Sections.render

    def noted(self: Sections, *arguments: object) -> object:
        rendered.append(arguments)
        return render_pieces(self, *arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(Sections, "render", noted)
    async with app.run_test(size=(140, 40)) as pilot:
        await idle(pilot, app)
        pane = await pane_beside(pilot, app)
        interview(app).pane.turn_to("none")
        await idle(pilot, app)
        before = len(rendered)
        app.apply(Set(question="control.owner", value="Ana"))
        await idle(pilot, app)
        assert len(rendered) == before
        interview(app).pane.turn_to("preview")
        await made(pilot, app)
        assert any("Ana" in line for line in pane.pages.texts())


async def test_narrow_panes_lose_no_word(make_app: MakeApp, good_path: Path) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(140, 40)) as pilot:
        await idle(pilot, app)
        pane = await pane_beside(pilot, app)
        for line in range(pane.pages.count):
            assert pane.pages.strip(line).cell_length <= pane.size.width


async def test_another_theme_sets_the_document_anew(app: DbcharterApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "preview")
        pane = await made(pilot, app)
        before = pane.pages.strip(0)
        app.action_theme()
        await made(pilot, app)
        assert pane.pages.strip(0).text == before.text
        assert pane.pages.strip(0) != before


async def test_a_document_that_cannot_be_rendered_is_said(
    app: DbcharterApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise TemplateError("full.md.jinja:3: [b]fails[/b]")

    monkeypatch.setattr(Sections, "render", fail)
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "preview")
        await idle(pilot, app)
        assert "full.md.jinja:3: [b]fails[/b]" in in_view(app.screen.query_one(PreviewPane))


async def test_the_screen_opens_at_the_question_and_goes_back_to_it(
    make_app: MakeApp, good_path: Path
) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await go(pilot, app, "problem.goals")
        await pilot.press("ctrl+r")
        pane = await made(pilot, app)
        assert "1.2 Goals" in in_view(pane)
        await pilot.press("escape")
        await idle(pilot, app)
        assert interview(app).form.question_id == "problem.goals"


async def test_words_are_found_one_after_the_other(make_app: MakeApp, good_path: Path) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "preview")
        pane = await made(pilot, app)
        await pilot.press("ctrl+f", *"CORRECTION")
        await pilot.pause()
        first = pane.at
        assert "correction" in in_view(pane).lower()
        assert f"{first + 1} of {len(pane.found)}" in shown(app, "about")
        await pilot.press("enter", "f3")
        await pilot.pause()
        assert pane.at == first + 2
        await pilot.press("f2")
        await pilot.pause()
        assert pane.at == first + 1
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, PreviewScreen)
        assert pane.found == []
        await pilot.press("n", "z", "q", "x")
        await pilot.pause()
        assert "nowhere" in shown(app, "about")


async def test_headings_are_gone_to_and_the_other_template_is_shown(
    make_app: MakeApp, good_path: Path
) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "preview")
        pane = await made(pilot, app)
        pane.scroll_to(y=0, animate=False)
        await pilot.press("f7", "f7", "f7")
        await pilot.pause()
        assert "0.2 Non-Technical Summary" in in_view(pane)
        await pilot.press("f6")
        await pilot.pause()
        assert "0.1 Decision Summary" in in_view(pane)
        count = pane.pages.count
        await pilot.press("f4")
        await made(pilot, app)
        assert pane.pages.count < count
        assert shown(app, "about").startswith("The compact document")


async def test_export_writes_the_document_and_says_where(
    make_app: MakeApp, good_path: Path, tmp_path: Path
) -> None:
    app = make_app(good_path)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "export")
        await pilot.press("enter")
        await idle(pilot, app)
        assert app.session is not None
        written = good_path.with_suffix(".md")
        assert written.read_text() == exported(app, app.session.answers.profile.template)
        assert any(str(written) in notice.message for notice in app._notifications)
        await open_place(pilot, app, "export")
        assert "replaces the file of" in shown(app, "said")


async def test_export_of_the_other_template_to_another_file(app: DbcharterApp, tmp_path: Path) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        app.apply(SetProfile(template="compact"))
        await open_place(pilot, app, "export")
        assert app.screen.query_one(Picks).chosen == ["compact"]
        app.screen.query_one(Picks).focus()
        await pilot.press("up", "enter")
        app.screen.query_one("#path", LineInput).value = str(tmp_path / "full.md")
        await pilot.press("enter")
        await idle(pilot, app)
        assert app.session is not None
        assert (tmp_path / "full.md").read_text() == exported(app, "full")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("", "to which file"),
        ("holds.toml", "made from it"),
        ("another.toml", "holds answers"),
        (".", "is a folder"),
        ("nowhere/at/all.md", "there is no folder"),
        ("/proc/x.md", "not saved"),
    ],
)
async def test_export_that_cannot_be_is_explained_and_harms_nothing(
    app: DbcharterApp, target: str, words: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    text = Path("holds.toml").read_text()
    async with app.run_test(size=(100, 30)) as pilot:
        await idle(pilot, app)
        await open_place(pilot, app, "export")
        app.screen.query_one("#path", LineInput).value = target
        await pilot.press("enter")
        await idle(pilot, app)
        assert isinstance(app.screen, ExportDialog)
        assert words in str(app.screen.query_one("#said", Static).render())
        await pilot.press("escape")
    assert Path("holds.toml").read_text() == text
