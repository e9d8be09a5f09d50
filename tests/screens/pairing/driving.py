"""Hosts, guests and their screens in one loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.bank.model import Bank
from app.pairing.guest import Guest
from app.pairing.host import Host
from app.review.desk import FolderDesk
from app.session import Session
from screens.pairing.guest_app import GuestApp
from screens.pairing.host_app import HostApp
from screens.pairing.line import CompanyLine
from tests.screens.conftest import TODAY
from tests.screens.driving import Driver

AUTHOR = "Mika"


async def until(pilot: Driver, holds: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    for _ in range(3000):
        if holds():
            await pilot.pause()
            return
        await pilot.pause(0.005)
    raise AssertionError("it does not come to hold")


def new_host(bank: Bank, path: Path, port: int = 0) -> Host:
    return Host(Session.open(bank, path), FolderDesk(path, AUTHOR), port=port)


@asynccontextmanager
async def hosting(
    bank: Bank, path: Path, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[HostApp, Driver, Host]]:
    """The author's screen with nobody there yet, the dialog that shows how to join closed."""
    host = new_host(bank, path)
    app = HostApp(host, today=lambda: TODAY)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.company is not None)
        await pilot.press("escape")
        await idle_at(pilot, app)
        yield app, pilot, host
        await host.end()


async def idle_at(pilot: Driver, app: HostApp | GuestApp) -> None:
    """Wait for moves between questions; the worker that is in the session never completes."""
    await pilot.pause()
    going = [worker for worker in app.workers if worker.group == "go"]
    if going:
        await app.workers.wait_for_complete(going)
    await pilot.pause()


async def joined(pilot: Driver, host: Host, name: str = "Ada", role: str = "security") -> Guest:
    """A guest without a screen, whom the author has admitted."""
    joining = asyncio.create_task(Guest.connect(host.session.bank, host.code, name, role))
    await until(pilot, lambda: bool(host.waiting))
    host.admit(host.waiting[-1][0])
    guest = await joining
    await until(pilot, lambda: any(p.slug == guest.slug and p.is_here for p in host.people))
    return guest


@asynccontextmanager
async def visiting(
    bank: Bank, path: Path, *, keep: Path | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[GuestApp, Driver, Host]]:
    """A guest's screen, and a host without one, whose author has admitted the guest."""
    async with new_host(bank, path) as host:
        host.here("control", "control.title")
        app = GuestApp(bank, host.code, "Ada", "security", keep, today=lambda: TODAY)
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: bool(host.waiting))
            host.admit("Ada")
            await until(pilot, lambda: app.company is not None and bool(app.place[0]))
            await idle_at(pilot, app)
            yield app, pilot, host
            if not app._exit:
                await app.action_quit()
    host.session.close()


def line_of(app: HostApp | GuestApp) -> str:
    """What the line about the company says."""
    return str(app.screen.query_one(CompanyLine).render())


def told(app: HostApp | GuestApp) -> str:
    """All notices in the corner."""
    return "\n".join(notice.message for notice in app._notifications)
