"""Textual's OptionList, except that page keys are no error between new options and their first layout."""

from __future__ import annotations

import contextlib

from textual.widgets import OptionList


class OptionLines(OptionList):
    """A list of options; a page key that comes before they are laid out does nothing."""

    def action_page_up(self) -> None:
        with contextlib.suppress(KeyError):
            super().action_page_up()  # type: ignore[no-untyped-call]  # Textual leaves it untyped

    def action_page_down(self) -> None:
        with contextlib.suppress(KeyError):
            super().action_page_down()  # type: ignore[no-untyped-call]  # Textual leaves it untyped
