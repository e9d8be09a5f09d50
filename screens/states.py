"""How states are shown: a glyph and a word, never colour alone."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from app.interview.applicability import Progress, QuestionState, QuestionView

S = QuestionState


class Mark(Struct, frozen=True):
    """A glyph of one column, a word, and the style that goes with them (a theme variable's name)."""

    glyph: str
    word: str
    style: str = ""


DONE = Mark("✓", "done", "success")
PARTLY = Mark("◐", "incomplete", "warning")
AGAIN = Mark("↺", "look again", "warning")
DUE = Mark("●", "due", "accent")
LATER = Mark("○", "later", "secondary")
OPTIONAL = Mark("·", "optional", "muted")
NOT_APPLICABLE = Mark("–", "not applicable", "muted")
DEFERRED = Mark("»", "deferred", "secondary")
PARKED = Mark("‖", "parked", "muted")
NOT_ASKED = Mark("·", "not asked", "muted")
NOT_REQUIRED = Mark("·", "not required", "muted")

_BY_STATE: Mapping[QuestionState, Mark] = {
    S.ANSWERED: DONE,
    S.PARTIAL: PARTLY,
    S.NOT_APPLICABLE: NOT_APPLICABLE,
    S.DEFERRED: DEFERRED,
    S.PARKED: PARKED,
    S.NOT_ASKED: NOT_ASKED,
}


def colour_of(mark: Mark, colours: Mapping[str, str]) -> str:
    """The style of a mark under the present theme; "dim" for muted ones."""
    return "dim" if mark.style == "muted" else colours.get(mark.style, "")


def mark_of(view: QuestionView) -> Mark:
    """How the state of a question is shown."""
    if view.again:
        return AGAIN
    if view.state != S.UNANSWERED:
        return _BY_STATE[view.state]
    if view.due:
        return DUE
    return LATER if view.required else OPTIONAL


def mark_of_part(progress: Progress, due: int, again: int = 0) -> Mark:
    """How a section or subsection is shown, of which `due` questions are due and open.

    `again` are those whose answers are to be looked at again.
    """
    if again:
        return AGAIN
    if not progress.required:
        return NOT_REQUIRED
    if progress.done == progress.required:
        return DONE
    if progress.done + progress.deferred == progress.required:
        return DEFERRED
    if due:
        return DUE if not progress.done else Mark(PARTLY.glyph, DUE.word, DUE.style)
    return Mark(PARTLY.glyph, LATER.word, LATER.style) if progress.done else LATER
