"""Who takes part, and what can be done about it: one dialog for the author, one for a guest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static
from textual.widgets.option_list import Option

from app.problems import DbcharterError
from screens.actions import Scope, bindings
from screens.leaving import Dialog
from screens.pairing.company import Company, Hosting, Visiting, author_of, holder_of, section_name
from screens.pairing.refused import refused_texts
from screens.pairing.words import person_text, waiting_text
from screens.plain import plain, plain_line
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines

if TYPE_CHECKING:
    from screens.pairing.guest_app import GuestApp
    from screens.pairing.paired import PairedApp

_CODE_LINE = 72
"""Columns of one line of the command that joins."""


class PeopleDialog(Dialog[None]):
    """The people of a session; subclasses say what can be done with the one under the cursor."""

    more_scopes: ClassVar[tuple[Scope, ...]] = ("people",)
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "close", "Back"),
        *bindings("people"),
    ]
    DEFAULT_CSS = """
    PeopleDialog #box { width: 100%; height: auto; max-height: 90%; padding: 0; background: $surface;
        border: none; border-top: solid $primary; border-bottom: solid $primary;
        border-title-color: $primary; }
    PeopleDialog Static { height: auto; width: 1fr; }
    PeopleDialog #people { height: auto; max-height: 10; border: none; background: $surface; }
    PeopleDialog #code { margin: 0 0 1 0; color: $accent; }
    PeopleDialog #said { margin: 1 0 0 0; }
    """
    AUTO_FOCUS = "#people"

    def __init__(self, company: Company) -> None:
        super().__init__()
        self.company = company
        self._slugs: list[str] = []
        self._armed: tuple[str, str] = ("", "")

    @property
    def paired(self) -> PairedApp:
        return cast("PairedApp", self.app)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box", can_focus=False) as box:
            box.border_title = "Pairing · escape closes"
            yield Static(id="about", markup=False)
            yield Static(id="code", markup=False)
            yield OptionLines(id="people", markup=False)
            yield Static(id="said", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        self.show()

    def show(self) -> None:
        """Show how things stand; the cursor stays with its person, or goes to who needs a decision."""
        people = self.query_one("#people", OptionLines)
        chosen = self.chosen
        width = max(self.app.size.width - 4, 20)
        rows = self._rows(width)
        self._slugs = [slug for slug, _ in rows]
        people.set_options([Option(text) for _, text in rows])
        stays = chosen in self._slugs and chosen != self.company.me
        people.highlighted = self._slugs.index(chosen) if stays else 0 if rows else None
        self.query_one("#about", Static).update(self._about())
        code = self._code()
        self.query_one("#code", Static).update(code)
        self.query_one("#code").display = bool(code)

    @property
    def chosen(self) -> str:
        """Who is under the cursor: a slug, or `waits:` and a name."""
        at = self.query_one("#people", OptionLines).highlighted
        return self._slugs[at] if at is not None and at < len(self._slugs) else ""

    def _rows(self, width: int) -> list[tuple[str, Text]]:
        bank, following = self.paired.bank, self.paired.following
        rows = [(f"waits:{name}", waiting_text(name, role, width)) for name, role in self.company.waiting]
        people = sorted(self.company.people, key=lambda person: person.slug == self.company.me)
        rows += [(p.slug, person_text(bank, self.company, p, following, width)) for p in people]
        return rows

    def _about(self) -> Text:
        raise NotImplementedError

    def _code(self) -> Text:
        return Text()

    def say(self, text: str) -> None:
        """Say something below the people; `text` may hold people's words."""
        self.query_one("#said", Static).update(plain_line(text, max(self.app.size.width * 2 - 4, 20)))

    def twice(self, what: str, question: str) -> bool:
        """Whether something has been asked for twice in a row; asks for the second time otherwise."""
        asked, self._armed = self._armed, (what, self.chosen)
        if asked == self._armed:
            self._armed = ("", "")
            return True
        self.say(question)
        return False

    def action_follow_person(self) -> None:
        person = next((p for p in self.company.people if p.slug == self.chosen), None)
        if person is None or person.slug == self.company.me:
            self.say("Put the cursor on the person to follow")
        else:
            self.paired.follow(person.slug)
            self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)


