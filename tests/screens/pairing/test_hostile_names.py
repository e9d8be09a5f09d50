"""Names are what guests say they are: shown as they stand, never obeyed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.text import clean
from app.pairing.guest import Guest
from app.pairing.wire import Baton, Person
from screens.pairing.company import Company
from screens.pairing.words import company_text, person_text, presence, waiting_text
from tests.screens.pairing.driving import hosting, line_of, told, until
from tests.screens.scenes import as_text

NAMES = {
    "markup": "[bold red]Ada[/] [@click=app.quit]x[/]",
    "escapes": "Ada\x1b[2J\x1b]52;c;aGk=\x07\x9b31m",
    "bidi": "Ada \u202egnp.exe\u2066",
    "lines": "Ada\nadmitted: everybody\r\nx",
    "long": "Ada " + "w" * 496,
    "wide": "愛" * 80,
    "braces": "{name} {0} %s \\N{BULLET}",
}
KEYS = {"company": "⇧F1", "baton": "⇧F4"}


@pytest.mark.parametrize("kind", NAMES)
async def test_a_hostile_name_is_only_a_name(bank: Bank, path: Path, kind: str) -> None:
    async with hosting(bank, path) as (app, pilot, host):
        joining = asyncio.create_task(Guest.connect(bank, host.code, NAMES[kind], NAMES[kind]))
        await until(pilot, lambda: bool(host.waiting))
        name = host.waiting[0][0]
        await until(pilot, lambda: name in told(app))
        await pilot.press("f13")
        waiting = as_text(app)
        await pilot.press("a")
        guest = await joining
        guest.here("control", app.place[0], NAMES[kind][:400])
        guest.ask_baton("control")
        await until(pilot, lambda: "asks to write" in as_text(app))
        asking = as_text(app)
        await pilot.press("b", "f")
        await pilot.press("escape")
        await until(pilot, lambda: "following" in line_of(app))
        for shown in (waiting, asking, as_text(app), told(app)):
            assert clean(shown) == shown
            assert name[:3] in shown
        assert "[" not in name or "[" in asking
        assert app.is_running
        await guest.close()


class Crowd:
    """A company of people with whatever names."""

    is_host = True
    why = ""
    state = "live"
    unsent = 0

    def __init__(self, names: list[str], *, is_host: bool) -> None:
        self.is_host = is_host
        self.people = [
            Person(slug=f"p{at}", name=name or "x", is_author=not at) for at, name in enumerate(names)
        ]
        self.waiting = [] if not is_host else [(name, name) for name in names]
        self.batons = [Baton(section="control", slug="p1", seconds=60.0)]
        self.me = "p0" if is_host else "p1"


texts = st.text(max_size=80)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a machine that is busy says nothing of the lines
@given(names=st.lists(texts, min_size=1, max_size=6), width=st.integers(40, 220), is_host=st.booleans())
def test_lines_about_people_are_one_line_and_fit(names: list[str], width: int, *, is_host: bool) -> None:
    bank = default_bank()
    company: Company = Crowd(names, is_host=is_host)  # type: ignore[assignment]  # has what is looked at
    lines = [
        company_text(bank, company, "control.title", "p1", KEYS, width),
        *(person_text(bank, company, person, "p1", width) for person in company.people),
        *(waiting_text(name, name, width) for name in names),
    ]
    for line in lines:
        assert line.cell_len <= width
        assert "\n" not in line.plain
        assert clean(line.plain) == line.plain


@given(names=st.lists(texts, min_size=2, max_size=4))
def test_who_is_in_a_section_takes_few_columns(names: list[str]) -> None:
    company: Company = Crowd(names, is_host=True)  # type: ignore[assignment]  # has what is looked at
    company.people[:] = [p.model_copy(update={"section": "control"}) for p in company.people]  # type: ignore[index]
    assert 0 < cell_len(presence(company, "control")) <= 8
    assert presence(company, "problem") == ""
