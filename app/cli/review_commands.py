"""The words of `dbcharter review`: parsed here, done in `app.cli.review`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from app.cli.opening import BankFolder, Json, bank_in, open_to_read, open_to_write

review_app = App(name="review", help="Read and write what reviewers say, beside the answer file.")

As = Annotated[str, Parameter(name="--as", help="Who you are; as in the setup, or your login, otherwise.")]
Role = Annotated[str, Parameter(name="--role", help="The role you speak for, such as database or security.")]
Words = Annotated[str, Parameter(allow_leading_hyphen=True)]
Text = Annotated[str, Parameter(name="--text", allow_leading_hyphen=True, help="What to say with it.")]


@review_app.default
def overview(
    file: Path,
    *,
    json: Json = False,
    plain: Annotated[bool, Parameter(negative="")] = False,
    as_: As = "",
    role: Role = "",
    bank: BankFolder = None,
) -> int:
    """Review full screen in a terminal; else show who has approved what, threads and suggestions.

    What is printed ends with 1 while the document is not approved.

    Parameters
    ----------
    file
        The answer file.
    plain
        Print, also in a terminal that can do more.
    """
    from app.cli.full_screen import offers_plain, open_review

    if not (json or plain or offers_plain()):
        return open_review(bank_in(bank), file, as_, role)
    from app.cli.review_overview import show_overview

    return show_overview(open_to_read(file, bank), json)


@review_app.command
def comment(
    file: Path,
    address: str,
    text: Words,
    *,
    quote: Annotated[str, Parameter(allow_leading_hyphen=True)] = "",
    as_: As = "",
    role: Role = "",
    bank: BankFolder = None,
) -> int:
    """Begin a thread on a question, a row or a cell; or remark on a whole section.

    Parameters
    ----------
    file
        The answer file.
    address
        section.question, section.question[row], section.question[row].column, or a section.
    text
        What to say.
    quote
        The words it is about, as they stand there.
    """
    from app.cli.review import comment as begin

    return begin(open_to_read(file, bank), as_, role, address, text, quote)


@review_app.command
def reply(
    file: Path, thread: str, text: Words, *, as_: As = "", role: Role = "", bank: BankFolder = None
) -> int:
    """Answer in a thread.

    Parameters
    ----------
    file
        The answer file.
    thread
        The id of the thread.
    text
        What to say.
    """
    from app.cli.review import reply as answer

    return answer(open_to_read(file, bank), as_, role, thread, text)


@review_app.command
def resolve(file: Path, thread: str, *, as_: As = "", role: Role = "", bank: BankFolder = None) -> int:
    """Say that a thread is settled.

    Parameters
    ----------
    file
        The answer file.
    thread
        The id of the thread.
    """
    from app.cli.review import turn

    return turn(open_to_read(file, bank), as_, role, thread, is_open=False)


@review_app.command
def reopen(file: Path, thread: str, *, as_: As = "", role: Role = "", bank: BankFolder = None) -> int:
    """Say that a thread is not settled after all.

    Parameters
    ----------
    file
        The answer file.
    thread
        The id of the thread.
    """
    from app.cli.review import turn

    return turn(open_to_read(file, bank), as_, role, thread, is_open=True)


@review_app.command
def suggest(
    file: Path,
    address: str,
    *new: Annotated[str, Parameter(allow_leading_hyphen=True)],
    remove: Annotated[bool, Parameter(negative="")] = False,
    text: Text = "",
    as_: As = "",
    role: Role = "",
    bank: BankFolder = None,
) -> int:
    """Suggest another value for one answer, cell or slot; a row more, other cells of a row, a row less.

    Parameters
    ----------
    file
        The answer file.
    address
        As for set; section.question[row] for cells of a row, a table's section.question for a row more.
    new
        The value; several for a list. For a row: COLUMN=VALUE for each cell.
    remove
        Suggest that the row goes away.
    """
    from app.cli.review import suggest as make

    return make(open_to_read(file, bank), as_, role, address, new, text, remove=remove)


@review_app.command
def accept(file: Path, suggestion: str, *, as_: As = "", bank: BankFolder = None) -> int:
    """Take a suggestion, as its author's change; it can be undone.

    Parameters
    ----------
    file
        The answer file.
    suggestion
        The id of the suggestion.
    """
    from app.cli.review import accept as take

    with open_to_write(file, bank) as session:
        return take(session, as_, suggestion)


@review_app.command
def reject(file: Path, suggestion: str, text: Words = "", *, as_: As = "", bank: BankFolder = None) -> int:
    """Decide against a suggestion; it is kept.

    Parameters
    ----------
    file
        The answer file.
    suggestion
        The id of the suggestion.
    text
        Why.
    """
    from app.cli.review import reject as refuse

    return refuse(open_to_read(file, bank), as_, suggestion, text)


@review_app.command
def approve(
    file: Path,
    *sections: str,
    text: Text = "",
    as_: As = "",
    role: Role = "",
    bank: BankFolder = None,
) -> int:
    """Approve sections as they are now.

    Parameters
    ----------
    file
        The answer file.
    sections
        Ids or numbers of sections.
    """
    from app.cli.review import decide

    return decide(open_to_read(file, bank), as_, role, sections, "approve", text)


@review_app.command
def request_changes(
    file: Path, section: str, text: Words, *, as_: As = "", role: Role = "", bank: BankFolder = None
) -> int:
    """Ask for changes in a section; it blocks the approval until you approve.

    Parameters
    ----------
    file
        The answer file.
    section
        The id or number of the section.
    text
        What should change.
    """
    from app.cli.review import decide

    return decide(open_to_read(file, bank), as_, role, (section,), "request_changes", text)


@review_app.command
def check(
    file: Path,
    cross_check: str = "",
    mark: str = "",
    *,
    text: Text = "",
    thread: Annotated[str, Parameter(help="Where to begin a thread with the same text.")] = "",
    as_: As = "",
    role: Role = "",
    bank: BankFolder = None,
) -> int:
    """Say whether both places of a cross-check agree as they are now; or show the cross-checks.

    Parameters
    ----------
    file
        The answer file.
    cross_check
        The id of the cross-check, such as RVW03; without it, all are shown.
    mark
        holds, does-not-hold, or open to take one's mark back.
    """
    from app.cli.review_checks import mark as give
    from app.cli.review_checks import show_checks

    session = open_to_read(file, bank)
    return give(session, as_, role, cross_check, mark, text, thread) if cross_check else show_checks(session)


@review_app.command
def changes(file: Path, *sections: str, as_: As = "", bank: BankFolder = None) -> int:
    """Show what has changed since your last verdict on each section, or on the given ones.

    Parameters
    ----------
    file
        The answer file.
    sections
        Ids or numbers of sections.
    """
    from app.cli.review import show_changes

    return show_changes(open_to_read(file, bank), as_, sections)


@review_app.command
def rate(
    file: Path,
    subject: str = "",
    rating: int = 0,
    *,
    text: Text = "",
    as_: As = "",
    role: Role = "",
    bank: BankFolder = None,
) -> int:
    """Rate risk, reversibility or an invariant from 1 to 5; or show what is rated.

    What others say is shown once you have said yours.

    Parameters
    ----------
    file
        The answer file.
    subject
        risk, reversibility, or the id of an invariant; without it, all are shown.
    rating
        From 1 to 5.
    """
    from app.cli.review_opinions import rate as give
    from app.cli.review_opinions import show_ratings

    session = open_to_read(file, bank)
    return give(session, as_, role, subject, rating, text) if subject else show_ratings(session, as_)


@review_app.command
def disagreements(
    file: Path,
    *,
    add: Annotated[bool, Parameter(negative="")] = False,
    as_: As = "",
    bank: BankFolder = None,
) -> int:
    """Show where ratings are far apart, as open questions. Ends with 1 while some are not in the document.

    Parameters
    ----------
    file
        The answer file.
    add
        Add them to the open questions of the document.
    """
    from app.cli.review_opinions import add_disagreements, show_disagreements

    if not add:
        return show_disagreements(open_to_read(file, bank), as_)
    with open_to_write(file, bank) as session:
        return add_disagreements(session, as_)
