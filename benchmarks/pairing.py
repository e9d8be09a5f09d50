"""Two people's real terminals on one large document: python -m benchmarks.pairing [TABLES]

Budgets: what one types, or says in a comment, is painted at the other's within 100 ms, median and p99, also
in a cell of 3,000 rows; a guest sees the document at most 2 s after being admitted; while a guest writes 50
times a second, the author's key is painted after at most twice the time that it takes while the guest is
silent. Hosts and guests are processes of their own, and times include the journal on disk. Measure with
compiled bytecode: PYTHONDONTWRITEBYTECODE must not be set. Needs a pty.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import re
import select
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic, perf_counter, sleep

from app.bank.load import default_bank
from app.document.operations import Operation, Set, SetCell
from app.pairing.codes import read_code
from app.pairing.guest import Guest
from benchmarks.documents import large_answers, with_ddl
from benchmarks.screens import CONTROL, LETTERS, median_and_p99, report, write
from tests.e2e import together
from tests.e2e.terminal import Terminal
from tests.e2e.together import BATON, COMMENT, PAIRING, QUIT, SAY

ARRIVES_MS, JOIN_MS, RATIO = 100.0, 2_000.0, 2.0
KEYS, COMMENTS, JOINS = 200, 10, 5
RUN = 15
"""Letters that are typed before they are taken back: a cell shows the beginning of its text."""
RATE, LINE = 50, 60
"""Keys a second of a guest who writes, and how many of them are a line."""
SIZE = (120, 40)
RIGHT, DOWN, TAKE_BACK = "\x1b[C", "\x1b[B", "\x15"
SECTIONS = {"problem": "1 Problem", "physical": "7 Physical"}
PROSE, SEMANTICS = "problem.situation", "physical.column_semantics"


# two terminals


def until(shown: Terminal, found: bytes, also: Sequence[Terminal] = ()) -> float:
    """Read what all terminals send until one of them has sent `found`; returns when that was.

    A text may be painted in pieces, between which there are control sequences: they do not count.
    """
    terminals = {terminal.child.child_fd: terminal for terminal in (shown, *also)}
    data = dict.fromkeys(terminals, b"")
    deadline = monotonic() + 10
    while found not in CONTROL.sub(b"", data[shown.child.child_fd]):
        if monotonic() > deadline:
            shown.take(data[shown.child.child_fd])
            raise AssertionError(f"{found!r} did not appear on:\n{shown.text()}")
        for descriptor in select.select(list(terminals), [], [], 0.2)[0]:
            data[descriptor] += os.read(descriptor, 65536)
    at = perf_counter()
    for descriptor, terminal in terminals.items():
        terminal.take(data[descriptor])
    return at


def rest(terminals: Sequence[Terminal], seconds: float) -> None:
    """Let some time pass in which everybody reads what is sent."""
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        sleep(min(left, 0.01))
        for terminal in terminals:
            terminal.drain()


def key_times(typed: Terminal, shown: Terminal, others: Sequence[Terminal] = ()) -> list[float]:
    """Milliseconds from a key in one terminal to its paint in another, or the same; now and then a pause."""
    rng = random.Random(KEYS)  # noqa: S311 - letters, not secrets
    everybody = list({id(terminal): terminal for terminal in (typed, shown, *others)}.values())
    beside = [terminal for terminal in everybody if terminal is not shown]
    times, last = [], ""
    for number in range(KEYS):
        letter = rng.choice([letter for letter in LETTERS if letter not in last])
        last = (last + letter)[-3:]
        rest(everybody, 0.16 if number % 12 == 11 else 0.02)
        start = perf_counter()
        typed.type(letter)
        times.append((until(shown, last.encode(), beside) - start) * 1000)
        if number % RUN == RUN - 1:
            typed.type(TAKE_BACK)
            last = ""
            rest(everybody, 0.3)
    return times


def comment_times(guest: Terminal, host: Terminal) -> list[float]:
    """Milliseconds from the key that says a comment until the author's screen counts it."""
    times = []
    for _ in range(COMMENTS):
        found = re.search(r"⚑ (\d+) waits?", host.text())
        waiting = int(found[1]) if found else 0
        guest.type(COMMENT)
        guest.wait_for("What to say")
        guest.press(*"Since when?")
        rest([host], 0.3)
        start = perf_counter()
        guest.type(SAY)
        times.append((until(host, f"⚑ {waiting + 1} wait".encode(), [guest]) - start) * 1000)
        rest([host, guest], 0.6)
    return times


# what is measured


def arrivals(host: Terminal, guest: Terminal) -> None:
    """What one types or says, until the other's terminal shows it."""
    both = (host, guest)
    for what, words, shown, first in (
        ("prose", "known pain points", "Known pain", ()),
        ("a cell of 3,000 rows", "column semantics", "Column Sem", (*[RIGHT] * 4, "x")),
    ):
        together.go(both, words, shown)
        host.press(*first)
        guest.press(DOWN)  # under a cursor a letter is painted by itself
        rest(both, 2)
        within(f"author's key to the guest's paint, {what}", key_times(host, guest), ARRIVES_MS)
        if first:
            host.press("\x1b")
    together.go(both, "known pain points", "Known pain")
    within("guest's comment to the author's paint", comment_times(guest, host), ARRIVES_MS)
    guest.type(BATON)
    together.hand_over(host, SECTIONS["problem"])
    guest.wait_for("you may write here")
    host.press(DOWN)
    rest(both, 2)
    within("guest's key to the author's paint, prose", key_times(guest, host), ARRIVES_MS)


