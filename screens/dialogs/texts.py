"""Boxes in which a dialog shows texts to be changed: what nobody touched comes back as it was."""

from __future__ import annotations

from typing import Any

from textual.widget import Widget

from screens.widgets.inputs import LineInput, TextBox


def written(box: Widget) -> str:
    """What stands in a box."""
    if isinstance(box, TextBox):
        return box.text
    return box.value if isinstance(box, LineInput) else ""


class Texts:
    """The boxes of a dialog by their ids: a line each, or several lines where the text has them."""

    def __init__(self) -> None:
        self._boxes: dict[str, tuple[LineInput | TextBox, str, str]] = {}

    def box(self, name: str, text: str, **arguments: Any) -> Widget:
        """A new box that shows `text`; the arguments are those of a line."""
        made: LineInput | TextBox
        if "\n" in text:
            made = TextBox(text, id=name, classes=arguments.get("classes"))
            made.cursor_location = made.document.end
        else:
            made = LineInput(text, id=name, **arguments)
        self._boxes[name] = made, text, written(made)
        return made

    def __getitem__(self, name: str) -> str:
        """What the box says: the text that it was given unless somebody wrote something else."""
        box, text, _ = self._boxes[name]
        return written(box).strip() if self.is_touched(name) else text

    def is_touched(self, *names: str) -> bool:
        """Whether something else was written into one of the boxes."""
        return any(written(box) != shown for box, _, shown in map(self._boxes.__getitem__, names))
