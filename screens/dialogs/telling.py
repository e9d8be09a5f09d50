"""A dialog whose words are for nobody before they are said."""

from __future__ import annotations

from screens.dialogs.texts import written
from screens.leaving import Dialog, Result
from screens.plain import plain


class Telling(Dialog[Result]):
    """When the program is left meanwhile, what was written here is told at the terminal."""

    _title = ""
    """What the words are about."""

    def on_mount(self) -> None:
        self._before = self._words()

    def _words(self) -> list[str]:
        return [written(box).strip() for box in self.query("LineInput, TextBox")]

    def unsaid(self) -> list[str]:
        both = zip(self._words(), self._before, strict=True)
        words = [now for now, before in both if now not in ("", before)]
        lines = "\n".join(words)
        return [plain(f"not said ({self._title}): {lines}").plain] if words else []
