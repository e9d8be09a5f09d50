"""Ask for the path of an answer file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.suggester import Suggester
from textual.widgets import Input, Static

from screens.leaving import Dialog
from screens.plain import plain
from screens.widgets.inputs import LineInput


class PathSuggester(Suggester):
    """Completes folders and answer files."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        head, _, tail = value.rpartition("/")
        folder = Path(f"{head}/" if value.startswith("/") or head else ".").expanduser()
        try:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in folder.iterdir()
                if entry.name.startswith(tail) and (entry.is_dir() or entry.suffix == ".toml")
            )
        except OSError:
            return None
        found = next((name for name in names if tail or not name.startswith(".")), None)
        return None if found is None else f"{head}/{found}" if "/" in value else found


class PathDialog(Dialog[Path | None]):
    """The path of a file that is there; None to go back."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "cancel", "Back"), ("tab", "complete", "Complete")]

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "Open an answer file"
            box.border_subtitle = "tab completes · enter opens · escape"
            yield LineInput(placeholder="path of a .toml file", suggester=PathSuggester())
            yield Static(id="wrong", markup=False)

    def action_complete(self) -> None:
        self.query_one(LineInput).action_cursor_right()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        path = Path(event.value.strip()).expanduser()
        if path.is_file():
            self.dismiss(path)
        else:
            self.query_one("#wrong", Static).update(plain(f"⚠ there is no file {path}"))
