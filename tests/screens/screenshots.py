"""The screenshots of the documentation: python -m tests.screens.screenshots docs/screens"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from textual.widgets import Input, TextArea

from app.bank.load import default_bank
from app.document.machine import USER_VARIABLE
from app.document.places import STATE_VARIABLE
from app.document.who import remember_name
from screens.application import DbcharterApp
from tests.screens.scenes import BY_NAME, WIDE, look

SHOWN = {"setup": "setup", "interview": "prose", "grid": "table", "preview": "preview"}
"""Name of the picture: name of the scene."""


def as_picture(app: DbcharterApp) -> str:
    """The screen as SVG, with cursors that do not blink and nothing to fetch from elsewhere."""
    for widget in app.screen.query("Input, TextArea"):
        if isinstance(widget, Input | TextArea):
            widget.cursor_blink = False
    picture = app.export_screenshot(title="dbcharter")
    picture = re.sub(r"terminal-\d+-", "terminal-", picture)  # another number for each content
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


async def main(folder: Path) -> None:
    bank = default_bank()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.pop(USER_VARIABLE, None)
    for name, scene in SHOWN.items():
        with tempfile.TemporaryDirectory() as desk:
            os.environ[STATE_VARIABLE] = str(Path(desk, "state"))
            remember_name("Ana Costa")
            os.chdir(desk)
            picture = await look(bank, BY_NAME[scene], WIDE, as_picture)
            os.chdir("/")
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).absolute()))
