"""What guests may do, and what becomes of it at the host."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from app.document.operations import AddRow, Set, SetProfile, SetSlot
from app.pairing.limits import FROM_HOST, Limits
from app.pairing.notices import BatonAsked, BatonMoved, GuestWaits, PersonLeft, PersonMoved
from app.problems import DocumentError, OperationError
from app.review.model import Decide, Reply, Suggestion, Thread, Verdict
from app.review.names import review_folder
from app.review.reading import read_records
from app.review.saying import suggestion_words, verdict_words
from app.review.writing import append
from tests.pairing.raw import enter, until
from tests.pairing.rooms import BANK, GRAIN, PAINS, TITLE, eventually, room


def change(number: int, epoch: str, operation: dict[str, Any], **more: Any) -> str:
    return json.dumps({"type": "change", "id": number, "epoch": epoch, "operation": operation, **more})


def set_title(text: str) -> dict[str, Any]:
    return {"op": "set", "question": TITLE, "value": text}


async def test_a_guest_sees_what_the_author_says_and_the_author_what_a_guest_with_a_baton_says(
    tmp_path: Path,
) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada Lindqvist", "logical")
        r.session.apply(Set(question=TITLE, value="Seat holds at night"))
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold", "grain": "one hold of one seat"}))
        await r.settle()
        assert ada.session.answers.values[TITLE] == "Seat holds at night"
        assert r.session.answers.rows(GRAIN)[0]["entity"] == "hold"
        assert r.session.history[-1].who == "Ada Lindqvist"


async def test_without_the_baton_nothing_changes_and_the_reason_is_said(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        for operation in (Set(question=TITLE, value="mine"), SetProfile(risk="low")):
            with pytest.raises(DocumentError, match="only the author changes"):
                ada.session.apply(operation)
        assert ada.session.answers.values[TITLE] == "Seat holds"
        await r.settle()


async def test_the_host_decides_itself_whatever_the_guests_program_thinks(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        connection, welcome = await enter(r.host.code)
        for number, operation in enumerate(
            [
                set_title("mine"),
                {"op": "profile", "risk": "low"},
                {"op": "set", "question": "no.such", "value": 1},
                {"op": "waive", "code": "X", "target": "a", "reason": "b", "owner": "c"},
                {"op": "nonsense"},
                {},
            ],
            1,
        ):
            await connection.send(change(number, welcome["epoch"], operation))
            assert (await until(connection, "refused"))["id"] == number
        assert r.session.answers.values[TITLE] == "Seat holds"
        await connection.close()


async def test_a_baton_does_not_reach_the_status_nor_other_sections(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        connection, welcome = await enter(r.host.code)
        r.host.grant_baton("Eve", "control")
        refused = [
            {"op": "set", "question": "control.status", "value": "approved"},
            {"op": "set", "question": PAINS, "value": "slow"},
            {"op": "import", "rows": {GRAIN: [{"entity": "a"}]}},
        ]
        for number, operation in enumerate(refused, 1):
            await connection.send(change(number, welcome["epoch"], operation))
            await until(connection, "refused")
        await connection.send(change(9, welcome["epoch"], set_title("Eve's")))
        event = await until(connection, "event")
        while event["id"] != 9:
            event = await until(connection, "event")
        assert r.session.answers.values[TITLE] == "Eve's"
        assert "control.status" not in r.session.answers.values or (
            r.session.answers.values["control.status"] != "approved"
        )
        await connection.close()


async def test_a_baton_is_taken_back_or_runs_out_and_everybody_is_told(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        r.host.take_baton("logical")
        await eventually(lambda: not ada.session.batons.holder("logical"))
        with pytest.raises(DocumentError):
            ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        r.host.grant_baton("Ada", "logical", 0.05)
        await eventually(lambda: r.told(BatonMoved)[-1].person is None and len(r.told(BatonMoved)) == 4)
        assert r.host.holder("logical") == ""
        assert ada.session.read_only_reason
        with pytest.raises(OperationError):
            r.host.take_baton("logical")


async def test_a_guest_asks_for_a_baton_and_gives_it_back(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        ada.ask_baton("security")
        await eventually(lambda: r.told(BatonAsked))
        assert r.told(BatonAsked)[0].section == "security"
        ada.give_baton("logical")
        await eventually(lambda: not r.host.holder("logical"))


async def test_nobody_is_in_before_the_author_says_so(tmp_path: Path) -> None:
    async with room(tmp_path, is_open=False) as r:
        joining = asyncio.create_task(r.join("Ada", role="database"))
        await eventually(lambda: r.told(GuestWaits))
        assert r.host.waiting == [("Ada", "database")]
        assert [person.name for person in r.host.people] == ["Mika"]
        with pytest.raises(OperationError):
            r.host.admit("Bo")
        r.host.admit("ada")
        ada = await joining
        await eventually(lambda: [p.slug for p in r.host.people] == ["mika", "ada"])
        assert ada.people[0].is_author


async def test_who_is_not_admitted_is_told_so(tmp_path: Path) -> None:
    async with room(tmp_path, is_open=False) as r:
        r.host.subscribe(lambda notice: isinstance(notice, GuestWaits) and r.host.remove(notice.name))
        with pytest.raises(DocumentError, match="did not admit you"):
            await r.join("Ada")


async def test_a_removed_guest_is_out_and_the_token_worth_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        token = ada._hearing.token
        r.host.remove("Ada")
        await ada.wait_until_over()
        assert "removed" in ada.session.read_only_reason
        with pytest.raises(DocumentError):
            ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        assert [person.name for person in r.host.people] == ["Mika"]
        assert r.host.holder("logical") == ""
        with pytest.raises(InvalidStatus) as refused:
            await enter(r.host.code, token=token)
        assert refused.value.response.status_code == 401
        with pytest.raises(DocumentError, match="removed"):
            await r.join("Ada")


async def test_what_a_guest_says_is_in_that_persons_file_and_with_everybody(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada, bo = await r.join("Ada", role="database"), await r.join("Bo")
        ada.desk.say(Thread, {"question": TITLE, "text": "At night only?"})
        await eventually(lambda: bo.desk.records.records)
        thread = bo.desk.records.records[0]
        bo.desk.say(Reply, {"thread": thread.id, "text": "Yes."})
        r.desk.say(Reply, {"thread": thread.id, "text": "No."})
        await eventually(lambda: len(ada.desk.records.records) == 3 and len(bo.desk.records.records) == 3)
        assert ada.desk.records == r.desk.records == read_records(review_folder(r.session.path))
        assert ada.desk.records.name_of("bo") == "Bo"
        assert {p.name for p in review_folder(r.session.path).iterdir()} == {
            "ada.toml",
            "bo.toml",
            "mika.toml",
        }


async def test_a_record_from_another_process_reaches_the_guests(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        append(review_folder(r.session.path), "Cy", Thread, {"question": TITLE, "text": "From a branch."})
        r.desk.check_outside()
        await eventually(lambda: ada.desk.records.records)


async def test_a_verdict_of_a_guest_holds_the_text_that_the_host_has(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", role="database")
        ada.desk.say(Verdict, verdict_words(BANK, ada.session.answers, "control", "approve", "database"))
        await eventually(lambda: ada.desk.records.records)
        words = verdict_words(BANK, r.session.answers, "control", "approve", "database")
        (verdict,) = r.desk.records.of(Verdict)
        assert (verdict.answers, verdict.digest) == (words["answers"], words["digest"])
        ada.desk.say(Verdict, {**words, "digest": "0" * 64})
        await eventually(lambda: ada.session.unaccepted)
        assert "changed meanwhile" in ada.session.notices[0]


async def test_a_suggestion_with_a_value_of_any_type_reaches_the_file(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        operation = Set(question="problem.goals", value=["fast", "cheap"])
        ada.desk.say(Suggestion, suggestion_words(BANK, ada.session.answers, operation))
        await eventually(lambda: ada.desk.records.records)
        (suggestion,) = r.desk.records.of(Suggestion)
        assert suggestion.new == ["fast", "cheap"]


async def test_only_the_author_decides_and_nobody_replies_to_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        with pytest.raises(DocumentError):
            ada.desk.say(Decide, {"suggestion": "bo-1", "decision": "accept"})
        ada.desk.say(Reply, {"thread": "bo-1", "text": "What?"})
        await eventually(lambda: ada.session.unaccepted)
        connection, welcome = await enter(r.host.code)
        words = [
            ("decide", {"suggestion": "bo-1", "decision": "accept"}),
            ("thread", {"question": "no.such", "text": "x"}),
            ("thread", {"question": TITLE, "text": "x", "person": "ada"}),
            ("thread", {"question": TITLE, "text": {"$date": "x"}}),
            ("verdict", {"section": "control", "verdict": "approve", "digest": "0" * 64, "answers": "x"}),
            ("sudo", {}),
        ]
        for number, (table, said) in enumerate(words, 1):
            frame = {"type": "say", "id": number, "epoch": welcome["epoch"], "table": table, "words": said}
            await connection.send(json.dumps(frame))
            assert (await until(connection, "refused"))["id"] == number
        assert not r.desk.records.records
        await connection.close()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("thread", {"$date": "2020-01-01"}),
        ("thread", {"$float": "1"}),
        ("thread", {"question": [TITLE], "text": "x"}),
        ("suggestion", {"question": {"a": 1}, "new": 1}),
        ("reply", {"thread": [], "text": "x"}),
        ("resolve", {"thread": {}}),
        ("verdict", {"section": ["control"], "verdict": "approve", "digest": "0" * 64}),
        ("verdict", {"section": "control", "verdict": "approve", "digest": []}),
    ],
)
async def test_words_that_no_program_of_ours_says_are_refused_and_nothing_is_reported(
    tmp_path: Path, table: str, words: dict[str, Any]
) -> None:
    errors: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
    async with room(tmp_path) as r:
        connection, welcome = await enter(r.host.code)
        frame = {"type": "say", "id": 1, "epoch": welcome["epoch"], "table": table, "words": words}
        await connection.send(json.dumps(frame))
        assert (await until(connection, "refused"))["id"] == 1
        assert not r.desk.records.records
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()
        assert r.session.answers.values[PAINS] == "slow"
        await connection.close()
    assert not errors


async def test_a_frame_that_arrives_again_is_answered_again_and_done_once(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        connection, welcome = await enter(r.host.code)
        r.host.grant_baton("Eve", "logical")
        row = change(1, welcome["epoch"], {"op": "row_add", "question": GRAIN, "row": {"entity": "hold"}})
        await connection.send(row)
        await connection.send(row)
        assert (await until(connection, "done"))["id"] == 1
        assert len(r.session.answers.rows(GRAIN)) == 1
        bad = change(2, welcome["epoch"], set_title("x"))
        for _ in range(2):
            await connection.send(bad)
            assert (await until(connection, "refused"))["id"] == 2
        await connection.close()


async def test_what_was_said_about_another_epoch_is_refused_and_may_be_sent_again(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        connection, welcome = await enter(r.host.code)
        r.host.grant_baton("Eve", "control")
        await connection.send(change(1, "another epoch", set_title("late")))
        assert (await until(connection, "refused"))["is_stale"]
        await connection.send(change(1, welcome["epoch"], set_title("in time")))
        await eventually(lambda: r.session.answers.values[TITLE] == "in time")
        await connection.close()


async def test_a_change_too_large_for_an_event_reaches_everybody_as_a_snapshot(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada, bo = await r.join("Ada", "logical"), await r.join("Bo")
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        r.session.apply(Set(question=PAINS, value="slow\n" * (FROM_HOST // 4)))
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "seat"}))
        await r.settle()
        assert len(bo.session.answers.rows(GRAIN)) == 2


async def test_undo_of_the_author_reaches_the_guests(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()
        r.session.undo()
        await r.settle()
        assert PAINS not in ada.session.answers.values
        r.session.redo()
        await r.settle()
        assert ada.session.answers.values[PAINS] == "slow"


async def test_a_guest_takes_back_what_that_guest_said_and_nothing_else(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem", "logical")
        for end in range(1, 6):
            ada.session.apply(Set(question=PAINS, value="queue"[:end]), group="field")
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        await r.settle()
        r.session.apply(Set(question=TITLE, value="the author's"))
        ada.session.undo()
        assert not ada.session.answers.rows(GRAIN)
        ada.session.undo()
        await r.settle()
        assert PAINS not in r.session.answers.values
        assert r.session.answers.values[TITLE] == "the author's"
        with pytest.raises(OperationError, match="you said nothing"):
            ada.session.undo()
        ada.session.redo()
        await r.settle()
        assert r.session.answers.values[PAINS] == "queue"
        assert r.session.history[-1].who == "Ada"


async def test_a_guest_does_not_take_back_what_somebody_else_changed_since(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()
        r.session.apply(Set(question=PAINS, value="slow and dear"))
        await r.settle()
        with pytest.raises(OperationError):
            ada.session.undo()
        assert r.session.answers.values[PAINS] == "slow and dear"


async def test_where_people_are_is_known_to_all(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada, bo = await r.join("Ada"), await r.join("Bo")
        ada.here("logical", GRAIN, "hold")
        r.host.here("control", TITLE)
        await eventually(lambda: r.told(PersonMoved))
        await eventually(lambda: bo.person("ada").question == GRAIN and bo.person("mika").question == TITLE)
        ada.here("problem", doing="reviewing")
        r.host.here("logical", doing="reviewing")
        reviewing = {"ada": "problem", "mika": "logical"}
        await eventually(
            lambda: {p.slug: p.section for p in bo.people if p.doing == "reviewing"} == reviewing
        )
        cleo = await r.join("Cleo")
        assert {p.slug: p.section for p in cleo.people if p.doing == "reviewing"} == reviewing
        await ada.close()
        await eventually(lambda: bo.person("ada") is None)
        connection, _ = await enter(r.host.code)
        await connection.send(json.dumps({"type": "here", "section": "logical", "row": "a\u001b[2J\u202eb"}))
        await eventually(lambda: any(p.row == "a[2Jb" for p in r.host.people))
        await connection.close()
        assert r.told(PersonLeft)[0].why == ""


async def test_a_sentence_is_filled_slot_by_slot_by_two_people(tmp_path: Path) -> None:
    sentence = next(qid for qid, q in BANK.questions.items() if q.kind == "sentence" and len(q.slots) > 1)
    first, second = (slot.id for slot in BANK.questions[sentence].slots[:2])
    async with room(tmp_path) as r:
        ada = await r.join("Ada", sentence.partition(".")[0])
        ada.session.apply(SetSlot(question=sentence, slot=first, value="one"))
        r.session.apply(SetSlot(question=sentence, slot=second, value="two"))
        await r.settle()
        assert dict(ada.session.answers.values[sentence]) == {first: "one", second: "two"}


async def test_ending_the_session_tells_the_guests_and_leaves_all_in_the_files(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        ada.desk.say(Thread, {"question": PAINS, "text": "How slow?"})
        await r.settle()
        await r.host.end()
        await ada.wait_until_over()
        assert ada.session.read_only_reason == "the author has ended the session"
        r.session.save()
        assert 'pain_points = "slow"' in r.session.path.read_text()
        assert "How slow?" in (review_folder(r.session.path) / "ada.toml").read_text()


async def test_a_listener_that_fails_breaks_nothing_else(tmp_path: Path) -> None:
    errors: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
    async with room(tmp_path) as r:
        r.host.subscribe(lambda _notice: 1 / 0)
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()
    assert errors


async def test_what_was_done_is_not_done_again_when_a_listener_of_the_session_fails(tmp_path: Path) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        stop = r.session.subscribe(lambda _session, _operation: 1 / 0)
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        await eventually(lambda: ada.state == "lost")
        stop()
        await r.settle()
        assert len(r.session.answers.rows(GRAIN)) == 1


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    async with room(tmp_path) as r:
        with pytest.raises(DocumentError, match="cannot be listened at"):
            async with room(tmp_path / "second", port=r.host.address[1]):
                pass


async def test_two_people_of_one_name_are_not_both_let_in(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        await r.join("Ada")
        for name in ("ada", "Mika"):
            with pytest.raises(DocumentError, match="is here already"):
                await r.join(name)


async def test_a_guest_who_floods_is_read_no_faster_than_the_limits(tmp_path: Path) -> None:
    async with room(tmp_path, Limits(frames_a_second=20, burst=5)) as r:
        connection, _ = await enter(r.host.code)
        ada = await r.join("Ada", "problem")
        for number in range(200):
            await connection.send(json.dumps({"type": "here", "section": "logical", "row": str(number)}))
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()
        assert len(r.told(PersonMoved)) < 100
        connection.transport.abort()