class HostDialog(PeopleDialog):
    """The author's: how to join, who waits, who is here, who may write where."""

    scope: Scope = "hosting"
    BINDINGS: ClassVar[list[BindingType]] = [("enter", "first", "Admit"), *bindings("hosting")]

    def __init__(self, company: Hosting) -> None:
        super().__init__(company)
        self.hosting = company

    @property
    def command(self) -> str:
        """What a guest types."""
        return f'dbcharter pair join "{self.hosting.host.code}"'

    def _about(self) -> Text:
        if self.company.state == "ended":
            return plain(f"The session has ended: {self.company.why}. The document stays open here.")
        return plain("To join, run this in another terminal; c copies it. Show it only to whom you invite.")

    def _code(self) -> Text:
        """The command in lines that a shell takes as they stand."""
        if self.company.state == "ended":
            return Text()
        first, code = self.command.split('"', 1)
        parts = [f'"{code}'[at : at + _CODE_LINE] for at in range(0, len(code) + 1, _CODE_LINE)]
        return plain("\\\n".join([first, *parts]))

    def on_option_list_option_selected(self) -> None:
        if self.chosen.startswith("waits:"):
            self.action_admit()

    def _try(self, do: Any, said: str) -> bool:
        try:
            do()
        except DbcharterError as error:
            self.say(str(error))
            return False
        self.say(said)
        self.paired.company_changed()
        return True

    def action_admit(self) -> None:
        name = self._waiting()
        if name is None:
            self.say("Nobody waits")
        else:
            self._try(lambda: self.hosting.host.admit(name), f"{name} is admitted")

    def _waiting(self) -> str | None:
        """Who waits: the one under the cursor, or the first."""
        names = [name for name, _ in self.company.waiting]
        chosen = self.chosen.removeprefix("waits:")
        return chosen if chosen in names else names[0] if names else None

    def action_send_away(self) -> None:
        chosen, host = self.chosen, self.hosting.host
        if chosen.startswith("waits:"):
            name = chosen.removeprefix("waits:")
            if self.twice("refuse", f"Refuse {name}, who may not ask again? x once more does it"):
                self._try(lambda: host.remove(name), f"{name} is refused")
            return
        name = self._guest()
        if name and self.twice("remove", f"Remove {name}, who cannot come back? x once more does it"):
            self._try(lambda: host.remove(name), f"{name} is removed; what was said stays")

    def _guest(self) -> str:
        """The name of the guest under the cursor, or ""."""
        found = next((p for p in self.company.people if p.slug == self.chosen and not p.is_author), None)
        if found is None:
            self.say("Put the cursor on a guest")
        return found.name if found else ""

    def action_grant(self) -> None:
        guest = self._guest()
        section = self.hosting.asked.get(self.chosen) or self.paired.section
        if guest and section:
            name = section_name(self.paired.bank, section)
            self._try(lambda: self.hosting.host.grant_baton(guest, section), f"{guest} may write in {name}")

    def action_take_back(self) -> None:
        sections = [baton.section for baton in self.company.batons if baton.slug == self.chosen]
        if not sections:
            self.say("Put the cursor on a guest who may write somewhere")
        for section in sections:
            name = section_name(self.paired.bank, section)
            self._try(lambda section=section: self.hosting.host.take_baton(section), f"{name} is yours again")

    def action_copy_code(self) -> None:
        self.app.copy_to_clipboard(self.command)
        self.say("Copied, if this terminal lets programs do that; otherwise mark the lines above")

    def action_renew_code(self) -> None:
        self._try(self.hosting.host.renew_invitation, "The code before lets nobody in any more")

    async def action_end_session(self) -> None:
        if self.company.state == "ended":
            self.say("It has ended already")
        elif self.twice("end", "End the session for everybody? e once more does it"):
            await self.hosting.host.end()


class GuestDialog(PeopleDialog):
    """A guest's: who is here, what one may do, and what the host did not take."""

    scope: Scope = "visiting"
    BINDINGS: ClassVar[list[BindingType]] = bindings("visiting")

    def __init__(self, company: Visiting) -> None:
        super().__init__(company)
        self.visiting = company

    @property
    def guest_app(self) -> GuestApp:
        return cast("GuestApp", self.app)

    def _about(self) -> Text:
        author, company = author_of(self.company), self.company
        if company.state == "ended":
            text = (
                f"The session is over: {company.why}. You can read on until you leave; nothing is kept here."
            )
        elif company.state == "lost":
            why = company.why or "the connection is lost"
            text = f"{why[0].upper()}{why[1:]}; it is tried again. What you say is kept."
        else:
            section = self.paired.section
            name, holder = section_name(self.paired.bank, section), holder_of(company, section)
            text = f"You are a guest of {author}. "
            if holder == company.me:
                text += f"You may write in {name}; t gives it back."
            else:
                text += f"You can comment and suggest everywhere; b asks to write in {name}."
        said = plain(text)
        if company.unsent:
            said.append(f"\n{company.unsent} waiting to be sent.")
        for refused in refused_texts(self.visiting.guest.session.unaccepted):
            said.append("\n").append_text(plain(refused))
        return said

    def action_ask_baton(self) -> None:
        self.guest_app.ask_baton()
        self.say(f"Asked {author_of(self.company)}" if self.company.state == "live" else "Not connected")

    def action_give_back(self) -> None:
        self.guest_app.give_baton()