def joins(host: Terminal, code: str, folder: Path) -> None:
    """From the guest's command to the waiting room, and from being admitted to the document."""
    starts, opens = [], []
    for number in range(JOINS):
        name = f"Guest{number}"
        start = perf_counter()
        guest = together.guest_of(code, folder, name=name, size=SIZE)
        starts.append((until(guest, b"waiting to be admitted", [host]) - start) * 1000)
        host.type(PAIRING)
        host.wait_for("a admit")
        rest([host], 0.5)
        start = perf_counter()
        host.type("a")
        opens.append((until(guest, "▶ ".encode(), [host]) - start) * 1000)
        together.leave(host)
        guest.type(QUIT)
        guest.finish()
        rest([host], 0.5)
    figure = "{0[0]:.0f} ms, worst {1:.0f} ms"
    report(
        "guest's command to the waiting room",
        figure.format(median_and_p99(starts), max(starts)),
        "",
        within=None,
    )
    report(
        "admitted to the guest's paint of the document",
        figure.format(median_and_p99(opens), max(opens)),
        f"{JOIN_MS:.0f} ms",
        within=max(opens) <= JOIN_MS,
    )


def beside_a_guest(host: Terminal, code: str) -> None:
    """The author's key to paint while a guest writes, and while the same guest is silent."""
    with writing_guest(host, code) as pipe:
        together.go([host], "known pain points", "Known pain")
        for what in ("prose", "cells"):
            rest([host], 2)
            silent = median_and_p99(key_times(host, host))
            pipe.send(what)
            rest([host], 1)
            busy = median_and_p99(key_times(host, host))
            pipe.send("silence")
            sent, seconds = pipe.recv()
            ratios = [there / alone for there, alone in zip(busy, silent, strict=True)]
            report(
                f"author's key to paint, a guest writes {what} {sent / seconds:.0f} times a second",
                f"{busy[0]:.1f} ms, p99 {busy[1]:.1f} ms; silent {silent[0]:.1f}, {silent[1]:.1f} ms",
                f"{ratios[0]:.2f}, {ratios[1]:.2f} of {RATIO:.0f} x",
                within=max(ratios) <= RATIO,
            )


def within(what: str, times: Sequence[float], budget: float) -> None:
    median, high = median_and_p99(times)
    report(what, f"{median:.1f} ms, p99 {high:.1f} ms", f"{budget:.0f} ms", within=high <= budget)


# a guest without a terminal, who writes


@contextmanager
def writing_guest(host: Terminal, code: str) -> Iterator[Connection]:
    """A guest in a process of its own with the batons of `SECTIONS`, who writes when told what."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_guest_process, args=(code, there))
    process.start()
    there.close()
    try:
        together.admit(host, "Bo")
        for section, title in SECTIONS.items():
            here.send(section)
            together.hand_over(host, title, "Bo")
        here.send("")
        yield here
        here.send("end")
    finally:
        process.join(10)
        process.kill()


def _guest_process(code: str, pipe: Connection) -> None:
    asyncio.run(_be_guest(code, pipe))


async def _be_guest(code: str, pipe: Connection) -> None:
    loop = asyncio.get_running_loop()
    async with await Guest.connect(default_bank(), read_code(code), "Bo") as guest:
        while section := await loop.run_in_executor(None, pipe.recv):
            guest.ask_baton(section)
        while (what := await loop.run_in_executor(None, pipe.recv)) != "end":
            stop = loop.run_in_executor(None, pipe.recv)
            pipe.send(await _write(guest, _prose if what == "prose" else _cell, stop))


async def _write(
    guest: Guest, say: Callable[[int], Operation], stop: asyncio.Future[object]
) -> tuple[int, float]:
    """Write RATE times a second until `stop` is done; returns how often that was, and in how many seconds."""
    start, number = perf_counter(), 0
    while not stop.done():
        guest.session.apply(say(number), group="typing")
        number += 1
        await asyncio.sleep(max(0.0, start + number / RATE - perf_counter()))
    while not guest.session.saved:
        await asyncio.sleep(0.001)
    return number, perf_counter() - start


def _prose(number: int) -> Set:
    return Set(question=PROSE, value=f"The queue is slow at night.\n\n{_typed(number)}")


def _cell(number: int) -> SetCell:
    row = f"warehouse_{number // LINE % 20:03}/column_{number // LINE % 10}"
    return SetCell(question=SEMANTICS, row=row, column="meaning", value=_typed(number))


def _typed(number: int) -> str:
    """What somebody has typed after so many keys, who takes it back after each line."""
    return "".join(LETTERS[at % len(LETTERS)] for at in range(number % LINE + 1))


def main(tables: int) -> None:
    bank = default_bank()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["DBCHARTER_STATE_DIR"] = str(folder / "state")
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        (folder / "guest").mkdir()
        path = write(bank, folder, "large", with_ddl(bank, large_answers(bank, tables), tables))
        print(f"{path.stat().st_size / 1e6:.2f} MB, {tables} tables, Python {sys.version.split()[0]}")
        host, code = together.host_of(path, size=SIZE)
        host.child.delaybeforesend = None  # pexpect waits 50 ms before it sends
        try:
            joins(host, code, folder / "guest")
            beside_a_guest(host, code)
            guest = together.guest_of(code, folder / "guest", size=SIZE)
            guest.child.delaybeforesend = None
            together.admit(host)
            guest.wait_for("▶ ")
            arrivals(host, guest)
            guest.kill()
        finally:
            host.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
