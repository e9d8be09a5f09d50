"""What a person says in a review, from whichever screen: the dialogs, and the records that come of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import tee

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.text import one_line, plural
from app.document.values import row_addresses
from app.problems import DbcharterError, OperationError
from app.review.anchors import Spot, value_at, words_of
from app.review.approval import section_name
from app.review.model import Reopen, Reply, Resolve, Thread, Verdict, VerdictKind
from app.review.names import slug_of
from app.review.roles import role_title
from app.review.saying import something, thread_words, verdict_words
from app.review.state import ReviewState
from app.review.threads import Talk
from app.session import Session
from screens.base import DocumentScreen
from screens.dialogs.place import Find, PlaceChoice, PlaceDialog
from screens.dialogs.say import Said, SayDialog
from screens.dialogs.verdict import Judged, VerdictDialog
from screens.naming import titles_of
from screens.review.sitting import Seat, Sitting


def sitting_of(screen: DocumentScreen) -> Sitting:
    """Who sits before a screen about an open document."""
    sitting = screen.dbcharter.sitting
    assert sitting is not None
    return sitting


def place_words(bank: Bank, question: str, spot: Spot) -> str:
    """A place as people call it: `6.1 Entity Grain › hold › Grain`."""
    thing = bank.questions.get(question)
    if thing is None:
        return spot.address(question)
    words = [f"{thing.number} {thing.title}"]
    words += [spot.row] if spot.row is not None else []
    words += [titles_of(thing).get(spot.column, spot.column)] if spot.column else []
    return " › ".join(words)


# threads


def comment_at(screen: DocumentScreen, question: str, spot: Spot, text: str = "") -> None:
    """Begin a thread on a place; `text` is what is written already."""
    sitting, session = sitting_of(screen), screen.session
    now = words_of(value_at(session.bank, session.answers, question, spot.row, spot.column))

    def keep(said: Said) -> None:
        words = thread_words(session.bank, session.answers, question, spot, said.text, said.quote)
        sitting.say(Thread, words)

    title = f"Comment on {place_words(session.bank, question, spot)}"
    beside = f"It says: {one_line(now, 400)}" if now else ""
    screen.app.push_screen(SayDialog(title, keep, beside=beside, quotes=bool(now), text=text))


def remark_on(screen: DocumentScreen, section: str) -> None:
    """Say something about a whole section."""
    sitting, session = sitting_of(screen), screen.session

    def keep(said: Said) -> None:
        role = sitting.seat.role
        words = verdict_words(session.bank, session.answers, section, "comment", role, said.text)
        sitting.say(Verdict, words)

    screen.app.push_screen(SayDialog(f"Remark on {section_name(session.bank, section)}", keep))


def reply_to(screen: DocumentScreen, talk: Talk) -> None:
    """Answer in a thread."""
    sitting, records = sitting_of(screen), sitting_of(screen).desk.records

    def keep(said: Said) -> None:
        sitting.say(Reply, {"thread": talk.thread.id, "text": something(said.text)})

    last = talk.replies[-1] if talk.replies else talk.thread
    beside = f"{records.name_of(last.person)}: {one_line(last.text, 400)}"
    screen.app.push_screen(SayDialog(f"Reply in {talk.thread.id}", keep, beside=beside))


def turn_thread(screen: DocumentScreen, talk: Talk) -> None:
    """Resolve a thread, or open it again."""
    model = Resolve if talk.is_open else Reopen
    try:
        sitting_of(screen).say(model, {"thread": talk.thread.id})
    except DbcharterError as error:
        screen.dbcharter.tell(str(error), "error")
    else:
        word = "resolved" if talk.is_open else "open again"
        screen.dbcharter.tell(f"{talk.thread.id} is {word}", seconds=3)


# verdicts


def judge(
    screen: DocumentScreen,
    kind: VerdictKind,
    sections: Sequence[str],
    offered: Sequence[str],
    waiting: Collection[str] = (),
) -> None:
    """Give a verdict on some of the sections that are offered, of which some wait for one."""
    sitting, session = sitting_of(screen), screen.session
    bank = session.bank

    def give(chosen: Sequence[str], text: str) -> None:
        if not chosen:
            raise OperationError("choose a section")
        role = sitting.seat.role
        records = [verdict_words(bank, session.answers, name, kind, role, text) for name in chosen]
        for words in records:
            sitting.say(Verdict, words)

    judged = [
        Judged(name, section_name(bank, name), counts_for(sitting, name), name in waiting) for name in offered
    ]
    screen.app.push_screen(VerdictDialog(kind, judged, sections, give))


def counts_for(sitting: Sitting, section: str) -> str:
    """For which roles a verdict of who sits here counts, and how many cross-checks are left."""
    state, seat = sitting.state(), sitting.seat
    name = section_name(state.bank, section)
    unmarked, checks = state.unmarked_in(seat.person, section)
    counts = _counts(state, seat, section)
    left = f"; {unmarked} of {plural(checks, 'cross-check')} not marked" if unmarked else ""
    return f"{name}: {counts}{left}"


def _counts(state: ReviewState, seat: Seat, section: str) -> str:
    title = role_title(state.bank, seat.role) if seat.role else ""
    asked = [role for role in state.roles if section in role.sections]
    mine = [r for r in state.roles_of(seat.person, seat.role) if r in asked and seat.role in ("", r.id)]
    if mine:
        return f"counts for {', '.join(role.title for role in mine)}"
    others = [role for role in asked if role.id == seat.role and role.named]
    if others and slug_of(seat.person):
        return f"kept, but control.reviewers names {', '.join(others[0].named)} for {title}"
    return f"kept, but no role of {seat.person} has to approve it"


# places


def choices(session: Session, sections: Sequence[str], questions: Sequence[str], *, values: bool) -> Find:
    """Finds the places to comment on; with `values`, those of single values that can be suggested.

    Places that end with the last word come first.
    """

    of: Answers | None = None
    source: Iterator[tuple[PlaceChoice, str]] = iter(())

    def folded() -> Iterator[tuple[PlaceChoice, str]]:
        """The choices with their words in lower case, made once however often they are gone through."""
        nonlocal of, source
        if of is not session.answers:
            of = session.answers
            found = _places(session, () if values else sections, questions, values=values)
            source = ((choice, choice.words.casefold()) for choice in found)
        source, again = tee(source)
        return again

    def find(text: str) -> Iterator[PlaceChoice]:
        words, others = text.casefold().split(), list[PlaceChoice]()
        for choice, said in folded():
            if all(word in said for word in words):
                if not words or words[-1] in said.rpartition("›")[2]:
                    yield choice
                else:
                    others.append(choice)
        yield from others

    return find


def _places(
    session: Session, sections: Sequence[str], questions: Sequence[str], *, values: bool
) -> Iterator[PlaceChoice]:
    bank = session.bank
    for section in sections:
        yield PlaceChoice(f"{section_name(bank, section)}: the whole section", section=section)
    for name in questions:
        question = bank.questions[name]
        if not values or not (question.has_rows or question.kind == "sentence"):
            yield PlaceChoice(place_words(bank, name, Spot()), question=name)
        spots = [Spot(None, slot.id) for slot in question.slots]
        if question.has_rows:
            rows = row_addresses(question, session.answers.rows(name))
            for row in rows:
                spots += [Spot(row, column.id) for column in question.columns] if values else [Spot(row)]
            if values:
                yield from _row_choices(bank, name, rows)
        for spot in spots:
            yield PlaceChoice(place_words(bank, name, spot), question=name, spot=spot)


def _row_choices(bank: Bank, name: str, rows: Sequence[str]) -> Iterator[PlaceChoice]:
    """What can be suggested for whole rows."""
    for change, words in (("change", "several cells"), ("remove", "the row goes away")):
        for row in rows:
            spot = Spot(row)
            yield PlaceChoice(
                f"{place_words(bank, name, spot)}: {words}", question=name, spot=spot, change=change
            )
    yield PlaceChoice(f"{place_words(bank, name, Spot())}: a row more", question=name, change="add")


def choose_place(
    screen: DocumentScreen,
    title: str,
    find: Find,
    then: Callable[[PlaceChoice], None],
    text: str = "",
) -> None:
    """Have a place chosen, at once where there is only one; `text` is what is looked for at first."""
    found = iter(find(""))
    only, more = next(found, None), next(found, None)

    def go(choice: PlaceChoice | None) -> None:
        if choice is not None:
            then(choice)

    if only is None:
        screen.dbcharter.tell("There is no such place here", "warning")
    elif more is None:
        then(only)
    else:
        screen.app.push_screen(PlaceDialog(title, find, text), go)
