"""Marks and suggestions about rows over the network: bound to what the host's answers say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.document.operations import AddRow, RemoveRow
from app.review.model import CheckMark, Suggestion
from app.review.names import review_folder
from app.review.reading import read_records
from app.review.row_suggestions import SetCells
from app.review.saying import mark_words, suggestion_words
from tests.pairing.raw import enter, until
from tests.pairing.rooms import BANK, GRAIN, eventually, room


async def test_a_mark_of_a_guest_reaches_the_file_with_the_text_that_the_host_has(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada, bo = await r.join("Ada"), await r.join("Bo")
        ada.desk.say(CheckMark, mark_words(BANK, ada.session.answers, "RVW04", "does_not_hold", text="Q-1"))
        await eventually(lambda: bo.desk.records.records)
        (mark,) = read_records(review_folder(r.session.path)).of(CheckMark)
        words = mark_words(BANK, r.session.answers, "RVW04", "does_not_hold", text="Q-1")
        assert mark.model_dump(include=set(words)) == words
        assert list(bo.desk.records.of(CheckMark)) == [mark]
        ada.desk.say(CheckMark, {**words, "digest": "0" * 64})
        await eventually(lambda: ada.session.unaccepted)
        assert "changed meanwhile" in ada.session.notices[0]


async def test_a_suggestion_about_a_row_of_a_guest_is_the_same_at_the_host_and_at_others(
    tmp_path: Path,
) -> None:
    async with room(tmp_path) as r:
        r.session.apply(AddRow(question=GRAIN, row={"entity": "hold", "grain": "one hold"}))
        ada, bo = await r.join("Ada"), await r.join("Bo")
        more = AddRow(question=GRAIN, row={"entity": "refund", "grain": "one refund"}, before="hold")
        other = SetCells(question=GRAIN, row="hold", cells={"grain": "one seat", "example": "14F"})
        less = RemoveRow(question=GRAIN, row="hold")
        for change in (more, other, less):
            ada.desk.say(Suggestion, suggestion_words(BANK, ada.session.answers, change))
        await eventually(lambda: len(bo.desk.records.records) == 3)
        found = list(read_records(review_folder(r.session.path)).of(Suggestion))
        assert list(bo.desk.records.of(Suggestion)) == found
        assert [(s.change, s.row, s.before) for s in found] == [
            ("add", "refund", "hold"),
            ("change", "hold", None),
            ("remove", "hold", None),
        ]
        assert found[1].new == other.cells
        assert found[1].old_cells == {"grain": "one hold"}


@pytest.mark.parametrize(
    "words",
    [
        {"check": "RVW99"},
        {"check": ["RVW04"]},
        {"check": {"a": 1}},
        {"check": "logical"},
        {"mark": "perhaps"},
        {"digest": []},
        {"section": "logical"},
    ],
    ids=str,
)
async def test_words_that_are_no_mark_are_refused(tmp_path: Path, words: dict[str, Any]) -> None:
    async with room(tmp_path) as r:
        connection, welcome = await enter(r.host.code)
        said = {**mark_words(BANK, r.session.answers, "RVW04", "holds"), **words}
        frame = {"type": "say", "id": 1, "epoch": welcome["epoch"], "table": "cross_check", "words": said}
        await connection.send(json.dumps(frame))
        assert (await until(connection, "refused"))["id"] == 1
        assert not r.desk.records.records
        await connection.close()
