"""Every screen as text, and the main ones as pictures with their colours, compared with files.

`pytest --update-goldens` writes the files anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bank.model import Bank
from tests.screens.scenes import BY_NAME, GOLDENS, SCENES, SIZES, SMALL, Scene, as_text, golden, look
from tests.screens.screenshots import as_picture

CASES = [(scene, size) for scene in SCENES for size in scene.sizes]
PICTURED = [
    BY_NAME[name] for name in ("start", "setup", "prose", "table", "preview", "overview", "checklist")
]
Size = tuple[int, int]


def named(value: object) -> str:
    return value.name if isinstance(value, Scene) else "{}x{}".format(*value)  # type: ignore[misc]  # a size


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "box-office"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.mark.parametrize(("scene", "size"), CASES, ids=named)
async def test_the_screen_is_as_it_was(
    bank: Bank, scene: Scene, size: Size, request: pytest.FixtureRequest
) -> None:
    text = await look(bank, scene, size, as_text)
    assert text.splitlines() == golden(request.config, scene.name, size, "txt", text)


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("scene", PICTURED, ids=named)
async def test_the_screen_has_the_colours_that_it_had(
    bank: Bank, scene: Scene, size: Size, request: pytest.FixtureRequest
) -> None:
    picture = await look(bank, scene, size, as_picture)
    assert picture.splitlines() == golden(request.config, scene.name, size, "svg", picture)


@pytest.mark.parametrize("scene", [BY_NAME[name] for name in ("setup", "table", "overview")], ids=named)
async def test_nothing_is_said_by_colour_alone(
    bank: Bank, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without colours every word is the same."""
    monkeypatch.setenv("NO_COLOR", "1")
    text = await look(bank, scene, SMALL, as_text)
    file = GOLDENS / f"{scene.name}-{SMALL[0]}x{SMALL[1]}.txt"
    assert text.splitlines() == file.read_text(encoding="utf-8").splitlines()
