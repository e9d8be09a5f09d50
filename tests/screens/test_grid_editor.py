"""Tables in the interview: every way to say something in them, and what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events
from textual.widgets import OptionList

from app.bank.model import Bank
from app.document.operations import Operation, RemoveRow, Set
from app.interview.applicability import offered_options
from app.session import Session
from screens.application import DbcharterApp
from screens.dialogs.row_form import RowForm
from screens.messages import GoTo
from screens.widgets.completing_input import HOW
from screens.widgets.grid_editor import GridField
from screens.widgets.grid_table import GridTable
from screens.widgets.inputs import TextBox
from tests.screens.driving import Driver, answer, evaluate, go, idle, interview, keys_of, shown

GRAIN = "logical.grain"
TWO = [{"entity": "hold", "grain": "one hold"}, {"entity": "seat", "grain": "one seat"}]


def grid(app: DbcharterApp) -> GridField:
    field = interview(app).form.field
    assert isinstance(field, GridField)
    return field


async def start(
    pilot: Driver, app: DbcharterApp, question: str = GRAIN, rows: Sequence[object] = ()
) -> GridField:
    """Open a table that has these rows."""
    await idle(pilot, app)
    if rows:
        app.apply(Set(question=question, value=list(rows)))
    await go(pilot, app, question)
    return grid(app)


async def press(pilot: Driver, app: DbcharterApp, *keys: str) -> None:
    """Press keys one after the other without waiting between them, and have them handled."""
    await pilot.press(*keys)
    await interview(app).settle()
    await pilot.pause()


async def paste(pilot: Driver, app: DbcharterApp, text: str) -> None:
    app.post_message(events.Paste(text))
    await pilot.pause()
    await interview(app).settle()
    await pilot.pause()


def cells(app: DbcharterApp) -> list[list[str]]:
    """What the table shows."""
    table = app.screen.query_one(GridTable)
    return [[cell.plain for cell in table.get_row_at(n)] for n in range(table.row_count)]


def cursor(app: DbcharterApp) -> tuple[int, int]:
    return tuple(app.screen.query_one(GridTable).cursor_coordinate)


def rows(app: DbcharterApp, question: str = GRAIN) -> list[dict[str, object]]:
    assert app.session is not None
    return [dict(row) for row in app.session.answers.rows(question)]


# in place


async def test_rows_are_written_by_typing_tab_and_enter(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app)
        await press(pilot, app, *keys_of("hold"), "tab", *keys_of("one hold\nH-1\nseat\none seat\n"))
        assert rows(app) == [
            {"entity": "hold", "grain": "one hold", "example": "H-1"},
            {"entity": "seat", "grain": "one seat"},
        ]


async def test_what_is_typed_is_there_before_it_is_committed(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        field = await start(pilot, app)
        await press(pilot, app, *keys_of("hol"))
        assert field.editing
        assert rows(app) == [{"entity": "hol"}]


async def test_escape_takes_back_what_was_typed_into_a_cell(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        field = await start(pilot, app, rows=TWO)
        await press(pilot, app, *keys_of("xyz"), "escape")
        assert rows(app) == TWO
        assert not field.editing


async def test_escape_takes_back_a_row_that_was_begun(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await press(pilot, app, "down", "down", *keys_of("new"))
        assert len(rows(app)) == 3
        await press(pilot, app, "escape")
        assert rows(app) == TWO
        assert cells(app)[-1][0] == "＋ new row"


async def test_enter_edits_what_is_there_and_typing_replaces_it(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await press(pilot, app, "enter", "s", "enter")
        assert rows(app)[0]["entity"] == "holds"
        assert cursor(app) == (0, 1)
        await press(pilot, app, "left", "down", "x", "tab")
        assert rows(app)[1]["entity"] == "x"


async def test_enter_without_a_change_changes_nothing(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=[{"entity": 5, "grain": "one"}])
        assert app.session is not None
        before = app.session.answers
        await press(pilot, app, "enter", "enter", "enter", "enter")
        assert app.session.answers is before


async def test_delete_empties_a_cell_and_undo_fills_it_again(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await press(pilot, app, "right", "delete")
        assert rows(app)[0] == {"entity": "hold"}
        await press(pilot, app, "ctrl+z")
        assert rows(app) == TWO


async def test_one_cell_is_one_step_to_undo(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await press(pilot, app, *keys_of("reservation"), "tab", *keys_of("one of them"), "tab")
        await press(pilot, app, "ctrl+z")
        assert rows(app)[0] == {"entity": "reservation", "grain": "one hold"}
        await press(pilot, app, "ctrl+z")
        assert rows(app) == TWO


async def test_leaving_while_a_cell_is_edited_keeps_it(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app)
        await pilot.press(*keys_of("hold"), "f7")
        await idle(pilot, app)
        assert interview(app).question_id != GRAIN
        assert rows(app) == [{"entity": "hold"}]


async def test_an_edit_goes_on_when_somebody_else_changes_the_table(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        field = await start(pilot, app, rows=TWO)
        await press(pilot, app, "down", "right", *keys_of("one s"))
        app.apply(RemoveRow(question=GRAIN, row="hold"))
        await pilot.pause()
        assert field.editing
        await press(pilot, app, *keys_of("eat of a room\n"))
        assert rows(app) == [{"entity": "seat", "grain": "one seat of a room"}]


async def test_a_flag_is_turned_by_the_space_bar(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "transactions.boundaries", [{"operation": "hold", "tables": ["a", "b"]}])
        await press(pilot, app, "end", "space")
        assert rows(app, "transactions.boundaries")[0]["outbox"] is True
        await press(pilot, app, "space")
        assert rows(app, "transactions.boundaries")[0]["outbox"] is False


async def test_the_items_of_a_list_are_written_with_commas(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "transactions.boundaries", [{"operation": "hold"}])
        await press(pilot, app, "right", *keys_of("seat, hold\n"))
        assert rows(app, "transactions.boundaries")[0]["tables"] == ("seat", "hold")


# completion


async def test_rows_that_may_be_referred_to_are_offered(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await go(pilot, app, "logical.keys")
        await press(pilot, app, "s", "down", "enter")
        assert rows(app, "logical.keys") == [{"entity": "seat"}]


async def test_a_name_that_is_not_offered_is_taken_as_it_is(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await go(pilot, app, "logical.keys")
        await press(pilot, app, "s", "enter")
        assert rows(app, "logical.keys") == [{"entity": "s"}]


async def test_the_first_letters_of_an_option_are_enough(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "security.classification", [{"object": "guest.email"}])
        await press(pilot, app, "right", *keys_of("conf"), "enter")
        assert rows(app, "security.classification")[0]["classification"] == "confidential"
        assert cells(app)[0][1] == "confidential"


async def test_the_list_says_how_a_completion_is_taken_where_enter_keeps_the_words(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await go(pilot, app, "logical.keys")
        field = grid(app)
        choices = field.editor.query_one(OptionList)
        await press(pilot, app, "s")
        assert HOW in str(choices.options[0].prompt)
        assert not any(HOW in str(option.prompt) for option in choices.options[1:])
        await start(pilot, app, "security.classification", [{"object": "guest.email"}])
        await press(pilot, app, "right", *keys_of("conf"))
        choices = grid(app).editor.query_one(OptionList)
        assert choices.display
        assert not any(HOW in str(option.prompt) for option in choices.options)


async def test_a_click_takes_a_completion(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        field = await start(pilot, app, "security.classification", [{"object": "guest.email"}])
        await press(pilot, app, "right", "enter")
        choices = field.editor.query_one(OptionList)
        assert choices.display
        await pilot.click(choices, offset=(2, 0))
        await pilot.pause()
        first = app.bank.enumerations["classification"].options[0]
        assert rows(app, "security.classification")[0]["classification"] == first.id
        assert not field.editing


async def test_a_word_that_is_no_option_is_kept_marked_and_explained(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "security.classification", [{"object": "guest.email"}])
        await press(pilot, app, "right", *keys_of("zzz"), "enter", "left")
        assert rows(app, "security.classification")[0]["classification"] == "zzz"
        assert cells(app)[0][1] == "⚠ zzz"
        assert "'zzz' is not one of" in shown(app, "about-cell")


# rows


async def test_a_row_is_added_below_and_is_none_until_something_is_said(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await press(pilot, app, "ctrl+a")
        assert rows(app) == TWO
        assert len(cells(app)) == 4
        await press(pilot, app, "escape", "down")
        assert [line[0] for line in cells(app)] == ["hold", "seat", "＋ new row"]
        assert cursor(app)[0] == 1
        await press(pilot, app, "up", "ctrl+a", *keys_of("row\n"))
        assert [row["entity"] for row in rows(app)] == ["hold", "row", "seat"]


async def test_a_row_is_duplicated_removed_and_brought_back(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await press(pilot, app, "ctrl+d")
        assert rows(app) == [TWO[0], TWO[0], TWO[1]]
        assert "there 2 times" in shown(app, "about-cell")
        await press(pilot, app, "ctrl+k")
        assert rows(app) == TWO
        assert [line[0] for line in cells(app)] == ["hold", "seat", "＋ new row"]
        await press(pilot, app, "ctrl+k", "ctrl+z")
        assert sorted(str(row["entity"]) for row in rows(app)) == ["hold", "seat"]


async def test_rows_move_and_the_cursor_with_them(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=[*TWO, {"entity": "room", "grain": "one room"}])
        await press(pilot, app, "alt+down", "alt+down", "alt+down")
        assert [row["entity"] for row in rows(app)] == ["seat", "room", "hold"]
        assert cursor(app)[0] == 2
        await press(pilot, app, "alt+up")
        assert [row["entity"] for row in rows(app)] == ["seat", "hold", "room"]
        assert [line[0] for line in cells(app)][:3] == ["seat", "hold", "room"]


async def test_a_proposed_row_becomes_one_on_enter(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "recovery.objectives")
        assert app.session is not None
        first, second = offered_options(app.bank, "recovery_scope", app.session.answers)
        assert cells(app)[0][0] == f"＋ {first.title}"
        await press(pilot, app, "down", "enter")
        assert rows(app, "recovery.objectives") == [{"scope": second.id}]
        assert cells(app)[0][0] == second.title
        assert cursor(app) == (0, 1)
        await press(pilot, app, "down", *keys_of("5 min\n"))
        assert rows(app, "recovery.objectives")[1] == {"scope": first.id, "rpo": "5 min"}


# pasting


async def test_a_pasted_table_is_one_step(app: DbcharterApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await start(pilot, app, rows=TWO)
        await paste(pilot, app, "Example Row\tLogical Entity\nR-1\troom\nS-1\tshow")
        assert rows(app)[2:] == [
            {"entity": "room", "example": "R-1"},
            {"entity": "show", "example": "S-1"},
        ]
        assert [str(n.message) for n in app._notifications] == ["2 rows pasted; ctrl+z takes them back"]
        await press(pilot, app, "ctrl+z")
        assert rows(app) == TWO


async def test_a_ragged_row_of_a_pasted_table_is_told(app: DbcharterApp) -> None:
    async with app.run_test(notifications=True) as pilot:
        await start(pilot, app)
        await paste(pilot, app, "Logical Entity,Grain\nroom,one room\nshow\nhold,one hold")
        assert [row.get("grain") for row in rows(app)] == ["one room", None, "one hold"]
        assert [str(n.message) for n in app._notifications] == [
            "3 rows pasted; ctrl+z takes them back. Row 2 of them has fewer or more cells than the others"
        ]


async def test_a_pasted_line_goes_into_the_cell(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await pilot.press("right")
        await paste(pilot, app, "one hold, of\x1b[31m one seat")
        assert rows(app)[0]["grain"] == "one hold, of[31m one seat"


async def test_pasted_lines_stay_together_in_a_cell_for_prose(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "testing.concurrency_tests", [{"name": "two holds"}])
        await pilot.press("right")
        await paste(pilot, app, "a seat\nand two guests")
        assert rows(app, "testing.concurrency_tests") == [
            {"name": "two holds", "given": "a seat\nand two guests"}
        ]


async def test_a_table_pasted_into_an_open_cell_adds_rows(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app)
        await press(pilot, app, "enter")
        await paste(pilot, app, "room\tone room\nshow\tone show")
        assert rows(app) == [
            {"entity": "room", "grain": "one room"},
            {"entity": "show", "grain": "one show"},
        ]


# the row form


async def test_the_form_shows_and_keeps_all_cells(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await pilot.press("f3")
        await pilot.pause()
        assert isinstance(app.screen, RowForm)
        await pilot.press("end", "s", "tab", "end", *keys_of(" of all"), "escape")
        await pilot.pause()
        assert rows(app)[0] == {"entity": "holds", "grain": "one hold of all"}
        assert cells(app)[0][:2] == ["holds", "one hold of all"]


async def test_undo_in_the_form_takes_back_a_cell_and_redo_brings_it_back(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await pilot.press("f3")
        await pilot.pause()
        form = app.screen
        assert isinstance(form, RowForm)
        await pilot.press("end", "s", "tab", "end", *keys_of(" of all"), "ctrl+z")
        await pilot.pause()
        assert rows(app)[0] == {"entity": "holds", "grain": TWO[0]["grain"]}
        assert form._said("grain") == TWO[0]["grain"]
        await pilot.press("ctrl+z")
        await pilot.pause()
        assert rows(app) == TWO
        assert form._said("entity") == TWO[0]["entity"]
        await pilot.press("ctrl+y", "ctrl+y")
        await pilot.pause()
        assert rows(app)[0] == {"entity": "holds", "grain": "one hold of all"}
        assert app.screen is form


async def test_undo_in_the_form_takes_back_what_stands_in_a_box(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "workload.queries", [{"id": "Q-1", "sql": "SELECT 1\nFROM a"}])
        await pilot.press("right", "right", "enter")
        await pilot.pause()
        await pilot.press(*keys_of("bc"), "ctrl+z")
        await pilot.pause()
        assert app.screen.query_one("#cell-sql", TextBox).text == "SELECT 1\nFROM a"
        assert rows(app, "workload.queries")[0]["sql"] == "SELECT 1\nFROM a"


async def test_long_cells_open_the_form_and_keep_their_lines(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, "workload.queries", [{"id": "Q-1", "sql": "SELECT 1\nFROM a"}])
        await pilot.press("right", "right", "enter")
        await pilot.pause()
        box = app.screen.query_one("#cell-sql", TextBox)
        assert app.screen.focused is box
        await pilot.press("enter", *keys_of("LIMIT 1"), "escape")
        await pilot.pause()
        assert rows(app, "workload.queries")[0]["sql"] == "SELECT 1\nFROM a\nLIMIT 1"


async def test_a_row_can_begin_in_the_form(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await pilot.press("down", "down", "f3")
        await pilot.pause()
        await pilot.press("escape")
        await pilot.pause()
        assert rows(app) == TWO
        await pilot.press("f3")
        await pilot.pause()
        await pilot.press(*keys_of("show\none show"), "escape")
        await pilot.pause()
        assert rows(app)[2] == {"entity": "show", "grain": "one show"}


# what is shown


async def test_an_empty_table_says_how_to_begin(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app)
        assert cells(app) == [["＋ new row", "", ""]]
        assert "begins a row" in shown(app, "about-cell")
        assert "pasted" in shown(app, "about-cell")


async def test_a_missing_cell_is_marked_with_a_word_and_explained(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=[{"entity": "hold"}])
        assert cells(app)[0][1] == "◐ missing"
        assert "1 other cell" in shown(app, "about-cell")
        await press(pilot, app, "right")
        assert "Grain is empty" in shown(app, "about-cell")


async def test_findings_stand_below_the_cell_that_they_are_about(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        app.apply(Set(question="logical.keys", value=[{"entity": "nowhere", "primary_identity": "id"}]))
        await go(pilot, app, "logical.keys")
        await evaluate(pilot, app)
        assert "nowhere" in shown(app, "about-cell")
        assert "CP09" in shown(app, "about-cell")
        await press(pilot, app, "right")
        assert "CP09" not in shown(app, "about-cell")
        assert "1 finding at nowhere" in shown(app, "about-cell")


async def test_long_and_foreign_texts_keep_the_columns_in_line(app: DbcharterApp) -> None:
    strange = ["x" * 5000, "座席の予約" * 40, "שורה אחת ארוכה " * 20, "e\u0301👩‍👩‍👧 emoji", "[b]no[/b] [/x]"]
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot, app, rows=[{"entity": f"e{n}", "grain": text} for n, text in enumerate(strange)])
        table = app.screen.query_one(GridTable)
        for y in range(1, 6):
            assert table.render_line(y).cell_length == table.render_line(0).cell_length
        assert "…" in table.render_line(1).text
        assert "[b]no[/b] [/x]" in table.render_line(5).text


async def test_the_key_stays_in_sight_in_a_wide_table(app: DbcharterApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await start(pilot, app, "conceptual.concept_questions", [{"concept": "hold", "independent": "no"}])
        await press(pilot, app, "end", "left", "right")
        table = app.screen.query_one(GridTable)
        assert table.scroll_x > 0
        assert "hold" in table.render_line(1).text


async def test_a_place_in_the_table_can_be_gone_to(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await start(pilot, app, rows=TWO)
        await go(pilot, app, "logical.keys")
        app.screen.post_message(GoTo(GRAIN, "seat", "grain"))
        await idle(pilot, app)
        await idle(pilot, app)
        assert interview(app).question_id == GRAIN
        assert cursor(app) == (1, 1)


async def test_an_edit_touches_only_its_own_row(app: DbcharterApp, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"entity": f"e{n}", "grain": f"one e{n}"} for n in range(300)]
    async with app.run_test() as pilot:
        await start(pilot, app, rows=many)
        touched: list[str] = []
        painted = GridTable._cells

        def counted(table: GridTable, line: object) -> object:
            touched.append("")
            return painted(table, line)  # type: ignore[arg-type] - passed on as it came

        monkeypatch.setattr(GridTable, "_cells", counted)
        await press(pilot, app, *keys_of("x\n"))
        assert len(touched) <= 3
        touched.clear()
        await press(pilot, app, "ctrl+d", "alt+down", "ctrl+k")
        assert len(touched) <= 8
        assert [line[0] for line in cells(app)][:2] == ["x", "e1"]
        assert len(cells(app)) == 301


async def test_a_table_that_is_open_to_be_read_cannot_be_changed(bank: Bank, path: Path) -> None:
    operations: list[Operation] = [Set(question=GRAIN, value=TWO)]
    with Session.open(bank, path) as writer:
        for operation in operations:
            writer.apply(operation)
        writer.save()
        app = DbcharterApp(bank, path)
        async with app.run_test() as pilot:
            await idle(pilot, app)
            await go(pilot, app, GRAIN)
            await press(pilot, app, "x", "ctrl+a", "ctrl+d", "ctrl+k", "delete", "escape")
            await pilot.press("f3")
            await pilot.pause()
            await pilot.press("escape", "escape")
            await pilot.pause()
            assert rows(app) == TWO
            assert len(cells(app)) == 2


async def test_something_that_is_no_table_is_kept_and_explained(app: DbcharterApp) -> None:
    async with app.run_test() as pilot:
        await idle(pilot, app)
        app.apply(Set(question=GRAIN, value="one hold"))
        await go(pilot, app, GRAIN)
        await press(pilot, app, *keys_of("x"))
        assert answer(app, GRAIN) == "one hold"
        assert "must be a list of rows" in shown(app, "about-cell")
