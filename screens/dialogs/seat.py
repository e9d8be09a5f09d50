"""Who sits at the terminal: the author, a reviewer who is known, or somebody else by name and role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Label, Static

from app.bank.model import Option
from app.document.machine import environment_name
from app.review.names import slug_of
from app.review.roles import role_title
from screens.leaving import Dialog
from screens.plain import plain, plain_line
from screens.review.sitting import Seat, Sitting
from screens.tabbing import TAB_KEYS
from screens.widgets.inputs import LineInput
from screens.widgets.picks import Pick, Picks

OTHER = -1
"""The pick for somebody who is not listed."""
NO_ROLE = ""
AUTHOR = -2
"""The pick for the author under another name."""


class SeatDialog(Dialog[Seat | None]):
    """Returns who sits down; None when nobody moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "cancel", "Stay"),
        ("ctrl+t", "back", "Who sat here before"),
        *TAB_KEYS,
    ]
    DEFAULT_CSS = """
    SeatDialog Label { width: 1fr; color: $text-muted; margin: 1 0 0 0; }
    SeatDialog #about, SeatDialog #wrong { height: auto; }
    SeatDialog #about { color: $text-muted; margin: 1 0 0 0; }
    SeatDialog #wrong { color: $error; }
    """
    AUTO_FOCUS = "#seat"

    def __init__(self, sitting: Sitting, seats: Sequence[Seat], missing: Sequence[str]) -> None:
        super().__init__()
        self.sitting = sitting
        self.seats = tuple(seats)
        self.missing = tuple(missing)

    def compose(self) -> ComposeResult:
        bank, before = self.sitting.session.bank, self.sitting.before
        picks = [Pick(at, self._words(seat)) for at, seat in enumerate(self.seats)]
        picks.append(Pick(OTHER, "Somebody else …"))
        here = self.seats.index(self.sitting.seat) if self.sitting.seat in self.seats else OTHER
        roles = bank.enumerations.get("reviewer_role")
        offered: tuple[Option, ...] = tuple(roles.options) if roles else ()
        with VerticalScroll(classes="dialog", can_focus=False) as box:
            box.border_title = "Who sits here"
            back = f" · ctrl+t {self._words(before)}" if before is not None else ""
            box.border_subtitle = plain_line(f"enter sits down{back} · escape stays", 70)
            yield Picks(picks, [here], name="seat")
            yield Static(plain(self._about()), id="about", markup=False)
            yield Label("Name", classes="other")
            yield LineInput(id="name", classes="other")
            yield Label("Role", classes="other")
            known = [Pick(NO_ROLE, "none"), *(Pick(role.id, role.title) for role in offered)]
            if not environment_name():
                known.append(Pick(AUTHOR, "the author, whose name is remembered here"))
            yield Picks(known, [self._first_role()], name="role")
            yield Static(id="wrong", markup=False)

    def _words(self, seat: Seat) -> str:
        role = role_title(self.sitting.session.bank, seat.role) if seat.role else ""
        return f"{seat.glyph} {seat.words(role)}"

    def _about(self) -> str:
        titles = ", ".join(role_title(self.sitting.session.bank, role) for role in self.missing)
        return f"Nobody is named yet for: {titles}" if titles else ""

    def _first_role(self) -> str:
        return self.missing[0] if self.missing else NO_ROLE

    def on_mount(self) -> None:
        self.query_one("#about").display = bool(self.missing)
        self._show_other(False)

    def _show_other(self, there: bool) -> None:
        self.query(".other").set(display=there)
        self.query_one("#role").display = there

    def on_picks_changed(self, event: Picks.Changed) -> None:
        event.stop()
        (chosen,) = event.chosen
        if event.picks.id == "role":
            self._sit_down()
        elif chosen == OTHER:
            self._show_other(True)
            self.query_one("#name").focus()
        else:
            assert isinstance(chosen, int)
            self.dismiss(self.seats[chosen])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if slug_of(event.value):
            self.query_one("#role").focus()
        else:
            self._refuse()

    def _refuse(self) -> None:
        self.query_one("#wrong", Static).update("⚠ A name needs a letter or a digit.")
        self.query_one("#name").focus()

    def _sit_down(self) -> None:
        name = " ".join(self.query_one("#name", LineInput).value.split())
        if slug_of(name):
            (role,) = self.query_one("#role", Picks).chosen
            self.dismiss(Seat(name, is_author=True) if role == AUTHOR else Seat(name, str(role)))
        else:
            self._refuse()

    def action_back(self) -> None:
        """Who sat here before sits down again."""
        self.dismiss(self.sitting.before)
