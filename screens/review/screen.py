"""The reviewer's screen: jump through what there is to look at, read it, and say something about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import OptionList, Static

from app.review.agenda import Entry, SectionVoices, agenda, next_waiting
from app.review.anchors import Place, Spot
from app.review.model import BOUND, CheckMark, MarkKind, VerdictKind
from app.review.threads import Talk, anchor_of
from app.review.verdicts import difference_since
from app.session import Session
from screens.actions import Scope, bindings
from screens.background import Newest
from screens.dialogs.place import PlaceChoice
from screens.looking import LookingScreen
from screens.messages import GoTo
from screens.review.agenda_list import AgendaList
from screens.review.excerpt_view import ExcerptView, Span
from screens.review.excerpts import Excerpt, Excerpts, set_lines
from screens.review.finding_place import line_of, spans_of
from screens.review.marking import Worksheet, check_of, mark_check
from screens.review.said import SaidPane, place_of, said_at
from screens.review.suggesting import suggest_at
from screens.review.talking import (
    choices,
    choose_place,
    comment_at,
    judge,
    remark_on,
    reply_to,
    sitting_of,
    turn_thread,
)
from screens.review.texts import Painter
from screens.review.whereabouts import entry_about, place_of_entry
from screens.typesetting.look import look_of
from screens.widgets.key_line import KeyLine
from screens.widgets.status_line import StatusLine

Read = tuple[str, tuple[Excerpt, ...]]
"""The key of an entry, and what there is to read for it."""


class ReviewScreen(LookingScreen):
    """A list on the left or on top; beside it the document at one place or two, and what was said there."""

    scope = "review"
    more_scopes: ClassVar[tuple[Scope, ...]] = ("said",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("worksheet", "review", "said")
    CSS_PATH = "review.tcss"
    AUTO_FOCUS = "#agenda"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.entries: tuple[Entry, ...] = ()
        self.said_asked = False
        """Whether what was said is shown although there is no room for it beside the text."""
        self._excerpts = Excerpts(session.bank)
        self._reader: Newest[Read] = Newest(self, self._read)
        self._entry: Entry | None = None
        self._section = ""

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        with Worksheet(id="both"):
            yield AgendaList()
            with Vertical(id="reading"):
                yield Static(id="title", markup=False)
                with VerticalScroll(id="about", can_focus=False):
                    yield Static(id="about-text", markup=False)
                with Horizontal(id="sides"):
                    yield ExcerptView("left")
                    yield ExcerptView("right")
            yield SaidPane()
        yield KeyLine()

    def on_resize(self, event: Resize) -> None:
        del event
        self._show_panes()
        self.call_after_refresh(self._show_all)

    # showing

    @property
    def _list(self) -> AgendaList:
        return self.query_one(AgendaList)

    @property
    def _said(self) -> SaidPane:
        return self.query_one(SaidPane)

    def _views(self) -> tuple[ExcerptView, ExcerptView]:
        return self.query_one("#left", ExcerptView), self.query_one("#right", ExcerptView)

    def _painter(self) -> Painter:
        return Painter(sitting_of(self).state(), self.app.theme_variables)

    def look(self) -> None:
        seat = sitting_of(self).seat
        self.entries = agenda(sitting_of(self).state(), seat.person, seat.role)
        self._show_all()

    def _show_all(self) -> None:
        if self.size.width:
            width = max((self._list.size.width or self.size.width) - 3, 24)
            self._list.show(self.entries, self._painter(), width)
            self.read_section(self._section)
            self._show_entry()

    def _show_panes(self) -> None:
        """Text and what was said beside each other where there is room, else one of them."""
        there_is_room = self.size.width >= 140
        self._said.display = there_is_room or self.said_asked
        self.query_one("#reading").display = there_is_room or not self.said_asked

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_list is self._list and self._list.entry is not self._entry:
            self._show_entry()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter reads: the text gets the keys."""
        event.stop()
        if event.option_list is self._list:
            (self._said.query_one(OptionList) if self.said_asked else self._views()[0]).focus()

    def _show_entry(self) -> None:
        entry, before, painter = self._list.entry, self._entry, self._painter()
        self._entry = entry
        self._show_keys()
        title, about = self.query_one("#title", Static), self.query_one("#about-text", Static)
        if entry is None:
            title.update("Nothing to review yet.")
            about.update("")
            return
        words = said_at(painter.state, entry.questions(self.session.bank), entry.sections(self.session.bank))
        heading = painter.title(entry)
        still_open = sum(isinstance(one, Talk) and one.is_open for one in words)
        if still_open and not self._said.display:
            heading.append(f"  ● {still_open} open, t shows", style=self.app.theme_variables["accent"])
        title.update(heading)
        text = painter.about(entry)
        about.update(text)
        self.query_one("#about").display = bool(text)
        self._said.show(words, painter, keep=before is not None and before.key == entry.key)
        self._ask_for_text(entry)

    def _show_keys(self) -> None:
        """Name the keys of cross-checks where the cursor is on one."""
        check = check_of(sitting_of(self).state(), self._list.entry)
        both, scope = self.query_one(Worksheet), "worksheet" if check is not None else ""
        if both.scope != scope:
            both.scope = scope
            self.query_one(KeyLine).refresh_keys()

    def _ask_for_text(self, entry: Entry) -> None:
        """Have the text of an entry made in a thread."""
        self._views()[1].display = len(entry.sides) > 1
        room = max(self.query_one("#sides").size.width - 3, 20)
        widths = [room] if len(entry.sides) == 1 else [room // 2 - 2, room - room // 2 - 3]
        state, colours = sitting_of(self).state(), self.app.theme_variables
        if isinstance(entry.about, BOUND):
            text = difference_since(state.bank, state.answers, entry.about)
            lines = self._painter().difference(text).split("\n")
            self._read((entry.key, (Excerpt(set_lines(lines, room)),)))
            return
        survey, look = state.evaluation.survey, look_of(colours)
        read = partial(self._excerpts.read, state.answers, survey, entry.sides, widths, look)
        self._reader.ask(lambda: (entry.key, read()))

    def _read(self, read: Read) -> None:
        """Show what was read, if it is still what was asked for."""
        key, found = read
        if self._entry is None or self._entry.key != key or not self.is_attached:
            return
        views, talks = self._views(), [one for one in self._said.words if isinstance(one, Talk)]
        for view, excerpt in zip(views, found, strict=False):
            marks: dict[int, list[Span]] = {}
            for talk in talks:
                for line, begin, end in self._quoted(excerpt, talk):
                    marks.setdefault(line, []).append((begin, end))
            view.show(excerpt, marks, self._first_line(excerpt))

    def _quoted(self, excerpt: Excerpt, talk: Talk) -> Sequence[tuple[int, int, int]]:
        """Where the words of an open thread stand in an excerpt, if they are where they were."""
        thread = talk.thread
        if not talk.is_open or not thread.quote:
            return ()
        found = anchor_of(self.session.bank, self.session.answers, thread)
        if found.place != Place.IN_PLACE:
            return ()
        return spans_of(excerpt, thread.question, Spot(thread.row, thread.column), thread.quote)

    def _first_line(self, excerpt: Excerpt) -> int:
        """The line to begin with: the place of a finding, else the top."""
        target = self._entry.target if self._entry is not None else None
        return 0 if target is None else line_of(excerpt, target.question, Spot(target.row or None)) or 0

    def on_said_pane_looked(self, event: SaidPane.Looked) -> None:
        """Have the place in view that something was said about."""
        event.stop()
        for view in self._views():
            spans = spans_of(view.excerpt, event.question, event.spot, event.quote) if event.quote else ()
            line = spans[0][0] if spans else line_of(view.excerpt, event.question, event.spot)
            if line is not None:
                view.go_to(line)

    # moving

    @property
    def reading(self) -> tuple[str, str, str] | None:
        """Section, question and row of what is read; None while that is still to be shown."""
        entry = None if self._section else self._entry
        return None if entry is None else place_of_entry(self.session.bank, entry)

    def read_section(self, section: str) -> None:
        """Go to a section, once there is a list, unless something of it is read already."""
        self._section = section
        if section and self.entries and self._list.rows:
            self._section, here = "", self._list.entry
            found = entry_about(self.session.bank, self.entries, section)
            if found is not None and (here is None or place_of_entry(self.session.bank, here)[0] != section):
                self._list.go(found)

    def action_next_waiting(self) -> None:
        entry = self._list.entry
        at = self.entries.index(entry) if entry is not None and entry in self.entries else -1
        found = next_waiting(self.entries, at)
        if found is None:
            self.dbcharter.tell("Nothing waits for your word", seconds=3)
        else:
            self._list.go(self.entries[found])

    def action_threads(self) -> None:
        self.said_asked = not self.said_asked
        self._show_panes()
        if not self.said_asked:
            self._list.focus()
        self.call_after_refresh(self._show_entry)

    def action_next_said(self) -> None:
        """The next thing that was said here, or of the next entry at which something was said."""
        if not self._said.display:
            self.action_threads()
        self._said.move(1)

    def action_open_question(self) -> None:
        """Open in the interview what is read, or what was said something about."""
        entry = self._list.entry
        place = place_of(self._said.chosen) if self._said.query_one(OptionList).has_focus else None
        target = entry.target if entry is not None else None
        if place is not None:
            question, spot, _ = place
            self.post_message(GoTo(question, spot.row or "", spot.column or ""))
        elif target is not None:
            self.post_message(GoTo(target.question, target.row, target.column))
        elif entry is not None:
            views = self.session.survey().questions
            names = entry.questions(self.session.bank)
            first = next((name for name in names if views[name].applies), next(iter(names), ""))
            self.post_message(GoTo(first))

    async def action_back(self) -> None:
        """From the text and what was said back to the list, and from there back."""
        if self.said_asked:
            self.action_threads()
        elif self.focused is not self._list:
            self._list.focus()
        else:
            await super().action_back()

    # saying

    def action_approve(self) -> None:
        self._judge("approve")

    def action_request_changes(self) -> None:
        self._judge("request_changes")

    def _judge(self, kind: VerdictKind) -> None:
        entry = self._list.entry
        if entry is None or not self._is_reviewer("A verdict"):
            return
        sections = [e.about.section for e in self.entries if isinstance(e.about, SectionVoices)]
        here = entry.sections(self.session.bank)
        offered = [*here, *(section for section in sections if section not in here)]
        asked = [e for e in self.entries if e.waits and not isinstance(e.about, CheckMark)]
        waiting = {name for e in asked for name in e.sections(self.session.bank)}
        judge(self, kind, here[:1], offered, waiting)

    def action_check_holds(self) -> None:
        self._mark("holds")

    def action_check_fails(self) -> None:
        self._mark("does_not_hold")

    def action_check_open(self) -> None:
        self._mark("open")

    def _mark(self, mark: MarkKind) -> None:
        entry, check = self._list.entry, check_of(sitting_of(self).state(), self._list.entry)
        if entry is None or check is None:
            self.dbcharter.tell("This is no cross-check", seconds=3)
        elif self._is_reviewer("A mark"):
            shown = self.session.survey().questions
            mark_check(self, check, sorted(self._asked(entry), key=lambda q: not shown[q].shown), mark)

    def _is_reviewer(self, what: str) -> bool:
        """Whether a reviewer sits here; says so when not."""
        if not self.dbcharter.reviewing:
            key = self.dbcharter.key_of("seat")
            self.dbcharter.tell(f"{what} is a reviewer's; {key} changes the seat", "warning")
        return self.dbcharter.reviewing

    def action_comment(self) -> None:
        entry = self._list.entry
        if entry is None:
            return
        target = entry.target
        if target is not None and target.question in self.session.bank.questions:
            comment_at(self, target.question, Spot(target.row or None, target.column or None))
            return

        def begin(choice: PlaceChoice) -> None:
            if choice.section:
                remark_on(self, choice.section)
            else:
                comment_at(self, choice.question, choice.spot)

        sections, questions = entry.sections(self.session.bank), self._asked(entry)
        choose_place(self, "Comment on", choices(self.session, sections, questions, values=False), begin)

    def action_suggest(self) -> None:
        entry = self._list.entry
        if entry is None:
            return
        target = entry.target
        text = (target.row or "") if target is not None else ""
        find = choices(self.session, (), self._asked(entry), values=True)
        choose_place(self, "Suggest for", find, lambda choice: suggest_at(self, choice), text)

    def _asked(self, entry: Entry) -> list[str]:
        views = self.session.survey().questions
        return [name for name in entry.questions(self.session.bank) if views[name].applies]

    def action_reply(self) -> None:
        talk = self._talk()
        if talk is not None:
            reply_to(self, talk)

    def action_resolve(self) -> None:
        talk = self._talk()
        if talk is not None:
            turn_thread(self, talk)

    def _talk(self) -> Talk | None:
        """The thread under the cursor of what was said; says so when there is none."""
        chosen, words = self._said.chosen, self._said.words
        if not (isinstance(chosen, Talk) or self._said.display):
            chosen = next((one for one in words if isinstance(one, Talk)), None)
        if isinstance(chosen, Talk):
            return chosen
        self.dbcharter.tell("There is no thread here; t shows what was said", seconds=3)
        return None
