"""Everybody ends with the same answers, whatever is lost, said twice, late or cut off."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest

from app.document.operations import AddRow, Set
from app.pairing.guest import Guest
from app.pairing.limits import Limits
from app.pairing.notices import PersonLeft
from tests.pairing.changing import say
from tests.pairing.proxy import PROXY, Proxy
from tests.pairing.raw import HELLO, enter
from tests.pairing.rooms import GRAIN, PAINS, eventually, room


def say_twice(guest: Guest) -> None:
    """Send what is on its way once more."""
    for entry in guest.session.ledger.entries:
        entry.is_sent = False
    guest.session.send()


@pytest.mark.parametrize("seed", range(4))
async def test_three_guests_and_the_author_converge_over_connections_that_break(
    tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    async with room(tmp_path, Limits(kept_events=40), name=PROXY) as r, Proxy(r.host.code) as proxy:
        names = ("Ada", "Bo", "Cy")
        guests = [await r.join(name, code=proxy.code) for name in names]
        r.host.grant_baton("Ada", "problem")
        r.host.grant_baton("Bo", "logical")
        for turn in range(120):
            say(rng, rng.choice([r.session, guests[0].session, guests[1].session]))
            match rng.randrange(30):
                case 0:
                    proxy.cut()
                case 1:
                    say_twice(rng.choice(guests))
                case 2:
                    holder = rng.choice(names)
                    r.host.grant_baton(holder, rng.choice(["problem", "logical"]))
            if turn == 60:
                proxy.cut()
            if turn % 5 == 0:
                await asyncio.sleep(0.002)
        await r.settle()
        assert proxy.connections > 3


async def test_a_guest_who_stalls_is_cut_off_and_the_others_go_on(tmp_path: Path) -> None:
    """What waits for the one who stalls stays small, and that one may come back."""
    limits = Limits(queued_frames=50, queued_bytes=200_000)
    async with room(tmp_path, limits, name=PROXY) as r, Proxy(r.host.code) as proxy:
        bo = await r.join("Bo", "logical")
        ada = await r.join("Ada", "problem", code=proxy.code)
        proxy.hold()
        longest = 0
        member = r.host._members.find("Ada", "admitted")
        assert member is not None
        for number in range(400):
            r.session.apply(Set(question=PAINS, value=f"{number} " + "slow " * 10_000))
            longest = max(longest, len(member.link.outbox) if member.link else 0)
            await asyncio.sleep(0)
            if r.told(PersonLeft):
                break
        assert r.told(PersonLeft)[0].why == "too slow"
        assert longest <= 50
        bo.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        await eventually(lambda: r.session.answers.rows(GRAIN) and bo.session.saved)
        proxy.release()
        await r.settle()
        assert ada.state == "live"


async def test_a_guest_who_dies_in_the_middle_of_a_burst_harms_nobody(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        bo = await r.join("Bo", "logical")
        connection, welcome = await enter(r.host.code)
        r.host.grant_baton("Eve", "problem")
        for number in range(1, 40):
            operation = {"op": "set", "question": PAINS, "value": f"burst {number}"}
            frame = {"type": "change", "id": number, "epoch": welcome["epoch"], "operation": operation}
            await connection.send(json.dumps(frame))
        connection.transport.write(b"\x81\xfe\x10")  # half a frame
        connection.transport.abort()
        await eventually(lambda: r.told(PersonLeft))
        bo.session.apply(AddRow(question=GRAIN, row={"entity": "hold"}))
        await r.settle()
        assert bo.session.answers.values.get(PAINS) == r.session.answers.values.get(PAINS)


async def test_who_comes_in_again_with_the_same_token_replaces_the_connection_before(
    tmp_path: Path,
) -> None:
    async with room(tmp_path) as r:
        first, welcome = await enter(r.host.code)
        second, again = await enter(r.host.code, token=welcome["token"])
        assert again["slug"] == welcome["slug"]
        await asyncio.wait_for(first.wait_closed(), 10)
        await second.send(json.dumps({"type": "here", "section": "logical"}))
        await eventually(lambda: any(p.section == "logical" for p in r.host.people))
        assert HELLO["name"] in [person.name for person in r.host.people]
        await second.close()
