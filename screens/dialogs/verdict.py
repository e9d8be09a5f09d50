"""Approve sections, or ask for changes in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Label, Static

from app.document.answers import Value
from app.review.model import VerdictKind
from screens.dialogs.keeping import KeepingDialog
from screens.plain import plain
from screens.widgets.inputs import TextBox
from screens.widgets.picks import Pick, Picks

Judge = Callable[[Sequence[str], str], None]
"""Gives the verdict on sections, with a text. Raises DbcharterError with what is wrong with it."""

_TITLES = {"approve": "Approve", "request_changes": "Request changes", "comment": "Remark"}
_LABELS = {"approve": "A remark (may be left empty)", "request_changes": "What has to change"}


class Judged(Struct, frozen=True):
    """A section that may be judged: its id, what it is called, and what the verdict would count for.

    `waits`: the reviewer has not judged it yet as it is.
    """

    section: str
    title: str
    counts: str
    waits: bool = False


class VerdictDialog(KeepingDialog):
    """`judge` takes the verdict on the chosen sections."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "keep", "Give it", priority=True),
        Binding("ctrl+a", "all", "All that wait", priority=True),
    ]
    DEFAULT_CSS = """
    VerdictDialog Label { margin: 1 0 0 0; }
    VerdictDialog Picks { max-height: 9; scrollbar-size-vertical: 1; }
    VerdictDialog TextBox { min-height: 2; max-height: 6; }
    VerdictDialog #counts { height: auto; color: $text-muted; }
    """

    AUTO_FOCUS = ""

    def __init__(
        self, kind: VerdictKind, offered: Sequence[Judged], chosen: Sequence[str], judge: Judge
    ) -> None:
        super().__init__()
        self.kind = kind
        self._title = _TITLES[kind]
        self.offered = tuple(offered)
        self.chosen = list(chosen)
        self._judge = judge

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = f"{self._title} as it is now"
            box.border_subtitle = "ctrl+s gives it · space picks · ctrl+a all that wait · escape leaves it"
            picks = [Pick(judged.section, judged.title) for judged in self.offered]
            values: list[Value] = [*self.chosen]
            yield Picks(picks, values, several=True)
            yield Static(id="counts", markup=False)
            yield Label(_LABELS.get(self.kind, "What to say"))
            yield TextBox()
            yield Static(id="wrong", markup=False)

    def on_mount(self) -> None:
        self.query_one(TextBox if self.chosen else Picks).focus()
        self._show_counts()

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        self._show_counts()

    def action_all(self) -> None:
        """Pick all sections that wait for a verdict, and those that are picked already."""
        picks = self.query_one(Picks)
        wanted = {judged.section for judged in self.offered if judged.waits} | set(picks.chosen)
        picks.show([judged.section for judged in self.offered if judged.section in wanted])
        self._show_counts()

    def _picked(self) -> list[str]:
        chosen = self.query_one(Picks).chosen
        return [judged.section for judged in self.offered if judged.section in chosen]

    def _show_counts(self) -> None:
        picked = self._picked()
        said = dict.fromkeys(judged.counts for judged in self.offered if judged.section in picked)
        self.query_one("#counts", Static).update(plain("\n".join(said)))

    def take(self) -> None:
        self._judge(self._picked(), self.query_one(TextBox).text)
