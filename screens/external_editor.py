"""Writing an answer in the author's own editor, with the screen put away meanwhile."""

from __future__ import annotations

from textual.app import App, SuspendNotSupported

from app.editor import edit_text
from app.problems import DocumentError


def edit_outside(app: App[int], text: str, suffix: str) -> str:
    """`text` as $VISUAL or $EDITOR leaves it. Raises DocumentError when that cannot be."""
    edited: str | Exception
    try:
        with app.suspend():
            try:
                edited = edit_text(text, suffix)
            except Exception as error:
                edited = error  # raised in here, it would leave the screen put away
    except SuspendNotSupported:
        raise DocumentError("this terminal cannot be put away for an editor") from None
    if isinstance(edited, Exception):
        raise edited
    return edited
