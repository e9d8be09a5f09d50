"""The author's inbox: what reviewers said that waits for an answer, and who still blocks what."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from app.document.text import one_line
from app.review.approval import Say, section_name
from app.review.inbox import Blocked, Item, Tray, inbox
from app.review.marks import Marked
from app.review.suggestions import Proposal
from app.review.threads import Talk
from app.review.verdicts import Standing, difference_since
from app.session import Session
from screens.actions import Scope, bindings
from screens.looking import LookingScreen
from screens.messages import GoTo
from screens.plain import plain, plain_line
from screens.review.marks import FATES, HELD, OPEN, SAYS, mark_of_voices
from screens.review.suggesting import accept, reject
from screens.review.talking import reply_to, sitting_of, turn_thread
from screens.review.texts import VERBS, Painter
from screens.states import Mark
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines
from screens.widgets.status_line import StatusLine


class InboxScreen(LookingScreen):
    """Trays on the left or on top, and all of the thing under the cursor."""

    scope = "inbox"
    more_scopes: ClassVar[tuple[Scope, ...]] = ("said",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("inbox", "said")
    CSS_PATH = "inbox.tcss"
    AUTO_FOCUS = "#items"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.rows: list[Item | None] = []

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        with Container(id="both"):
            yield OptionLines(id="items", markup=False)
            with VerticalScroll(id="details"):
                yield Static(id="text", markup=False)
        yield KeyLine()

    def on_resize(self, event: Resize) -> None:
        del event
        self.call_after_refresh(self.look)

    @property
    def _options(self) -> OptionList:
        return self.query_one("#items", OptionList)

    @property
    def item(self) -> Item | None:
        """What the cursor is on."""
        at = self._options.highlighted
        return self.rows[at] if at is not None and at < len(self.rows) else None

    def look(self) -> None:
        """List the trays, the cursor on what it was on, or on what came in its place."""
        options, before, at = self._options, self.item, self._options.highlighted or 0
        painter = Painter(sitting_of(self).state(), self.app.theme_variables)
        width = max((options.size.width or self.size.width) - 3, 24)
        rows = trays(painter, width)
        self.rows = [item for item, _ in rows]
        nothing = [Option(Text("Nothing waits, and nobody blocks."), disabled=True)]
        options.set_options([Option(text, disabled=item is None) for item, text in rows] or nothing)
        keys = {item.key: place for place, item in enumerate(self.rows) if item is not None}
        near = next((place for place in keys.values() if place >= at), max(keys.values(), default=None))
        options.highlighted = keys.get(before.key, near) if before is not None else near
        self._show_item()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_item()

    def _show_item(self) -> None:
        painter = Painter(sitting_of(self).state(), self.app.theme_variables)
        text = Text() if self.item is None else details(painter, self.item)
        self.query_one("#text", Static).update(text)
        self.query_one("#details").scroll_home(animate=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_open_question()

    # what can be done

    def action_open_question(self) -> None:
        """Open the place in the interview."""
        if self.item is not None and self.item.question in self.session.bank.questions:
            self.post_message(GoTo(self.item.question, self.item.row or "", self.item.column or ""))

    def action_next_said(self) -> None:
        places = [at for at, item in enumerate(self.rows) if item is not None]
        here = self._options.highlighted or 0
        if places:
            self._options.highlighted = next((at for at in places if at > here), places[0])

    def action_accept_suggestion(self) -> None:
        proposal = self._proposal()
        if proposal is not None:
            accept(self, proposal)

    def action_reject_suggestion(self) -> None:
        proposal = self._proposal()
        if proposal is not None:
            reject(self, proposal)

    def _proposal(self) -> Proposal | None:
        matter = self.item.matter if self.item is not None else None
        if isinstance(matter, Proposal):
            return matter
        self.dbcharter.tell("This is no suggestion", seconds=3)
        return None

    def action_reply(self) -> None:
        talk = self._talk()
        if talk is not None:
            reply_to(self, talk)

    def action_resolve(self) -> None:
        talk = self._talk()
        if talk is not None:
            turn_thread(self, talk)

    def _talk(self) -> Talk | None:
        matter = self.item.matter if self.item is not None else None
        if isinstance(matter, Talk):
            return matter
        self.dbcharter.tell("This is no thread", seconds=3)
        return None


def trays(painter: Painter, width: int) -> list[tuple[Item | None, Text]]:
    """Each thing on a line, under the name of its tray."""
    items, rows = inbox(painter.state), list[tuple[Item | None, Text]]()
    for tray in Tray:
        inside = [item for item in items if item.tray == tray]
        if inside:
            rows.append((None, Text(f"{tray}  {len(inside)}", style="bold")))
            rows += [(item, _line(painter, item, width)) for item in inside]
    return rows


def _line(painter: Painter, item: Item, width: int) -> Text:
    mark, words = _short(painter, item)
    text = Text(f" {mark.glyph} ", style=painter.style(mark), no_wrap=True)
    return text.append_text(plain_line(words, max(width - 3, 8)))


def _short(painter: Painter, item: Item) -> tuple[Mark, str]:
    bank = painter.state.bank
    match item.matter:
        case Proposal(suggestion=said, fate=fate):
            where = painter.where(said.question, said.row, said.column)
            return FATES[fate], f"{where}: {painter.name(said.person)} suggests {one_line(painter.new(said))}"
        case Talk(thread=thread, replies=replies):
            last = replies[-1].text if replies else thread.text
            where = painter.where(thread.question, thread.row, thread.column)
            return OPEN, f"{where}: {painter.name(thread.person)}: {one_line(last)}"
        case Standing(verdict=verdict):
            name = section_name(bank, verdict.section)
            return SAYS[Say.STALE], f"{name}: {painter.name(verdict.person)}'s verdict"
        case Marked(mark=said, held=held):
            words = (painter.check_name(said.check), painter.name(said.person), one_line(said.text))
            return HELD[held], ": ".join(word for word in words if word)
        case Blocked(section=section, voices=voices):
            roles = ", ".join(f"{voice.role.title} {SAYS[voice.say].word}" for voice in voices)
            return mark_of_voices(voices), f"{section_name(bank, section)}: {roles}"


def details(painter: Painter, item: Item) -> Text:
    """All that there is to say about one thing."""
    state = painter.state
    match item.matter:
        case Proposal() as proposal:
            return painter.proposal(proposal, 200)
        case Talk() as talk:
            return painter.talk(talk, 200)
        case Standing(verdict=verdict):
            head = f"{painter.name(verdict.person)} {VERBS[verdict.verdict]} this on {verdict.at[:10]}."
            text = plain(f"{head} It says something else by now:\n\n")
            return text.append_text(painter.difference(difference_since(state.bank, state.answers, verdict)))
        case Marked(mark=said, is_stale=is_stale) as marked:
            text = (
                plain(painter.check_name(said.check), "bold").append("\n").append_text(painter.marked(marked))
            )
            if not is_stale:
                return text
            text.append("\nIt says something else by now:\n\n")
            return text.append_text(painter.difference(difference_since(state.bank, state.answers, said)))
        case Blocked(section=section, voices=voices):
            lines = [plain(section_name(state.bank, section), "bold")]
            for voice in voices:
                lines.append(painter.voice(voice))
                if voice.verdict is not None and voice.verdict.text:
                    lines.append(plain(f"  {voice.verdict.text}"))
                lines += [plain(f"  because {reason}", "dim") for reason in voice.role.because]
            return Text("\n").join(lines)
