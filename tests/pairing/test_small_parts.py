"""Buckets, outboxes, logs, batons, results: the bounded things that a host counts with."""

from __future__ import annotations

import pytest

from app.pairing.batons import Batons
from app.pairing.bucket import Bucket
from app.pairing.codes import JoinCode, is_token, new_token, read_code
from app.pairing.event_log import EventLog
from app.pairing.limits import Limits
from app.pairing.members import Members, Results, UnwelcomeError
from app.pairing.outbox import Outbox
from app.problems import DocumentError


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_a_burst_through_and_then_only_the_rate() -> None:
    clock = Clock()
    bucket = Bucket(10.0, 5, clock)
    assert [bucket.take() for _ in range(5)] == [0.0] * 5
    assert bucket.take() == pytest.approx(0.1)
    assert bucket.take() == pytest.approx(0.2)
    clock.now += 100
    assert [bucket.take() for _ in range(6)][4:] == [0.0, pytest.approx(0.1)]


async def test_an_outbox_that_is_full_takes_nothing_any_more_and_holds_nothing() -> None:
    outbox = Outbox(3, 1_000)
    assert [outbox.put("x") for _ in range(4)] == [True, True, True, False]
    assert outbox.is_full
    assert len(outbox) == 0
    assert not outbox.put("y")


async def test_an_outbox_counts_bytes_and_lets_one_message_of_any_size_through() -> None:
    outbox = Outbox(100, 10)
    assert outbox.put("x" * 50)
    assert await outbox.next() == "x" * 50
    assert outbox.put("x" * 8)
    assert not outbox.put("x" * 8)


async def test_a_snapshot_goes_before_what_came_after_it_and_replaces_what_came_before() -> None:
    outbox = Outbox(100, 1_000)
    outbox.put("old")
    outbox.start_over(iter(["one", "two"]))
    outbox.put("new")
    assert [await outbox.next() for _ in range(3)] == ["one", "two", "new"]


def test_a_log_gives_what_is_missing_or_nothing_when_that_is_gone() -> None:
    log = EventLog(3, 1_000)
    for text in "abcde":
        log.add(text)
    assert log.since(log.epoch, 3) == ["d", "e"]
    assert log.since(log.epoch, 5) == []
    assert log.since(log.epoch, 2) == ["c", "d", "e"]
    assert log.since(log.epoch, 1) is None
    assert log.since(log.epoch, 6) is None
    assert log.since("another", 3) is None


def test_a_log_is_bounded_in_bytes_too_and_another_epoch_knows_nothing_of_the_one_before() -> None:
    log = EventLog(1_000, 10)
    for _ in range(5):
        log.add("12345")
    assert log.since(log.epoch, 3) == ["12345"] * 2
    assert log.since(log.epoch, 2) is None
    before = log.epoch
    log.begin_epoch()
    assert log.since(before, 5) is None
    assert log.since(log.epoch, 5) == []


def test_a_baton_has_one_holder_and_an_end() -> None:
    clock = Clock()
    batons = Batons(clock)
    batons.grant("logical", "ada", 60)
    batons.grant("physical", "ada", 90)
    assert batons.has_all("ada", ["logical", "physical"])
    assert not batons.has_all("ada", [])
    assert not batons.has_all("ada", ["logical", "security"])
    batons.grant("logical", "bo", 60)
    assert batons.holder("logical") == "bo"
    assert batons.next_end() == 60
    clock.now += 61
    assert batons.holder("logical") == ""
    assert [baton.section for baton in batons.all()] == ["physical"]
    assert batons.drop_expired() == ["logical"]
    assert batons.take("physical")
    assert not batons.take("physical")


def test_results_remember_refusals_and_changes_within_bounds() -> None:
    results = Results(2)
    results.keep(1, reason="no")
    results.keep(2, change="x")
    results.keep(3, change="y")
    results.keep(4, change="z")
    assert [results.has(number) for number in (1, 4, 5)] == [True, True, False]
    assert results.reason(1) == "no"
    assert [results.change(number) for number in (2, 3, 4)] == [None, "y", "z"]


def test_a_join_code_says_where_and_with_what_secret_and_can_be_read_again() -> None:
    for code in (
        JoinCode("127.0.0.1", 4000, new_token()),
        JoinCode("fe80::1", 4000, new_token(), bytes(range(32))),
        JoinCode("db.example.net", 4000, new_token(), b"\xff" * 32),
    ):
        assert read_code(f"  {code}\n") == code
        assert read_code(f"dbcharter pair join '{code}'\n") == code
        assert read_code(f'dbcharter pair join "{code}"') == code
        assert code.invitation not in code.address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "http://127.0.0.1:80/",
        f"pair://127.0.0.1:80#{'x' * 42}",
        f"pair://127.0.0.1:99999#{'x' * 43}",
        f"pair://127.0.0.1#{'x' * 43}",
        f"pair://127.0.0.1:80/path#{'x' * 43}",
        f"pairs://127.0.0.1:80#{'x' * 43}",
        f"pair://127.0.0.1:80#{'x' * 43}.{'y' * 43}",
        f"pairs://127.0.0.1:80#{'x' * 43}.{'y' * 42}",
        "pair://[::1:80#x",
    ],
)
def test_what_is_no_join_code_is_said_to_be_none(text: str) -> None:
    with pytest.raises(DocumentError):
        read_code(text)


def test_tokens_are_long_different_and_compared_as_a_whole() -> None:
    first, second = new_token(), new_token()
    assert len(first) == 43
    assert is_token(first, first)
    assert not is_token(first, second)
    assert not is_token("", first)
    assert not is_token("é", first)


def test_the_tables_of_guests_are_bounded_and_names_are_taken_once() -> None:
    members = Members("Mika", Limits(waiting=2, guests=1))
    ada = members.ask("Ada", "", "here")
    for name in ("ada", "ADA ", "mika", "--", "\x1b"):
        with pytest.raises(UnwelcomeError):
            members.ask(name, "", "here")
    bo = members.ask("Bo", "", "here")
    with pytest.raises(UnwelcomeError):
        members.ask("Cy", "", "here")
    members.admit(ada)
    with pytest.raises(UnwelcomeError):
        members.admit(bo)
    assert members.of_token(ada.token) is ada
    assert members.of_token("") is None


def test_who_was_removed_has_no_token_and_does_not_get_in_by_asking_again() -> None:
    members = Members("Mika", Limits())
    ada = members.ask("Ada", "", "here")
    members.admit(ada)
    token = ada.token
    members.remove(ada)
    assert not members.knows(token)
    with pytest.raises(UnwelcomeError):
        members.ask("Ada", "", "here")
    members.renew_invitation()
    assert members.ask("Ada", "", "here").state == "waiting"


def test_another_invitation_makes_the_one_before_worthless() -> None:
    members = Members("Mika", Limits())
    before = members.invitation
    members.renew_invitation()
    assert members.knows(members.invitation)
    assert not members.knows(before)
