"""What can be done everywhere, and in every screen about a document."""

from __future__ import annotations

from screens.actions.model import Action, when_conflicts, when_writable

ACTIONS: tuple[Action, ...] = (
    Action("help", "Help", "f1", "everywhere", "Show the keys that work here.", short="help"),
    Action("theme", "Change the theme", "", "everywhere", "Dark, light or high contrast; it is remembered."),
    Action("suspend", "Suspend", "", "everywhere", "Go to the shell; `fg` brings you back."),
    Action("quit", "Quit", "ctrl+q", "everywhere", "Leave. Everything said is kept; nothing is asked."),
    Action(
        "undo",
        "Undo",
        "ctrl+z",
        "document",
        "Take back the last change, in whichever question it was.",
        when_writable,
    ),
    Action("redo", "Redo", "ctrl+y", "document", "Do again what was undone.", when_writable),
    Action(
        "save",
        "Save",
        "ctrl+s",
        "document",
        "Write the answer file now; it also happens by itself.",
        when_writable,
    ),
    Action(
        "overview",
        "Overview",
        "ctrl+l",
        "document",
        "Every question on one page, with its state.",
        opens="overview",
    ),
    Action(
        "checklist",
        "Checklist",
        "",
        "document",
        "The whole final review: every item, smell, cross-check and failure path, and what holds it back.",
        opens="checklist",
    ),
    Action(
        "preview",
        "Read the document",
        "ctrl+r",
        "document",
        "The design document as it stands, full screen.",
        opens="preview",
    ),
    Action(
        "history", "History", "", "document", "Who changed what and when; go back to there.", opens="history"
    ),
    Action(
        "conflicts",
        "Resolve conflicts",
        "",
        "document",
        "Choose between both sides of a merge.",
        when_conflicts,
        opens="conflicts",
    ),
    Action("export", "Export", "", "document", "Write the design document as Markdown.", opens="export"),
    Action(
        "profile",
        "Change the setup",
        "",
        "document",
        "Change types, risk, traits, full or compact.",
        opens="profile",
    ),
    Action("close_document", "Close the document", "", "document", "Go to the start screen."),
    Action("back", "Back", "escape", "document", "Back to where you came from.", priority=False),
)
