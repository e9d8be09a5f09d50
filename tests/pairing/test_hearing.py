"""What a guest makes of a host that says things in the wrong order, twice, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from app.document.answers import Answers
from app.document.changes import difference, to_text
from app.document.operations import Set, apply
from app.pairing.hearing import Hearing
from app.pairing.notices import Bell
from app.pairing.wire import Changed, Done, Event, Person, Piece, Said, Welcome, Where, WireError
from app.problems import DocumentError
from tests.pairing.rooms import BANK, PAINS

TEXT = f'format = 1\n\n[bank]\nid = "{BANK.id}"\nversion = "{BANK.version}"\n'
PARTS = {"document": TEXT, "records": '{"people": [], "records": []}', "sources": "[]"}
WELCOME: dict[str, Any] = {
    "slug": "ada",
    "token": "x" * 43,
    "document": "holds.toml",
    "bank": BANK.id,
    "bank_version": BANK.version,
    "epoch": "e",
    "seq": 7,
    "seen": 0,
    "is_resumed": False,
    "people": [Person(slug="mika", name="Mika", is_author=True)],
    "batons": [],
}


def hearing() -> Hearing:
    return Hearing(BANK, "Ada", "", Bell(), lambda: None)


def pieces(**parts: str) -> list[Piece]:
    return [Piece(part=name, text=text, is_last=True) for name, text in {**PARTS, **parts}.items()]


def begun() -> Hearing:
    """A guest who has the snapshot up to the event 7."""
    found = hearing()
    found.take(Welcome(**WELCOME))
    assert [found.take(piece) for piece in pieces()] == [False, False, True]
    return found


def event(seq: int, text: str, epoch: str = "e") -> Event:
    change = to_text(difference(Answers(), apply(BANK, Answers(), Set(question=PAINS, value=text))))
    body = Changed(step=1, step_kind="edit", operation="{}", change=change, group="")
    return Event(epoch=epoch, seq=seq, at="", who="Mika", body=body)


def said(guest: Hearing) -> object:
    assert guest.session is not None
    return guest.session.answers.values.get(PAINS)


def test_an_event_is_taken_once_however_often_it_comes() -> None:
    guest = begun()
    guest.take(event(8, "slow"))
    guest.take(event(8, "something else under the same number"))
    guest.take(event(7, "something that the snapshot holds"))
    assert said(guest) == "slow"


@pytest.mark.parametrize(("seq", "epoch"), [(9, "e"), (8, "another"), (1, "another")])
def test_an_event_that_does_not_follow_is_not_taken(seq: int, epoch: str) -> None:
    guest = begun()
    with pytest.raises(WireError):
        guest.take(event(seq, "slow", epoch))
    assert said(guest) is None


def test_nothing_is_taken_before_the_document_is_there() -> None:
    for frame in (event(1, "slow"), Done(id=1), pieces()[0]):
        with pytest.raises(WireError):
            hearing().take(frame)
    with pytest.raises(WireError):
        hearing().take(Welcome(**{**WELCOME, "is_resumed": True}))
    half = hearing()
    half.take(Welcome(**WELCOME))
    half.take(pieces()[0])
    with pytest.raises(WireError):
        half.take(pieces()[0])
    with pytest.raises(WireError):
        half.take(event(8, "slow"))


@pytest.mark.parametrize(
    "parts",
    [
        {"records": "{"},
        {"records": "[]"},
        {"records": '{"people": [], "records": [["sudo", {}, "ada"]]}'},
        {"records": '{"people": [], "records": [["thread", {"text": "x"}, "ada"]]}'},
        {"records": '{"people": [["ada"]], "records": []}'},
        {"sources": "{}"},
        {"sources": '[["schema.sql", 5, [], []]]'},
    ],
)
def test_a_snapshot_that_cannot_be_read_is_an_error(parts: dict[str, str]) -> None:
    guest = hearing()
    guest.take(Welcome(**WELCOME))
    with pytest.raises(WireError):
        list(map(guest.take, pieces(**parts)))


def test_a_document_that_is_none_is_said() -> None:
    guest = hearing()
    guest.take(Welcome(**WELCOME))
    with pytest.raises(DocumentError):
        list(map(guest.take, pieces(document="= not TOML")))


@pytest.mark.parametrize("words", [{"id": "ada-1"}, {"$date": "2020-01-01"}, {"$float": "1"}])
def test_a_record_that_is_none_is_an_error(words: dict[str, Any]) -> None:
    body = Said(table="thread", words=words, slug="ada", name="Ada", role="")
    with pytest.raises(WireError):
        begun().take(Event(epoch="e", seq=8, at="", who="Ada", body=body))


def test_where_somebody_is_who_is_not_here_is_passed_over() -> None:
    guest = begun()
    guest.take(Where(slug="nobody", section="logical", question="", row=""))
    guest.take(Where(slug="mika", section="logical", question="", row="\x1b[2J"))
    assert guest.people["mika"].row == "[2J"
    assert list(guest.people) == ["mika"]
