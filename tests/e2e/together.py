"""Two people's terminals on one document: how one is opened, joined and left, by keys alone."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.pairing.codes import read_code
from tests.e2e.terminal import Terminal
from tests.pairing.proxy import Proxy

ESCAPE, QUIT, JUMP, ENTER, SAY = "\x1b", "\x11", "\x0f", "\r", "\x13"
PAIRING, FOLLOW, BATON = "\x1b[1;2P", "\x1b[1;2Q", "\x1b[1;2S"
COMMENT, REVIEW = "\x1b[24~", "\x1b[21~"
CODE = r'dbcharter pair join \\\n"(pairs?://[^"]+)"'
SIZE = (80, 24)


def code_on(text: str) -> str:
    """The join code that the author's dialog shows, as a shell reads it."""
    found = re.search(CODE, text)
    assert found is not None, text
    return found[1].replace("\\\n", "")


def host_of(path: Path, *more: str, size: tuple[int, int] = SIZE, name: str = "Mika") -> tuple[Terminal, str]:
    """The author's terminal with the interview open, and the code with which others join."""
    host = Terminal(["pair", "host", path.name, "--as", name, *more], path.parent, size=size)
    code = code_on(host.wait_for(CODE))
    leave(host)
    return host, code


def guest_of(
    code: str, folder: Path, *more: str, name: str = "Ada", size: tuple[int, int] = SIZE
) -> Terminal:
    """A guest's terminal, which has just been opened."""
    arguments = ["pair", "join", *([code] if code else []), "--as", name, *more]
    elsewhere = {"DBCHARTER_STATE_DIR": str(folder.parent / "guest-state")}
    return Terminal(arguments, folder, size=size, environment=elsewhere)


def admit(host: Terminal, name: str = "Ada") -> None:
    """Let somebody in who waits."""
    host.wait_for(f"◌ {name} waits to be admitted")
    host.type(PAIRING)
    host.wait_for("a admit")
    host.type("a")
    host.wait_for(f"{name} is admitted")
    leave(host)


def hand_over(host: Terminal, section: str, name: str = "Ada") -> None:
    """Let somebody write who has asked to; `section` is how its number and title begin."""
    host.wait_for(f"{name} asks to write in {section}")
    host.type(PAIRING)
    host.wait_for("b may write")
    host.type("b")
    host.wait_for(f"{name} may write in {section}")
    leave(host)


def comment(guest: Terminal, words: str) -> None:
    """Say something about the question that is open."""
    guest.type(COMMENT)
    guest.wait_for("What to say")
    guest.press(*words)
    guest.type(SAY)


def go(terminals: Sequence[Terminal], words: str, shown: str) -> None:
    """Have terminals at a question."""
    for terminal in terminals:
        terminal.type(JUMP)
        terminal.wait_for("Jump to")
        terminal.type(words)
        terminal.wait_for(rf"│ . \S+ +{shown}")
        terminal.type(ENTER)
        terminal.wait_for(f"▶ {shown}")


def leave(terminal: Terminal) -> None:
    """Back to the interview; a key right behind Escape would be taken for another one."""
    terminal.type(ESCAPE)
    terminal.wait_for(r"\^n next due")


@contextmanager
def wire_to(code: str) -> Iterator[Callable[[str], None]]:
    """A proxy to the host of `code`, in a thread of its own; calls its methods by their names."""
    loop, is_there = asyncio.new_event_loop(), threading.Event()
    proxy, over = Proxy(read_code(code)), asyncio.Event()

    async def pass_on() -> None:
        async with proxy:
            is_there.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(pass_on(),))
    thread.start()
    try:
        assert is_there.wait(10)
        yield lambda name: loop.call_soon_threadsafe(getattr(proxy, name)) and None
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
