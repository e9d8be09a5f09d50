"""What host and guests type about the document, each over their own session and desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.cli.address import parse_address, set_operation
from app.cli.output import say
from app.cli.pair_lines import place_and_rest
from app.cli.review import section_called, talk_called
from app.cli.show import show_text
from app.document.operations import Operation
from app.document.text import clean, one_line
from app.interview.navigation import select
from app.problems import OperationError, nearest
from app.review.anchors import Spot
from app.review.desk import Desk
from app.review.model import Reply, Suggestion, Thread, Verdict, VerdictKind
from app.review.roles import role_id
from app.review.saying import something, suggestion_words, thread_words, verdict_words
from app.review.threads import threads
from app.session import Session

HELP = """\
show WHAT            a question, a section or a number, and what is answered
set ADDRESS VALUE    change an answer
comment ADDRESS TEXT, reply THREAD TEXT, suggest ADDRESS VALUE, threads
approve SECTION      or: changes SECTION WHAT SHOULD CHANGE
undo, redo           what you changed last
who                  who takes part and where they are"""


@dataclass
class Words:
    """Knows words, each with what follows it. `also` are those that only one side has."""

    session: Session
    desk: Desk
    also: Mapping[str, Callable[[str], None]] = field(default_factory=dict)

    def do(self, line: str) -> None:
        """Do what one line says. Raises DbcharterError."""
        word, _, rest = clean(line).strip().partition(" ")
        known: dict[str, Callable[[str], None]] = {
            "show": self.show,
            "set": self.set,
            "comment": self.comment,
            "reply": self.reply,
            "suggest": self.suggest,
            "threads": self.threads,
            "approve": self.approve,
            "changes": self.request_changes,
            "undo": lambda _: say(f"taken back: {self.session.undo()}"),
            "redo": lambda _: say(f"done again: {self.session.redo()}"),
            **self.also,
        }
        if not word:
            return
        if word not in known:
            raise OperationError(f"{one_line(word)!r} is no word here; try: help", nearest(word, known))
        known[word](rest.strip())

    def show(self, what: str) -> None:
        chosen = select(self.session.bank, self.session.survey(), tuple(what.split()) or ("all",))
        say(show_text(self.session, chosen))

    def set(self, text: str) -> None:
        self.session.apply(self._operation(text))

    def comment(self, text: str) -> None:
        place, words = place_and_rest(text)
        address = parse_address(self.session.bank, place)
        spot = Spot(address.row, address.column or None)
        bank, answers = self.session.bank, self.session.answers
        self.desk.say(Thread, thread_words(bank, answers, address.question, spot, words))

    def reply(self, text: str) -> None:
        name, words = place_and_rest(text)
        talk = talk_called(self.desk.records, one_line(name))
        self.desk.say(Reply, {"thread": talk.thread.id, "text": something(words)})

    def suggest(self, text: str) -> None:
        words = suggestion_words(self.session.bank, self.session.answers, self._operation(text))
        self.desk.say(Suggestion, words)

    def threads(self, _rest: str) -> None:
        found = threads(self.desk.records)
        for talk in found:
            spot = Spot(talk.thread.row, talk.thread.column)
            state = "" if talk.is_open else " (resolved)"
            say(f"{talk.thread.id} {spot.address(talk.thread.question)}{state}: {one_line(talk.thread.text)}")
            for reply in talk.replies:
                say(f"  {self.desk.records.name_of(reply.person)}: {one_line(reply.text)}")
        if not found:
            say("nobody has said anything yet")

    def approve(self, section: str) -> None:
        self._judge(section, "approve", "")

    def request_changes(self, text: str) -> None:
        section, words = place_and_rest(text)
        self._judge(section, "request_changes", words)

    def _judge(self, name: str, verdict: VerdictKind, text: str) -> None:
        bank = self.session.bank
        section = section_called(bank, one_line(name))
        role = role_id(bank, self.desk.role)
        words = verdict_words(bank, self.session.answers, section.id, verdict, role, text)
        self.desk.say(Verdict, words)

    def _operation(self, text: str) -> Operation:
        place, value = place_and_rest(text)
        if not value:
            raise OperationError("say the value after the address")
        address = parse_address(self.session.bank, place)
        return set_operation(self.session.bank, address, [value])
