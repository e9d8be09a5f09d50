"""Two independent opinions: rate before you see what others say, then ask about what you disagree on."""

from __future__ import annotations

import secrets
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from app.document.text import one_line, plural
from app.problems import DbcharterError
from app.review.model import HIGHEST, Opinion
from app.review.names import slug_of
from app.review.opinions import QUESTIONS, Ratings, proposed_questions, ratings_for
from app.session import Session
from screens.actions import bindings
from screens.dialogs.say import Said, SayDialog
from screens.looking import LookingScreen
from screens.plain import plain, plain_line
from screens.review.talking import sitting_of
from screens.widgets.key_line import KeyLine
from screens.widgets.option_lines import OptionLines
from screens.widgets.status_line import StatusLine

LEAD = "1 to 5 rates what the cursor is on. What others rated is shown once you have given yours."


class RatingsScreen(LookingScreen):
    """Every subject with one's own rating, and those of others once it is given."""

    scope = "ratings"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("ratings"),
        *(Binding(str(number), f"rate({number})", f"Rate {number}", show=False) for number in range(1, 6)),
    ]
    CSS_PATH = "ratings.tcss"
    AUTO_FOCUS = "#subjects"

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.ratings: tuple[Ratings, ...] = ()

    def compose(self) -> ComposeResult:
        yield StatusLine(self.session)
        yield Static(id="lead", markup=False)
        yield OptionLines(id="subjects", markup=False)
        yield KeyLine()

    def on_resize(self, event: Resize) -> None:
        del event
        self.call_after_refresh(self.look)

    @property
    def _options(self) -> OptionList:
        return self.query_one("#subjects", OptionList)

    @property
    def chosen(self) -> Ratings | None:
        """What the cursor is on."""
        at = self._options.highlighted
        return self.ratings[at] if at is not None and at < len(self.ratings) else None

    def look(self) -> None:
        sitting = sitting_of(self)
        records, person = sitting.desk.records, sitting.seat.person
        self.ratings = ratings_for(self.session.bank, self.session.answers, records, person)
        options, at = self._options, self._options.highlighted or 0
        width = max(self.size.width - 4, 30)
        options.set_options([Option(self._painted(ratings, width)) for ratings in self.ratings])
        options.highlighted = min(at, len(self.ratings) - 1) if self.ratings else None
        apart = sum(ratings.disagree for ratings in self.ratings)
        proposed = len(proposed_questions(self.session.bank, self.session.answers, records, person))
        found = f"{apart} far apart, {proposed} not among the open questions yet" if apart else ""
        self.query_one("#lead", Static).update(plain(f"{LEAD}\n{found}"))

    def _painted(self, ratings: Ratings, width: int) -> Text:
        sitting = sitting_of(self)
        slug = slug_of(sitting.seat.person)
        own = ratings.shown.get(slug)
        full = own.rating if own is not None else 0
        colours = self.app.theme_variables
        text = Text("■" * full + "□" * (HIGHEST - full), style=colours.get("primary", ""))
        text.append(f" {full or '–'}  ").append_text(plain_line(ratings.subject.text, max(width - 12, 20)))
        if ratings.hidden:
            word = "one other rating" if ratings.hidden == 1 else f"{ratings.hidden} other ratings"
            text.append(f"\n         {word}, hidden until you give yours", style="dim")
        for person, opinion in sorted(ratings.shown.items()):
            said = f": {one_line(opinion.text, 300)}" if opinion.text else ""
            if person != slug or said:
                name = "you" if person == slug else sitting.desk.records.name_of(person)
                text.append_text(plain(f"\n         {name} {opinion.rating}{said}", "dim"))
        if ratings.disagree:
            text.append("\n         ⚠ far apart", style=colours.get("warning", ""))
        return text.append("\n")

    # what can be done

    def action_rate(self, rating: int) -> None:
        """Give a rating to what the cursor is on."""
        if self.chosen is not None:
            try:
                self._give(self.chosen, rating, "")
            except DbcharterError as error:
                self.dbcharter.tell(str(error), "error")

    def _give(self, ratings: Ratings, rating: int, text: str) -> None:
        words = {"subject": ratings.subject.id, "rating": rating, "text": text.strip()}
        sitting_of(self).say(Opinion, words)

    def action_rating_reason(self) -> None:
        """Give the rating again, with a reason."""
        ratings = self.chosen
        own = ratings.shown.get(slug_of(sitting_of(self).seat.person)) if ratings is not None else None
        if ratings is None or own is None:
            self.dbcharter.tell("Rate it first, 1 to 5", seconds=3)
            return

        def keep(said: Said) -> None:
            self._give(ratings, own.rating, said.text)

        title = f"Why {own.rating} of {HIGHEST}"
        self.app.push_screen(SayDialog(title, keep, beside=ratings.subject.text))

    def action_ask_disagreements(self) -> None:
        """Add every disagreement to the open questions of the document, as one step."""
        sitting, session = sitting_of(self), self.session
        if self.dbcharter.reviewing:
            key = self.dbcharter.key_of("seat")
            self.dbcharter.tell(f"The author adds open questions; {key} changes the seat", "warning")
            return
        person = sitting.seat.person
        proposed = proposed_questions(session.bank, session.answers, sitting.desk.records, person)
        if not proposed:
            self.dbcharter.tell("No disagreement that you may see is missing there", seconds=3)
            return
        group = secrets.token_hex(6)
        added = sum(self.dbcharter.apply(operation, group) for operation in proposed)
        number = session.bank.questions[QUESTIONS].number
        words = plural(added, "open question")
        self.dbcharter.tell(f"{words} added to {number}; ctrl+z takes them back. Say by when.")
