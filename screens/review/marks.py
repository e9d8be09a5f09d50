"""How the states of a review are shown: a glyph and a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.review.anchors import Place
from app.review.approval import Say, Voice
from app.review.marks import Held
from app.review.suggestions import Fate
from screens.states import Mark

SAYS: Mapping[Say, Mark] = {
    Say.APPROVED: Mark("✓", "approved", "success"),
    Say.STALE: Mark("◐", "stale", "warning"),
    Say.CHANGES_REQUESTED: Mark("✗", "changes requested", "error"),
    Say.WAITING: Mark("○", "waiting", "secondary"),
}
CHANGES = Mark("✗", "changes", "error")
"""Changes requested, on a line that has little room."""
NO_ROLE = Mark("·", "nobody asked", "muted")
WAITS = Mark("▸", "waits for your word", "accent")
FATES: Mapping[Fate, Mark] = {
    Fate.OPEN: Mark("●", "to decide", "accent"),
    Fate.ACCEPTED: Mark("✓", "accepted", "success"),
    Fate.REJECTED: Mark("✗", "rejected", "muted"),
    Fate.OUTDATED: Mark("◐", "outdated", "warning"),
}
HELD: Mapping[Held, Mark] = {
    Held.HOLDS: Mark("✓", "holds", "success"),
    Held.FAILS: Mark("✗", "does not hold", "error"),
    Held.STALE: Mark("◐", "stale", "warning"),
    Held.OPEN: Mark("○", "not looked at", "muted"),
}
OPEN = Mark("●", "open", "accent")
RESOLVED = Mark("✓", "resolved", "muted")
PLACES: Mapping[Place, Mark] = {
    Place.IN_PLACE: Mark("▪", "in place", "secondary"),
    Place.MOVED: Mark("↷", "moved", "warning"),
    Place.LOST: Mark("?", "lost", "warning"),
}

_WORST = (Say.CHANGES_REQUESTED, Say.STALE, Say.WAITING, Say.APPROVED)


def mark_of_voices(voices: Sequence[Voice]) -> Mark:
    """How a section is shown: by the voice that holds it back most."""
    said = {voice.say for voice in voices}
    worst = next((say for say in _WORST if say in said), None)
    if worst == Say.CHANGES_REQUESTED:
        return CHANGES
    return NO_ROLE if worst is None else SAYS[worst]
