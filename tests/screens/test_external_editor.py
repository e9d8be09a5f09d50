"""The screen is put away for an editor, and is back whatever becomes of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual.app import App, SuspendNotSupported

from app.problems import DocumentError
from screens import external_editor
from screens.external_editor import edit_outside


class Away(App[int]):
    """Notes what becomes of its screen, which comes back as Textual does it: after a block without errors."""

    def __init__(self, *, can: bool = True) -> None:
        super().__init__()
        self.can = can
        self.seen: list[str] = []

    @contextmanager
    def suspend(self) -> Iterator[None]:
        if not self.can:
            raise SuspendNotSupported
        self.seen.append("away")
        yield
        self.seen.append("back")


def test_the_text_is_what_the_editor_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Away()

    def edit(text: str, suffix: str) -> str:
        app.seen.append("edited")
        return text + suffix

    monkeypatch.setattr(external_editor, "edit_text", edit)
    assert edit_outside(app, "words", ".md") == "words.md"
    assert app.seen == ["away", "edited", "back"]


@pytest.mark.parametrize("error", [DocumentError("no editor"), RuntimeError("a defect")])
def test_the_screen_is_back_before_a_failure_is_told(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_said: Any) -> str:
        raise error

    monkeypatch.setattr(external_editor, "edit_text", fail)
    app = Away()
    with pytest.raises(type(error)) as raised:
        edit_outside(app, "words", ".md")
    assert raised.value is error
    assert app.seen == ["away", "back"]


def test_a_terminal_that_cannot_be_put_away_is_told() -> None:
    with pytest.raises(DocumentError, match="cannot be put away"):
        edit_outside(Away(can=False), "words", ".md")
