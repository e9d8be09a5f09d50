"""What a reviewer suggests from whichever screen, and what the author decides about it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence

from app.bank.model import Bank, Column, Question
from app.document.answers import Value, freeze
from app.document.operations import AddRow, RemoveRow, Set, SetCell, SetSlot
from app.document.text import one_line
from app.document.typed import parse_text
from app.problems import DbcharterError, OperationError
from app.review.anchors import Spot, value_at, words_of
from app.review.model import Decide, Suggestion
from app.review.row_suggestions import SetCells, gist, row_at
from app.review.saying import something, suggestion_words
from app.review.suggestions import Proposal, acceptance
from app.review.written import Change
from screens.base import DocumentScreen
from screens.dialogs.place import PlaceChoice
from screens.dialogs.say import Said, SayDialog
from screens.dialogs.suggest import SuggestDialog
from screens.dialogs.suggest_row import CellText, SuggestRowDialog
from screens.messages import DocumentChanged
from screens.review.talking import choices, choose_place, place_words, sitting_of
from screens.widgets.fields.base import Field
from screens.widgets.grid_cells import cell_value, has_box, text_to_edit

Done = Callable[[], None]
"""Called once something was suggested."""


def _nothing() -> None:
    """What is to be done after most suggestions."""


def suggest_at(screen: DocumentScreen, place: PlaceChoice) -> None:
    """Suggest something for a place, beginning from what is there."""
    bank, answers = screen.session.bank, screen.session.answers
    name, spot = place.question, place.spot
    match place.change:
        case "add":
            suggest(screen, AddRow(question=name, row={}))
        case "change":
            row = row_at(bank.questions[name], answers, name, spot.row or "") or {}
            cells = {column.id: row.get(column.id) for column in bank.questions[name].columns}
            suggest(screen, SetCells(question=name, row=spot.row or "", cells=cells))
        case "remove":
            suggest(screen, RemoveRow(question=name, row=spot.row or ""))
        case _:
            value = value_at(bank, answers, name, spot.row, spot.column)
            _suggest_value(screen, name, spot, words_of(value), _nothing)


def suggest(screen: DocumentScreen, change: Change, done: Done = _nothing) -> None:
    """Suggest a change, which is shown to be corrected and given a reason first."""
    match change:
        case SetCell():
            spot = Spot(change.row, change.column)
            _suggest_value(screen, change.question, spot, words_of(change.value), done)
        case SetSlot():
            _suggest_value(screen, change.question, Spot(None, change.slot), change.value, done)
        case Set():
            _suggest_value(screen, change.question, Spot(), words_of(change.value), done)
        case RemoveRow():
            _suggest_without(screen, change, done)
        case AddRow() | SetCells():
            _suggest_cells(screen, change, done)


def suggest_at_field(screen: DocumentScreen, question: str, field: Field | None) -> None:
    """Suggest what was written last into a field, or else something for the place with its cursor."""
    sitting = sitting_of(screen)
    held = sitting.held(question)
    row = field.current_row if field is not None else ""

    def done() -> None:
        sitting.let_go(held[-1])
        screen.dbcharter.broadcast(DocumentChanged(None))

    if held:
        suggest(screen, held[-1], done)
        return
    find = choices(screen.session, (), (question,), values=True)
    choose_place(screen, "Suggest for", find, lambda choice: suggest_at(screen, choice), row)


def _say(screen: DocumentScreen, change: Change, why: str, done: Done) -> None:
    session = screen.session
    sitting_of(screen).say(Suggestion, suggestion_words(session.bank, session.answers, change, why))
    done()


# one value


def _suggest_value(screen: DocumentScreen, question: str, spot: Spot, text: str, done: Done) -> None:
    session = screen.session

    def take(value: str, why: str) -> None:
        _say(screen, setting(session.bank, question, spot, value), why, done)

    now = words_of(value_at(session.bank, session.answers, question, spot.row, spot.column))
    title = place_words(session.bank, question, spot)
    hint = _hint(session.bank, _thing(session.bank, question, spot))
    screen.app.push_screen(SuggestDialog(title, one_line(now, 400), text, take, hint))


def _thing(bank: Bank, question: str, spot: Spot) -> Question | Column:
    found = bank.questions[question]
    return found.column_by_id.get(spot.column or "", found)


def _hint(bank: Bank, thing: Question | Column) -> str:
    options = bank.options_of(thing)
    if options is not None:
        return ": " + ", ".join(option.title for option in options.options)
    return ", one item a line" if thing.kind in ("list", "choices") else ""


def setting(bank: Bank, question: str, spot: Spot, text: str) -> Set | SetCell | SetSlot:
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


# rows


def _suggest_cells(screen: DocumentScreen, change: AddRow | SetCells, done: Done) -> None:
    """Suggest a row more with all of its columns to write, or the cells of a row that are to be others."""
    bank, name = screen.session.bank, change.question
    question = bank.questions[name]
    if isinstance(change, AddRow):
        columns, cells = question.columns, change.row
        title = f"Suggest a row for {place_words(bank, name, Spot())}"
    else:
        columns = tuple(column for column in question.columns if column.id in change.cells)
        cells = change.cells
        title = f"Suggest for {place_words(bank, name, Spot(change.row))}"

    def take(texts: Mapping[str, str], why: str) -> None:
        _say(screen, _with_texts(screen, change, columns, texts), why, done)

    shown = [_cell_text(screen, change, column, cells.get(column.id)) for column in columns]
    screen.app.push_screen(SuggestRowDialog(title, shown, take))


def _cell_text(screen: DocumentScreen, change: AddRow | SetCells, column: Column, new: object) -> CellText:
    bank, answers = screen.session.bank, screen.session.answers
    options, value = bank.options_of(column), freeze(new) if new is not None else None
    boxed = has_box(column, options, value)
    text = text_to_edit(column, options, value, boxed=boxed)
    row = change.row if isinstance(change, SetCells) else None
    old = value_at(bank, answers, change.question, row, column.id) if row is not None else None
    now = "" if old == value else one_line(words_of(old), 400)
    return CellText(column.id, f"{column.title}{_hint(bank, column)}", now, text, boxed)


def _with_texts(
    screen: DocumentScreen, change: AddRow | SetCells, columns: Sequence[Column], texts: Mapping[str, str]
) -> AddRow | SetCells:
    """The change with what was written for its cells."""
    bank, today = screen.session.bank, screen.dbcharter.today()
    cells = {
        column.id: cell_value(column, bank.options_of(column), texts[column.id], today=today)
        for column in columns
    }
    if isinstance(change, SetCells):
        return SetCells(question=change.question, row=change.row, cells=cells)
    said = {name: cell for name, cell in cells.items() if cell is not None}
    return AddRow(question=change.question, row=said, before=change.before)


def _suggest_without(screen: DocumentScreen, change: RemoveRow, done: Done) -> None:
    session = screen.session

    def keep(said: Said) -> None:
        _say(screen, change, said.text, done)

    title = f"Suggest to remove {place_words(session.bank, change.question, Spot(change.row))}"
    now = words_of(value_at(session.bank, session.answers, change.question, change.row, None))
    beside = f"It says: {one_line(now, 400)}"
    screen.app.push_screen(SayDialog(title, keep, beside=beside, label="Why (may be left empty)"))


# the author's decision


def accept(screen: DocumentScreen, proposal: Proposal) -> None:
    """Take a suggestion as one step under the name of who made it, and note the decision."""
    sitting, session = sitting_of(screen), screen.session
    if not _is_author(screen):
        return
    suggestion = proposal.suggestion
    try:
        operations = acceptance(session.bank, session.answers, suggestion)
        who, group = sitting.desk.records.name_of(suggestion.person), secrets.token_hex(6)
        if all(screen.dbcharter.apply(operation, group, who=who) for operation in operations):
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

    new = gist(screen.session.bank, suggestion)
    beside = f"{sitting.desk.records.name_of(suggestion.person)} suggests: {one_line(new, 400)}"
    screen.app.push_screen(SayDialog(f"Reject {suggestion.id}", keep, beside=beside, label="Why not"))


def _is_author(screen: DocumentScreen) -> bool:
    """Whether the author sits here; says so when not."""
    if screen.dbcharter.reviewing:
        key = screen.dbcharter.key_of("seat")
        screen.dbcharter.tell(f"That is for the author to decide; {key} changes the seat", "warning")
        return False
    return True
