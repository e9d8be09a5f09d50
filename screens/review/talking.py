"""What a person says in a review, from whichever screen: the dialogs, and the records that come of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence

from app.bank.model import Bank, Column, Question
from app.document.answers import Value
from app.document.operations import Operation, Set, SetCell, SetSlot
from app.document.text import one_line
from app.document.values import parse_text, row_addresses
from app.problems import DbcharterError, OperationError
from app.review.anchors import Spot, value_at, words_of
from app.review.approval import section_name
from app.review.model import Decide, Reopen, Reply, Resolve, Suggestion, Thread, Verdict, VerdictKind
from app.review.names import slug_of
from app.review.roles import role_title
from app.review.saying import something, suggestion_words, thread_words, verdict_words
from app.review.suggestions import Proposal, acceptance
from app.review.threads import Talk
from app.session import Session
from screens.base import DocumentScreen
from screens.dialogs.place import Find, PlaceChoice, PlaceDialog
from screens.dialogs.say import Said, SayDialog
from screens.dialogs.suggest import SuggestDialog
from screens.dialogs.verdict import Judged, VerdictDialog
from screens.messages import DocumentChanged
from screens.review.sitting import Sitting
from screens.values import titles_of
from screens.widgets.fields.base import Field


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


def comment_at(screen: DocumentScreen, question: str, spot: Spot) -> None:
    """Begin a thread on a place."""
    sitting, session = sitting_of(screen), screen.session
    now = words_of(value_at(session.bank, session.answers, question, spot.row, spot.column))

    def keep(said: Said) -> None:
        words = thread_words(session.bank, session.answers, question, spot, said.text, said.quote)
        sitting.say(Thread, words)

    title = f"Comment on {place_words(session.bank, question, spot)}"
    beside = f"It says: {one_line(now, 400)}" if now else ""
    screen.app.push_screen(SayDialog(title, keep, beside=beside, quotes=bool(now)))


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


# suggestions


def suggest_at(screen: DocumentScreen, question: str, spot: Spot) -> None:
    """Suggest another value for a place, beginning from the one that is there."""
    bank, answers = screen.session.bank, screen.session.answers
    value = value_at(bank, answers, question, spot.row, spot.column)
    _suggest(screen, question, spot, words_of(value), words_of(value))


def suggest_written(screen: DocumentScreen, operation: Operation, done: Callable[[], None]) -> None:
    """Suggest what a reviewer wrote into a field; `done` is called once that was said."""
    session = screen.session
    match operation:
        case SetCell():
            question, spot, value = operation.question, Spot(operation.row, operation.column), operation.value
        case SetSlot():
            question, spot, value = operation.question, Spot(None, operation.slot), operation.value
        case Set():
            question, spot, value = operation.question, Spot(), operation.value
        case _:
            raise OperationError("only one value can be suggested", "say anything else in a comment")
    present = words_of(value_at(session.bank, session.answers, question, spot.row, spot.column))
    text = words_of(value)
    _suggest(screen, question, spot, present, text, done)


def suggest_at_field(screen: DocumentScreen, question: str, field: Field | None) -> None:
    """Suggest what was written last into a field, or else another value for the place with its cursor."""
    sitting = sitting_of(screen)
    held = sitting.held(question)
    row = field.current_row if field is not None else ""

    def done() -> None:
        sitting.let_go(held[-1])
        screen.dbcharter.broadcast(DocumentChanged(None))

    if held:
        suggest_written(screen, held[-1], done)
        return
    find = choices(screen.session, (), (question,), values=True)
    choose_place(screen, "Suggest for", find, lambda c: suggest_at(screen, c.question, c.spot), row)


def _suggest(
    screen: DocumentScreen,
    question: str,
    spot: Spot,
    now: str,
    text: str,
    done: Callable[[], None] = lambda: None,
) -> None:
    sitting, session = sitting_of(screen), screen.session

    def suggest(value: str, why: str) -> None:
        operation = setting(session.bank, question, spot, value)
        sitting.say(Suggestion, suggestion_words(session.bank, session.answers, operation, why))
        done()

    title = place_words(session.bank, question, spot)
    hint = _hint(session.bank, _thing(session.bank, question, spot))
    screen.app.push_screen(SuggestDialog(title, one_line(now, 400), text, suggest, hint))


def _thing(bank: Bank, question: str, spot: Spot) -> Question | Column:
    found = bank.questions[question]
    return found.column_by_id.get(spot.column or "", found)


def _hint(bank: Bank, thing: Question | Column) -> str:
    options = bank.options_of(thing)
    if options is not None:
        return ": " + ", ".join(option.title for option in options.options)
    return ", one item a line" if thing.kind in ("list", "choices") else ""


def setting(bank: Bank, question: str, spot: Spot, text: str) -> Operation:
    """The operation that sets a place to what a text means. Raises OperationError when it means nothing."""
    thing = _thing(bank, question, spot)
    if not text.strip():
        raise OperationError("a suggestion needs a value", "say in a comment what should go away")
    try:
        value: Value = parse_text(thing, bank.options_of(thing), text.strip())
    except ValueError as error:
        raise OperationError(str(error)) from None
    if spot.row is not None and spot.column:
        return SetCell(question=question, row=spot.row, column=spot.column, value=value)
    if spot.column:
        return SetSlot(question=question, slot=spot.column, value=text.strip())
    return Set(question=question, value=value)


def accept(screen: DocumentScreen, proposal: Proposal) -> None:
    """Take a suggestion as one step under the name of who made it, and note the decision."""
    sitting, session = sitting_of(screen), screen.session
    if not _is_author(screen):
        return
    suggestion = proposal.suggestion
    try:
        operation = acceptance(session.bank, session.answers, suggestion)
        who = sitting.desk.records.name_of(suggestion.person)
        if screen.dbcharter.apply(operation, secrets.token_hex(6), who=who):
            sitting.say(Decide, {"suggestion": suggestion.id, "decision": "accept"})
            screen.dbcharter.tell(f"{suggestion.id} accepted; ctrl+z takes it back", seconds=3)
    except DbcharterError as error:
        screen.dbcharter.tell(str(error), "error")


def reject(screen: DocumentScreen, proposal: Proposal) -> None:
    """Decide against a suggestion, with the reason."""
    if not _is_author(screen):
        return
    sitting, suggestion = sitting_of(screen), proposal.suggestion

    def keep(said: Said) -> None:
        words = {"suggestion": suggestion.id, "decision": "reject", "text": something(said.text)}
        sitting.say(Decide, words)

    new = words_of(suggestion.new)
    beside = f"{sitting.desk.records.name_of(suggestion.person)} suggests: {one_line(new, 400)}"
    screen.app.push_screen(SayDialog(f"Reject {suggestion.id}", keep, beside=beside, label="Why not"))


def _is_author(screen: DocumentScreen) -> bool:
    """Whether the author sits here; says so when not."""
    if screen.dbcharter.reviewing:
        key = screen.dbcharter.key_of("seat")
        screen.dbcharter.tell(f"That is for the author to decide; {key} changes the seat", "warning")
        return False
    return True


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
    """For which roles a verdict of who sits here counts, in a sentence."""
    state, seat = sitting.state(), sitting.seat
    title = role_title(state.bank, seat.role) if seat.role else ""
    name = section_name(state.bank, section)
    asked = [role for role in state.roles if section in role.sections]
    mine = [r for r in state.roles_of(seat.person, seat.role) if r in asked and seat.role in ("", r.id)]
    if mine:
        return f"{name}: counts for {', '.join(role.title for role in mine)}"
    others = [role for role in asked if role.id == seat.role and role.named]
    if others and slug_of(seat.person):
        return f"{name}: kept, but control.reviewers names {', '.join(others[0].named)} for {title}"
    return f"{name}: kept, but no role of {seat.person} has to approve it"


# places


def choices(session: Session, sections: Sequence[str], questions: Sequence[str], *, values: bool) -> Find:
    """Finds the places to comment on; with `values`, those of single values that can be suggested.

    Places that end with the last word come first.
    """

    def find(text: str) -> Iterator[PlaceChoice]:
        words, others = text.casefold().split(), list[PlaceChoice]()
        for choice in _places(session, () if values else sections, questions, values=values):
            if all(word in choice.words.casefold() for word in words):
                if not words or words[-1] in choice.words.casefold().rpartition("›")[2]:
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
            for row in row_addresses(question, session.answers.rows(name)):
                spots += [Spot(row, column.id) for column in question.columns] if values else [Spot(row)]
        for spot in spots:
            yield PlaceChoice(place_words(bank, name, spot), question=name, spot=spot)


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
