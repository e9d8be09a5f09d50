"""A list to pick one or several things from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from msgspec import Struct
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.document.answers import Value
from screens.plain import plain
from screens.widgets.option_lines import OptionLines


class Pick(Struct, frozen=True):
    """One thing to pick: what is stored, what is shown, and what more there is to say."""

    value: Value
    title: str
    help: str = ""
    fixed: bool = False
    """Shown as picked and not to be changed."""


class Picks(OptionLines):
    """Picks with ◉ and ☑; Enter and the space bar pick, a click too."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "select", "Pick", show=False)]
    DEFAULT_CSS = """
    Picks, Picks:focus { height: auto; max-height: 14; border: none; padding: 0; background: $surface; }
    """

    @dataclass
    class Changed(Message):
        """The author picked; `again` when it was picked before and only one can be."""

        picks: Picks
        chosen: list[Value]
        again: bool = False

        @property
        def control(self) -> Picks:
            return self.picks

    @dataclass
    class Looked(Message):
        """The cursor is on a pick."""

        picks: Picks
        pick: Pick

        @property
        def control(self) -> Picks:
            return self.picks

    def __init__(
        self,
        picks: Sequence[Pick],
        chosen: Sequence[Value] = (),
        *,
        several: bool = False,
        name: str | None = None,
        disabled: bool = False,
    ) -> None:
        self.picks = list(picks)
        self.chosen = list(chosen)
        self.several = several
        super().__init__(*self._rows(), markup=False, id=name, disabled=disabled)

    def on_mount(self) -> None:
        first = next((n for n, pick in enumerate(self.picks) if pick.value in self.chosen), 0)
        self.highlighted = first if self.picks else None

    def _rows(self) -> list[Option]:
        on, off = ("☑", "☐") if self.several else ("◉", "○")
        rows = []
        for pick in self.picks:
            picked = pick.fixed or pick.value in self.chosen
            text = Text(f"{on if picked else off} ", style="bold" if picked else "").append_text(
                plain(pick.title)
            )
            rows.append(Option(text.append("  (implied)", style="dim") if pick.fixed else text))
        return rows

    def show(self, chosen: Sequence[Value], picks: Sequence[Pick] | None = None) -> None:
        """Show what is chosen, out of other picks when they are given."""
        new = list(self.picks if picks is None else picks)
        if list(chosen) == self.chosen and new == self.picks:
            return
        at, count = self.highlighted, len(self.picks)
        self.chosen, self.picks = list(chosen), new
        rows = self._rows()
        if len(rows) != count:
            self.set_options(rows)
        else:
            for number, row in enumerate(rows):
                self.replace_option_prompt_at_index(number, row.prompt)
        self.highlighted = at if at is not None and at < len(rows) else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self.picks):
            self.post_message(self.Looked(self, self.picks[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        pick = self.picks[event.option_index]
        if pick.fixed:
            return
        if not self.several:
            again = self.chosen == [pick.value]
            self.show([pick.value])
            self.post_message(self.Changed(self, [pick.value], again))
            return
        wanted = set(map(repr, self.chosen)) ^ {repr(pick.value)}
        known = [p.value for p in self.picks]
        strange = [value for value in self.chosen if value not in known]
        self.show([value for value in known if repr(value) in wanted] + strange)
        self.post_message(self.Changed(self, list(self.chosen)))
