"""A guest's session and desk: in memory, optimistic, and losing nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from app.document.operations import AddRow, Set, SetCell
from app.document.places import STATE_VARIABLE, state_root
from app.document.recent import recent_documents
from app.pairing.guest import Guest
from app.pairing.guest_session import GuestSession
from app.pairing.limits import FROM_GUEST, Limits
from app.pairing.notices import ConnectionChanged, NotTaken, PersonCame
from app.problems import DocumentError
from app.review.model import Thread
from app.session import Session
from tests.document.simulated import small_bank
from tests.pairing.proxy import PROXY, Proxy
from tests.pairing.rooms import BANK, GRAIN, PAINS, TITLE, eventually, room


async def test_a_guest_leaves_nothing_on_the_disk_unless_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home = tmp_path / "guest"
    at_home.mkdir()
    monkeypatch.chdir(at_home)
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    async with room(tmp_path) as r:
        before = set(state_root().rglob("*")) if state_root().exists() else set()
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        ada.session.evaluate(date(2026, 11, 24))
        ada.session.save()
        save = ada.session.begin_save()
        save.run()
        assert ada.session.end_save(save)
        assert not ada.session.check_outside()
        await r.settle()
        assert list(at_home.iterdir()) == []
        assert set(state_root().rglob("*")) == before
        assert all("holds" not in entry.path for entry in recent_documents())
        ada.session.keep(at_home / "copy.toml")
        with pytest.raises(DocumentError, match="already there"):
            ada.session.keep(at_home / "copy.toml")
    with Session.open(BANK, at_home / "copy.toml", write=False) as copy:
        assert copy.answers.values[PAINS] == "slow"


async def test_screens_have_the_same_door(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        today = date(2026, 11, 24)
        assert isinstance(ada.session, Session)
        assert ada.session.survey().progress() == r.session.survey().progress()
        theirs, ours = ada.session.evaluate(today), r.session.evaluate(today)
        assert theirs.findings == ours.findings
        assert ada.session.path == Path("holds.toml")
        assert ada.session.saved
        assert ada.session.save_state == "saved"
        assert ada.session.recovered == ()
        assert ada.session.problems == r.session.problems
        assert "you are a guest" in ada.session.read_only_reason


async def test_files_of_ddl_are_those_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "guest").mkdir()
    (tmp_path / "guest" / "schema.sql").write_text("CREATE TABLE secret (id int);")
    (tmp_path / "schema.sql").write_text("CREATE TABLE hold (id int);")
    monkeypatch.chdir(tmp_path / "guest")
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        r.session.apply(Set(question="physical.ddl_files", value=["schema.sql"]))
        await eventually(lambda: ada.session.sources())
        assert "CREATE TABLE hold" in ada.session.sources()["schema.sql"].text
        bo = await r.join("Bo")
        assert bo.session.sources() == ada.session.sources() == r.session.sources()


async def test_what_is_said_shows_at_once_and_subscribers_are_told(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        seen: list[object] = []
        ada.session.subscribe(
            lambda session, operation: seen.append((session.answers.values.get(PAINS), operation))
        )
        operation = Set(question=PAINS, value="slow")
        ada.session.apply(operation)
        assert seen == [("slow", operation)]
        assert ada.session.save_state == "unsaved"
        await r.settle()
        assert len(seen) == 1
        r.session.apply(Set(question=PAINS, value="dear"))
        await r.settle()
        assert seen[1:] == [("dear", None)]


async def test_what_the_host_ordered_before_comes_first(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        r.session.apply(AddRow(question=GRAIN, row={"entity": "seat"}))
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        assert [row["entity"] for row in ada.session.answers.rows(GRAIN)] == ["hold"]
        await r.settle()
        assert [row["entity"] for row in ada.session.answers.rows(GRAIN)] == ["seat", "hold"]


async def test_what_does_not_fit_any_more_is_refused_kept_and_told(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        r.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        ada = await r.join("Ada", "logical")
        told: list[object] = []
        ada.subscribe(told.append)
        r.session.undo()
        ada.session.apply(SetCell(question=GRAIN, row="hold", column="grain", value="one hold of a seat"))
        await eventually(lambda: ada.session.unaccepted)
        (kept,) = ada.session.unaccepted
        assert "one hold of a seat" in kept.frame.model_dump_json()
        assert "set logical.grain[hold].grain" in ada.session.notices[0]
        assert any(isinstance(notice, NotTaken) for notice in told)
        await r.settle()


async def test_what_the_host_could_not_read_is_not_sent(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        with pytest.raises(DocumentError, match="cannot be sent"):
            ada.session.apply(Set(question=PAINS, value="x" * FROM_GUEST))
        with pytest.raises(DocumentError, match="cannot be sent"):
            ada.desk.say(Thread, {"question": PAINS, "text": "x" * FROM_GUEST})
        assert ada.session.saved
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()


async def test_what_is_said_while_the_connection_is_lost_is_kept_and_sent_later(tmp_path: Path) -> None:
    async with room(tmp_path, name=PROXY) as r, Proxy(r.host.code) as proxy:
        ada = await r.join("Ada", "problem", "logical", code=proxy.code)
        told: list[object] = []
        ada.subscribe(told.append)
        proxy.hold()
        proxy.cut()
        await eventually(lambda: ada.state == "lost")
        for end in range(1, 31):
            ada.session.apply(Set(question=PAINS, value="queues are slow at night, always"[:end]), group="f")
        ada.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        ada.desk.say(Thread, {"question": PAINS, "text": "Is this so?"})
        assert ada.session.save_state.startswith("not saved: ")
        assert len(ada.session.ledger.entries) == 3
        r.session.apply(Set(question=TITLE, value="meanwhile"))
        proxy.release()
        await r.settle()
        await eventually(lambda: ada.desk.records.records)
        assert r.session.answers.values[PAINS] == "queues are slow at night, alwa"
        assert ada.session.answers.values[TITLE] == "meanwhile"
        states = [notice.state for notice in told if isinstance(notice, ConnectionChanged)]
        assert states[0] == "lost"
        assert states[-1] == "live"
        assert not any(isinstance(notice, PersonCame) and notice.person.is_author for notice in told)


async def test_a_guest_who_was_away_too_long_gets_a_snapshot(tmp_path: Path) -> None:
    async with room(tmp_path, Limits(kept_events=3), name=PROXY) as r, Proxy(r.host.code) as proxy:
        ada = await r.join("Ada", "problem", code=proxy.code)
        proxy.hold()
        proxy.cut()
        await eventually(lambda: ada.state == "lost")
        ada.session.apply(Set(question=PAINS, value="kept"))
        for number in range(10):
            r.session.apply(AddRow(question=GRAIN, row={"entity": f"hold {number}"}))
        proxy.release()
        await r.settle()
        assert len(ada.session.answers.rows(GRAIN)) == 10
        assert r.session.answers.values[PAINS] == "kept"


async def test_a_guest_whose_answers_are_others_than_the_hosts_begins_anew(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        long = "a line of a long text\n" * 200
        r.session.apply(Set(question=PAINS, value=long))
        await r.settle()
        ledger = ada.session.ledger
        ledger.confirmed = ledger.confirmed.with_value(PAINS, "something else")
        r.session.apply(Set(question=PAINS, value=long + "more\n"))
        await r.settle()
        assert ada.session.answers.values[PAINS] == long + "more\n"


async def test_a_guest_without_the_banks_version_does_not_join(tmp_path: Path) -> None:
    other = small_bank(tmp_path / "bank")
    async with room(tmp_path) as r:
        with pytest.raises(DocumentError, match="the question bank"):
            await Guest.connect(other, r.host.code, "Ada")


async def test_a_host_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        code = r.host.code
    with pytest.raises(DocumentError, match="cannot be reached"):
        await r.join("Ada", code=code)


def test_the_name_that_a_host_gives_its_file_leads_nowhere() -> None:
    text = f'format = 1\n\n[bank]\nid = "{BANK.id}"\nversion = "{BANK.version}"\n'
    for name in ("../../etc/passwd", "/etc/passwd", "..", "", "a\x1b[2Jb/.."):
        session = GuestSession(BANK, name, text, "Ada", "ada")
        assert session.path.parent == Path()
        assert session.path.name.isprintable()
        assert session.path.name not in ("", "..")


async def test_hostile_words_of_a_host_are_cleaned(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        bo = await r.join("Bo \x1b[2J\u202e")
        bo.desk.say(Thread, {"question": TITLE, "text": "a\x1b[2Jb"})
        await eventually(lambda: ada.desk.records.records)
        (thread,) = ada.desk.records.of(Thread)
        assert "\x1b" not in json.dumps([thread.text, *(p.name for p in ada.people)], ensure_ascii=False)


async def test_undo_brings_back_what_others_wrote_over_and_leaves_what_they_wrote_beside(
    tmp_path: Path,
) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "logical")
        for entity in ("hold", "seat"):
            ada.session.apply(AddRow(question=GRAIN, row={"entity": entity, "grain": "one each"}))
        ada.session.apply(SetCell(question=GRAIN, row="hold", column="grain", value="one per seat"))
        await r.settle()
        r.session.apply(SetCell(question=GRAIN, row="hold", column="grain", value="one per till"))
        r.session.apply(SetCell(question=GRAIN, row="hold", column="grain", value="one per hall"))
        await r.settle()

        def grains() -> list[object]:
            return [row.get("grain") for row in r.session.answers.rows(GRAIN)]

        ada.session.undo()
        await r.settle()
        assert grains() == ["one per seat", "one each"]
        assert r.session.history[-1].who == "Ada"
        r.session.apply(SetCell(question=GRAIN, row="seat", column="grain", value="one per chair"))
        await r.settle()
        ada.session.undo()
        await r.settle()
        assert grains() == ["one per hall", "one per chair"]


async def test_undo_of_what_a_guest_wrote_over_itself_says_so(tmp_path: Path) -> None:
    """Nothing of others is taken back when it is not they who are in the way."""
    async with room(tmp_path) as r:
        ada = await r.join("Ada", "problem")
        ada.session.apply(Set(question=PAINS, value="slow"))
        await r.settle()
        r.session.apply(Set(question=TITLE, value="Holds of seats"))
        r.session.apply(Set(question=PAINS, value="fast"))
        r.host.take_baton("problem")
        await r.settle()
        await eventually(lambda: not ada.session.batons.of("ada"))
        with pytest.raises(DocumentError, match="only the author"):
            ada.session.undo()
        assert r.session.answers.values[PAINS] == "fast"
        assert r.session.answers.values[TITLE] == "Holds of seats"


async def test_what_waits_to_be_said_is_counted_at_once(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        ada = await r.join("Ada")
        told: list[int] = []
        ada.session.subscribe(lambda session, _: told.append(len(session.ledger.entries)))  # type: ignore[attr-defined]  # a guest's
        ada.desk.say(Thread, {"question": PAINS, "text": "Whose?"})
        assert told[:1] == [1]
        await r.settle()
