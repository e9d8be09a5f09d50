"""What can be done on the screens beside the interview."""

from __future__ import annotations

from screens.actions.model import Action, when_writable

ACTIONS: tuple[Action, ...] = (
    Action("start_new", "New document", "ctrl+n", "start", "Say what the change is, and start.", short="new"),
    Action("start_open", "Open a file", "ctrl+o", "start", "Open an answer file by its path.", short="open"),
    Action(
        "setup_done",
        "Start the interview",
        "ctrl+n",
        "setup",
        "Write the answer file and start asking.",
        short="start",
    ),
    Action(
        "setup_cancel", "Back", "escape", "setup", "Back; nothing is written.", short="back", priority=False
    ),
    Action(
        "filter",
        "Next filter",
        "f4",
        "overview",
        "All, due, unanswered, deferred, parked, new, with findings.",
        short="filter",
    ),
    Action("filter_back", "Filter before", "f3", "overview", "The same, backwards."),
    Action(
        "find",
        "Find",
        "ctrl+f,slash",
        "preview",
        "Type some words; every place of them is marked.",
        short="find",
        priority=False,
    ),
    Action(
        "find_next",
        "Next place",
        "f3,n",
        "preview",
        "The next place of the words.",
        short="next place",
        priority=False,
    ),
    Action(
        "find_previous",
        "Place before",
        "f2,N",
        "preview",
        "The place of the words before this one.",
        priority=False,
    ),
    Action(
        "template",
        "Full or compact",
        "f4",
        "preview",
        "Read the full or the compact document.",
        short="full/compact",
    ),
    Action(
        "heading_previous", "Heading before", "f6", "preview", "The section or subsection before this one."
    ),
    Action(
        "heading_next",
        "Next heading",
        "f7",
        "preview",
        "The section or subsection after this one.",
        short="next heading",
    ),
    Action(
        "export_here",
        "Export",
        "ctrl+e",
        "preview",
        "Write the design document as Markdown.",
        opens="export",
        short="export",
    ),
    Action(
        "go_to_changed",
        "Open the question",
        "ctrl+o",
        "history",
        "The question that the step changed.",
        short="open question",
    ),
    Action(
        "take_ours",
        "Take mine",
        "f2",
        "conflicts",
        "Settle the conflict with your side.",
        when_writable,
        short="take mine",
    ),
    Action(
        "take_theirs",
        "Take theirs",
        "f3",
        "conflicts",
        "Settle the conflict with the other side.",
        when_writable,
        short="take theirs",
    ),
    Action(
        "edit_conflict",
        "Write another",
        "f4",
        "conflicts",
        "Settle it with words of your own; rows are opened in their table.",
        when_writable,
        short="edit",
    ),
    Action("conflict_previous", "Conflict before", "f6", "conflicts", "The conflict before this one."),
    Action(
        "conflict_next",
        "Next conflict",
        "f7",
        "conflicts",
        "The next conflict; this one stays open.",
        short="next",
    ),
)
