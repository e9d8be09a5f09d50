"""What a guest who comes later is told of what happened before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.pairing.batons import Batons
from app.pairing.broadcast import Broadcast
from app.pairing.handover import Handover
from app.pairing.limits import Limits
from app.pairing.link import Link
from app.pairing.members import Member, Members
from app.pairing.notices import Bell
from app.pairing.wire import Welcome, decode_host
from app.session import Session
from tests.pairing.rooms import BANK


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def joined(members: Members, name: str, limits: Limits) -> Member:
    """A guest who is in, with a connection that nothing is sent on."""
    member = members.ask(name, "", "")
    members.admit(member)
    connection: Any = None
    member.link = Link(connection, limits)
    return member


async def welcome_of(broadcast: Broadcast, member: Member) -> Welcome:
    """What is said first to a guest who knows nothing yet."""
    broadcast.catch_up(member, "", 0)
    assert member.link is not None
    frame = decode_host(await member.link.outbox.next())
    assert isinstance(frame, Welcome)
    return frame


async def test_who_comes_later_sees_the_seconds_of_a_baton_that_are_left(tmp_path: Path) -> None:
    clock, limits = Clock(), Limits()
    with Session.create(BANK, tmp_path / "holds.toml", []) as session:
        members = Members("Mika", limits)
        broadcast = Broadcast(session, members, limits)
        broadcast.batons = Batons(clock)
        handover = Handover("Mika", members, broadcast, Bell())
        ada, bo = joined(members, "Ada", limits), joined(members, "Bo", limits)
        handover.grant(ada, "logical", 60)
        handover.grant(ada, "physical", 15)
        clock.now += 20
        held = (await welcome_of(broadcast, bo)).batons
        assert [(baton.section, baton.slug) for baton in held] == [("logical", "ada")]
        assert held[0].seconds == pytest.approx(40)
        handover.stop()
