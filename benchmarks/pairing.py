"""Working together on one machine: python -m benchmarks.pairing [TABLES]

Budgets: what one says is with the others within 100 ms at the 99th percentile. A guest who changes answers 50
times a second costs the author's processor at most 150 ms of each second, all that an edit of the author's
own costs included, and makes the author's loop at most 50 ms late at the 99th percentile. The host runs in a
process of its own, as in real life. Times include the journal on disk. Measure with compiled bytecode:
PYTHONDONTWRITEBYTECODE must not be set.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from unittest import mock

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.answers import Answers
from app.document.codec import new_document
from app.document.operations import Set, SetCell
from app.document.places import STATE_VARIABLE
from app.document.store import write_document
from app.pairing.codes import read_code
from app.pairing.guest import Guest
from app.pairing.host import Host
from app.pairing.notices import GuestWaits, Notice
from app.review.desk import FolderDesk
from app.session import Session
from benchmarks.documents import large_answers

ARRIVES_MS = 100.0
JOIN_MS = 2_000.0
COST_MS = 150.0
TURN_MS = 50.0
EDITS = 200
RATE = 50
SECONDS = 6
TICK = 0.005
PROSE, CELLS = "problem.pain_points", "physical.column_semantics"
SECTIONS = ("problem", "physical")


@asynccontextmanager
async def hosting(bank: Bank, path: Path) -> AsyncIterator[Host]:
    """A host who lets everybody in and gives them the batons of the sections that are measured."""
    with Session.open(bank, path) as session:
        async with Host(session, FolderDesk(path, "Mika")) as host:

            def greet(notice: Notice) -> None:
                if isinstance(notice, GuestWaits):
                    host.admit(notice.name)
                    for section in SECTIONS:
                        host.grant_baton(notice.name, section)

            host.subscribe(greet)
            yield host


async def _serve(path: Path, pipe: Connection) -> None:
    """The host's process: answers `cost` with what its loop did since, and ends at anything else."""
    loop = asyncio.get_running_loop()
    async with hosting(default_bank(), path) as host:
        pipe.send(str(host.code))
        gauge = Gauge()
        measuring = asyncio.create_task(gauge.run())
        while await loop.run_in_executor(None, pipe.recv) == "cost":
            pipe.send(gauge.taken())
        measuring.cancel()


class Gauge:
    """How busy a loop is: its processor time, and how late it wakes somebody who wants to wake often."""

    def __init__(self) -> None:
        self._late: list[float] = []
        self._busy, self._at = process_time(), perf_counter()

    async def run(self) -> None:
        while True:
            start = perf_counter()
            await asyncio.sleep(TICK)
            self._late.append((perf_counter() - start - TICK) * 1000)

    def taken(self) -> tuple[float, list[float]]:
        """Milliseconds of the processor in a second, and how late each waking was, since the last time."""
        busy, at, late = process_time(), perf_counter(), self._late
        share = (busy - self._busy) / (at - self._at) * 1000
        self._busy, self._at, self._late = busy, at, []
        return share, late


def _host_process(path: Path, pipe: Connection) -> None:
    asyncio.run(_serve(path, pipe))


def report(name: str, found: Sequence[float], budget: float | None = None) -> None:
    """Print median and 99th percentile; the latter is held against the budget."""
    ordered = sorted(found)
    median, high = statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    limit = "" if budget is None else f"   budget {budget:5.0f} ms: {'kept' if high <= budget else 'MISSED'}"
    print(f"{name:52} median {median:8.2f} ms   p99 {high:8.2f} ms{limit}")


def prose(number: int) -> Set:
    return Set(question=PROSE, value=f"The queue is slow at night.\n\nTyped {number} times.")


def cell(number: int) -> SetCell:
    row = f"warehouse_{number % 30:03}/column_{number % 10}"
    return SetCell(question=CELLS, row=row, column="meaning", value=f"changed {number}")


async def arrival(
    speaker: Session, hearer: Session, say: Callable[[int], Set | SetCell], times: int = EDITS
) -> list[float]:
    """Milliseconds from an edit in one session to the other's having it, the guests' outboxes being empty."""
    heard = asyncio.Event()
    stop = hearer.subscribe(lambda _session, _operation: heard.set())
    found = []
    for number in range(times):
        heard.clear()
        start = perf_counter()
        speaker.apply(say(number))
        await heard.wait()
        found.append((perf_counter() - start) * 1000)
    stop()
    return found


async def within_one_process(bank: Bank, path: Path) -> None:
    """From the author's edit to the guest's having it: one loop, which does the work of both."""
    async with hosting(bank, path) as host, await Guest.connect(bank, host.code, "Ada") as ada:
        for name, say in (("prose", prose), ("cell", cell)):
            found = await arrival(host.session, ada.session, say)
            report(f"author's {name} is with the guest, one loop", found, ARRIVES_MS)


async def between_processes(bank: Bank, code: str, pipe: Connection) -> None:
    """Joining, from one guest's edit over the host to another's having it, and the cost for the host."""
    starts = []
    for _ in range(5):
        start = perf_counter()
        async with await Guest.connect(bank, read_code(code), "Joining"):
            starts.append((perf_counter() - start) * 1000)
    report("join, until the document is open", starts, JOIN_MS)
    async with (
        await Guest.connect(bank, read_code(code), "Bo") as bo,
        await Guest.connect(bank, read_code(code), "Ada") as ada,
    ):
        for name, say in (("prose", prose), ("cell", cell)):
            found = await arrival(ada.session, bo.session, say)
            report(f"guest's {name} is with the other guest", found, ARRIVES_MS)
        await settled(ada)
        pipe.send("cost")
        pipe.recv()
        await asyncio.sleep(2)
        pipe.send("cost")
        idle, quiet = pipe.recv()
        for name, say in (("prose", prose), ("cells", cell)):
            await typing(ada, say)
            pipe.send("cost")
            share, late = pipe.recv()
            cost = share - idle
            verdict = "kept" if cost <= COST_MS else "MISSED"
            title = f"cost of {RATE} {name} a second for the author"
            print(f"{title:52} {cost:8.1f} ms a second        budget {COST_MS:5.0f} ms: {verdict}")
            report(f"the author's loop is late, {RATE} {name} a second", late, TURN_MS)
        report("the author's loop is late, nobody typing", quiet)


async def typing(guest: Guest, say: Callable[[int], Set | SetCell]) -> None:
    """A guest who changes something RATE times a second."""
    start = perf_counter()
    for number in range(RATE * SECONDS):
        guest.session.apply(say(number), group="typing")
        await asyncio.sleep(max(0.0, start + (number + 1) / RATE - perf_counter()))
    await settled(guest)


async def settled(guest: Guest) -> None:
    while not guest.session.saved:
        await asyncio.sleep(0.001)


def main(tables: int) -> None:
    bank = default_bank()
    with tempfile.TemporaryDirectory() as folder, _state(folder):
        path = Path(folder) / "large.toml"
        write_document(bank, path, new_document(bank, "large", Answers()), large_answers(bank, tables))
        print(f"{path.stat().st_size / 1e6:.2f} MB, {tables} tables, Python {sys.version.split()[0]}")
        asyncio.run(within_one_process(bank, path))
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=_host_process, args=(path, there))
        process.start()
        try:
            asyncio.run(between_processes(bank, here.recv(), here))
            here.send("end")
        finally:
            process.join(10)
            process.kill()


def _state(folder: str) -> AbstractContextManager[object]:
    """Nothing of a measurement reaches the person's own state folder."""
    return mock.patch.dict("os.environ", {STATE_VARIABLE: str(Path(folder) / "state")})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
