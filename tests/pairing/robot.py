"""A guest in a process of its own that changes random things.

Run it with `python -m tests.pairing.robot CODE NAME SEED SECTION`.
Says `here`, waits for the baton of its section, says `done` when the host has decided everything, and what it
ends with when the title is the last word.
"""

from __future__ import annotations

import asyncio
import random
import sys
from hashlib import sha256

from app.document.answers import Answers
from app.pairing.codes import read_code
from app.pairing.guest import Guest
from tests.pairing.changing import say
from tests.pairing.rooms import BANK, TITLE

TURNS = 60
LAST = "the last word"


def digest(answers: Answers) -> str:
    """A name for what answers say."""
    return sha256(
        repr(sorted((name, plain(value)) for name, value in answers.values.items())).encode()
    ).hexdigest()


def plain(value: object) -> object:
    if hasattr(value, "items"):
        return [(name, plain(item)) for name, item in value.items()]
    return [plain(item) for item in value] if isinstance(value, tuple) else value


async def main(code: str, name: str, seed: str, section: str) -> None:
    rng = random.Random(seed)
    async with await Guest.connect(BANK, read_code(code), name) as guest:
        print("here", flush=True)
        while not guest.session.batons.holder(section):
            await asyncio.sleep(0.01)
        for _ in range(TURNS):
            say(rng, guest.session)
            await asyncio.sleep(rng.random() * 0.004)
        while not guest.session.saved:
            await asyncio.sleep(0.005)
        print("done", flush=True)
        while guest.session.answers.values.get(TITLE) != LAST:
            await asyncio.sleep(0.005)
        print(digest(guest.session.answers), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
