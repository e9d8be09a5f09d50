"""What can be done in a table."""

from __future__ import annotations

from screens.actions.model import Action, when_writable

ACTIONS: tuple[Action, ...] = (
    Action(
        "grid_form",
        "Row as a form",
        "f3",
        "grid",
        "All cells of the row, with room for long ones.",
        short="row",
    ),
    Action(
        "grid_add",
        "Add a row",
        "ctrl+a,insert",
        "grid",
        "Begin a row below this one.",
        when_writable,
        priority=False,
    ),
    Action(
        "grid_copy",
        "Duplicate the row",
        "ctrl+d",
        "grid",
        "Add a row like this one below it.",
        when_writable,
        priority=False,
    ),
    Action(
        "grid_remove",
        "Delete the row",
        "ctrl+k",
        "grid",
        "Take the row away; undo brings it back.",
        when_writable,
        priority=False,
    ),
    Action(
        "grid_up",
        "Move the row up",
        "alt+up,ctrl+u",
        "grid",
        "Before the row above.",
        when_writable,
        priority=False,
    ),
    Action(
        "grid_down",
        "Move the row down",
        "alt+down,ctrl+w",
        "grid",
        "Behind the row below.",
        when_writable,
        priority=False,
    ),
    Action(
        "accept",
        "Accept the draft",
        "ctrl+e",
        "grid",
        "Take the proposed row for an answer.",
        when_writable,
        priority=False,
    ),
    Action(
        "accept_all",
        "Accept all drafts",
        "",
        "grid",
        "Take every proposed row of this question for an answer.",
        when_writable,
    ),
)
