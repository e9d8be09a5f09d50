"""Both sides of a pairing as text, compared with files. `pytest --update-goldens` writes them anew."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.bank.model import Bank
from app.pairing.guest import Guest
from app.pairing.host import Host
from screens.pairing.guest_app import GuestApp
from screens.pairing.host_app import HostApp
from tests.screens.driving import Driver
from tests.screens.pairing.driving import hosting, joined, line_of, until, visiting
from tests.screens.sample import write_sample
from tests.screens.scenes import HUGE, SMALL, WIDE, as_text, golden

Size = tuple[int, int]


@dataclass(frozen=True)
class Side:
    """One side of a pairing: the way to what is shown, and in which sizes."""

    name: str
    way: Callable[[Driver, HostApp | GuestApp, Host], Awaitable[None]]
    is_host: bool
    sizes: tuple[Size, ...] = (SMALL, WIDE)
    keys: tuple[str, ...] = ()


async def _knock(pilot: Driver, app: HostApp | GuestApp, host: Host) -> None:
    del pilot
    host._members.ask("Ada", "security", "127.0.0.1")
    app.company_changed()


async def _here(pilot: Driver, app: HostApp | GuestApp, host: Host) -> None:
    guest = await joined(pilot, host)
    app.guest_of_test = guest  # type: ignore[union-attr]  # kept until the end
    guest.here("logical", "logical.grain", "hold")
    await until(pilot, lambda: "Ada at 6.1" in line_of(app))


async def _people(pilot: Driver, app: HostApp | GuestApp, host: Host) -> None:
    await _here(pilot, app, host)
    host.grant_baton("Ada", "logical")


async def _reads(pilot: Driver, app: HostApp | GuestApp, host: Host) -> None:
    """Nothing more than being there."""


async def _writes(pilot: Driver, app: HostApp | GuestApp, host: Host) -> None:
    host.grant_baton("Ada", app.section)
    await until(pilot, lambda: "you may write here" in line_of(app))


async def _over(pilot: Driver, app: HostApp | GuestApp, host: Host) -> None:
    await host.end()
    await until(pilot, lambda: "■" in line_of(app))


SIDES = (
    Side("pairing_knock", _knock, True, (SMALL, WIDE, HUGE)),
    Side("pairing_admit", _knock, True, keys=("f13",)),
    Side("pairing_here", _here, True, (SMALL, WIDE, HUGE)),
    Side("pairing_people", _people, True, keys=("f13",)),
    Side("pairing_reads", _reads, False, (SMALL, WIDE, HUGE)),
    Side("pairing_writes", _writes, False),
    Side("pairing_guest", _writes, False, keys=("f13",)),
    Side("pairing_over", _over, False),
)
CASES = [(side, size) for side in SIDES for size in side.sizes]


def named(value: object) -> str:
    return value.name if isinstance(value, Side) else "{}x{}".format(*value)  # type: ignore[misc]  # a size


def without_secrets(text: str) -> str:
    """The port and the token are others each time."""
    return re.sub(r":\d{5}#[\w-]{43}", f":40123#{'x' * 43}", text)


async def look(bank: Bank, side: Side, size: Size, folder: Path) -> str:
    path = write_sample(bank, folder)
    opened = hosting(bank, path, size) if side.is_host else visiting(bank, path, size=size)
    async with opened as (app, pilot, host):
        await side.way(pilot, app, host)
        await until(pilot, lambda: "ready" in as_text(app))
        app.clear_notifications()
        await pilot.pause()
        await pilot.press(*side.keys)
        text = without_secrets(as_text(app))
        guest: Guest | None = getattr(app, "guest_of_test", None)
        if guest is not None:
            await guest.close()
        return text


@pytest.mark.parametrize(("side", "size"), CASES, ids=named)
async def test_the_screen_is_as_it_was(
    bank: Bank, side: Side, size: Size, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    text = await look(bank, side, size, tmp_path)
    assert text.splitlines() == golden(request.config, side.name, size, "txt", text)
