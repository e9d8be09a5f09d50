"""Places are found the same by every search, whatever was looked for before and however far."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.document.operations import AddRow
from app.session import Session
from screens.dialogs.place import PlaceChoice
from screens.review.talking import choices

QUERIES = ["", "g", "gr", "grain seat", "hold", "no such words", "ROW", "", "grain"]


@pytest.fixture
def session(bank: Bank, reviewed: Path) -> Iterator[Session]:
    with Session.open(bank, reviewed) as opened:
        yield opened


def fresh(session: Session, text: str, *, values: bool) -> list[PlaceChoice]:
    bank = session.bank
    return list(choices(session, tuple(bank.section_by_id), tuple(bank.questions), values=values)(text))


@pytest.mark.parametrize("values", [False, True])
def test_searches_in_a_row_find_what_a_first_one_finds_also_once_the_answers_changed(
    session: Session, values: bool
) -> None:
    bank = session.bank
    find = choices(session, tuple(bank.section_by_id), tuple(bank.questions), values=values)
    for number, text in enumerate(QUERIES):
        assert list(islice(find(text), number)) == fresh(session, text, values=values)[:number]
    assert [list(find(text)) for text in QUERIES] == [fresh(session, text, values=values) for text in QUERIES]
    assert not list(find("newcomer"))
    session.apply(AddRow(question="logical.grain", row={"entity": "newcomer"}))
    found = list(find("newcomer"))
    assert found
    assert found == fresh(session, "newcomer", values=values)
    assert list(find("")) == fresh(session, "", values=values)


def test_searches_at_the_same_time_lose_and_repeat_nothing(session: Session) -> None:
    find = choices(session, (), tuple(session.bank.questions), values=True)
    whole = list(choices(session, (), tuple(session.bank.questions), values=True)(""))
    first, second = iter(find("")), iter(find(""))
    begun = list(islice(first, 3))
    ahead = list(islice(second, 9))
    assert [*begun, *first] == whole
    assert [*ahead, *second] == whole


def test_a_search_begun_before_a_change_leaves_the_next_one_whole(session: Session) -> None:
    find = choices(session, (), ("logical.grain",), values=True)
    begun = iter(find(""))
    next(begun)
    session.apply(AddRow(question="logical.grain", row={"entity": "newcomer"}))
    after = iter(find(""))
    start = list(islice(after, 2))
    list(begun)
    assert [*start, *after] == list(choices(session, (), ("logical.grain",), values=True)(""))
