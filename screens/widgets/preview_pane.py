"""The design document as it stands, line by line, at the place of the answer being edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from rich.style import Style
from textual.events import Hide, Resize, Show
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from app.document.answers import Template
from app.problems import DbcharterError
from app.readiness.model import Evaluation
from app.render.sections import Piece, Sections
from app.session import Session
from screens.plain import plain
from screens.typesetting.finding import Match, marked, matches
from screens.typesetting.look import look_of
from screens.typesetting.pages import Pages
from screens.typesetting.typesetter import Typesetter

if TYPE_CHECKING:
    from screens.review.sitting import Sitting

FOLLOW_AFTER = 0.2
"""Seconds without a change until the document is made anew: while somebody types, nothing competes."""
SHOW_EVERY = 0.3
"""Seconds after which as much as is ready is shown, when there was nothing before."""
ABOVE = 3
"""Lines shown above a place that is gone to."""


class PreviewPane(ScrollView, can_focus=True):
    """The rendered document. Nothing is worked out in the thread that handles keys."""

    DEFAULT_CSS = """
    PreviewPane {
        background: $background; padding: 0 1; overflow-x: hidden; overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """
    ALLOW_SELECT = False

    @dataclass
    class Made(Message):
        """From the thread: the document, or as much of it as is ready."""

        pages: Pages
        whole: bool
        failure: str = ""

    @dataclass
    class Changed(Message):
        """The pane shows another document, other matches, or another match."""

        pane: PreviewPane

        @property
        def control(self) -> PreviewPane:
            return self.pane

    def __init__(self, session: Session, *, template: Template | None = None) -> None:
        super().__init__()
        self.session = session
        self.pages = Pages()
        self.found: list[Match] = []
        self.at = -1
        """Which of `found` is the present one; -1 for none."""
        self._marks: dict[int, list[tuple[int, int, int]]] = {}
        self._template = template
        self._sections = Sections(session.bank)
        self._typesetter: Typesetter | None = None
        self._evaluation: Evaluation | None = None
        self._followed = ""
        self._query = ""
        self._origin = 0
        self._failure = ""
        self._visible = False
        self._stale = True
        self._busy = False
        self._waiting: Timer | None = None

    # what is asked of it

    @property
    def template(self) -> Template:
        """The template that is shown: that of the profile, unless another one was asked for."""
        return self._template or self.session.answers.profile.template

    @template.setter
    def template(self, template: Template) -> None:
        self._template = template
        self._stale = True
        self._make()

    @property
    def is_current(self) -> bool:
        """Whether the present answers are shown, all of them."""
        return bool(self.pages.pieces) and not (self._stale or self._busy)

    def follow(self, question_id: str) -> None:
        """Show the place of a question, now and whenever the document changes."""
        self._followed = question_id
        self._go_to_followed([])

    def document_changed(self) -> None:
        """Show the present answers as soon as nobody types."""
        self._stale = True
        self._make_soon()

    def evaluated(self, evaluation: Evaluation | None) -> None:
        """Show what the final review says by now, together with what changes anyway."""
        if evaluation is not self._evaluation:
            self._evaluation = evaluation
            if not self._stale:
                self.document_changed()

    def begin_search(self) -> None:
        """Have `find` look from here on."""
        self._origin = round(self.scroll_y)

    def find(self, query: str) -> None:
        """Mark every place of some words and go to the first one behind where the search began."""
        self._query = query
        self._search()
        self.at = next((n for n, match in enumerate(self.found) if match.line >= self._origin), 0)
        self.at = self.at if self.found else -1
        self._show_match()

    def go_match(self, by: int) -> None:
        """Go on to another place of the words."""
        if self.found:
            self.at = (self.at + by) % len(self.found)
            self._show_match()

    def go_heading(self, by: int) -> None:
        """Go to the section or subsection after the one on top, or before it."""
        here, lines = round(self.scroll_y) + ABOVE, self.pages.headings
        wanted = [line for line in lines if line > here] if by > 0 else [n for n in lines if n < here][::-1]
        if wanted:
            self.scroll_to(y=wanted[0] - ABOVE, animate=False)

    # making

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda _: self._set_anew())

    def on_show(self, event: Show) -> None:
        del event
        self._visible = True
        self._make()

    def on_hide(self, event: Hide) -> None:
        del event
        self._visible = False

    def on_resize(self, event: Resize) -> None:
        del event
        if self._typesetter is not None and self._typesetter.room != self._room:
            self._set_anew()
        else:
            self._make()

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width

    def _set_anew(self) -> None:
        self._typesetter = None
        self.document_changed()

    def _make_soon(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(FOLLOW_AFTER, self._make)

    def _make(self) -> None:
        """Have the document made in a thread, one at a time."""
        if self._busy or not (self._stale and self._visible and self._room):
            return
        self._stale, self._busy = False, True
        if self._typesetter is None:
            self._typesetter = Typesetter(self._room, look_of(self.app.theme_variables))
        answers, template, typesetter = self.session.answers, self.template, self._typesetter
        first = not self.pages.pieces
        sitting: Sitting | None = getattr(self.app, "sitting", None)
        records, evaluation = sitting.desk.records if sitting is not None else None, self._evaluation

        def pieces() -> list[Piece]:
            return self._sections.render(answers, template, records, evaluation)

        self.run_worker(lambda: self._work(pieces, typesetter, first), thread=True)

    def _work(self, render: Callable[[], list[Piece]], typesetter: Typesetter, first: bool) -> None:
        """In the thread: render, set, and send what is ready."""
        pages, sent = Pages(), monotonic()
        try:
            for piece in typesetter.typeset(render()):
                pages = Pages((*pages.pieces, piece))
                if first and monotonic() - sent > SHOW_EVERY:
                    sent = monotonic()
                    self.post_message(self.Made(pages, whole=False))
        except DbcharterError as error:
            self.post_message(self.Made(Pages(), whole=True, failure=str(error)))
        else:
            self.post_message(self.Made(pages, whole=True))

    def on_preview_pane_made(self, event: Made) -> None:
        event.stop()
        changed = event.pages.differences(self.pages)
        self.pages, self._failure = event.pages, event.failure
        self.virtual_size = Size(self._room, self.pages.count)
        self._search()
        self._go_to_followed(changed)
        self.refresh()
        if event.whole:
            self._busy = False
            self._make()
        self.post_message(self.Changed(self))

    # showing

    def _go_to_followed(self, changed: list[int]) -> None:
        """Have the followed question in view, and in it the line that became different."""
        if self._followed not in self.session.bank.questions:
            return
        place = self.pages.place_of(self.session.bank, self._followed, self.template)
        if place is not None:
            start, end = place
            self._have_in_view(next((line for line in changed if start <= line < end), start))

    def _have_in_view(self, line: int) -> None:
        top, height = round(self.scroll_y), self.size.height
        if not top <= line < top + height - 1:
            self.scroll_to(y=max(line - ABOVE, 0), animate=False)

    def _search(self) -> None:
        self.found = matches(list(self.pages.texts()), self._query) if self._query else []
        self.at = min(self.at, len(self.found) - 1)
        self._marks = {}
        for number, match in enumerate(self.found):
            for line, begin, end in match.spans:
                self._marks.setdefault(line, []).append((number, begin, end))

    def _show_match(self) -> None:
        if self.at >= 0:
            self._have_in_view(self.found[self.at].line)
        self.refresh()
        self.post_message(self.Changed(self))

    def render_line(self, y: int) -> Strip:
        style, width = self.rich_style, self.size.width
        line = y + round(self.scroll_y)
        if not self.pages.pieces:
            words = self._failure or "Writing the document …"
            strip = Strip(list(plain(words).render(self.app.console))) if y == 0 else Strip([], 0)
        else:
            strip = self.pages.strip(line)
        for number, begin, end in self._marks.get(line, ()):
            here = Style(reverse=True, bold=True, underline=number == self.at)
            strip = marked(strip, begin, end, here)
        return strip.apply_style(style).crop_extend(0, width, style)
