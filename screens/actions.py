"""All that a person can do, in one list: bindings, key line, help, palette and key file come from it.

An action called `example` is done by the method `action_example` of the class whose scope it has; one
that `opens` a place needs no method. Keys are F-keys and ctrl+letter, which work in every terminal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from app.session import Session

Scope = Literal[
    "everywhere",
    "document",
    "start",
    "setup",
    "interview",
    "field",
    "list",
    "grid",
    "overview",
    "preview",
    "history",
    "conflicts",
    "dialog",
]
Available = Callable[[Session | None], bool]


def always(session: Session | None) -> bool:  # noqa: ARG001 - the shape of `Available`
    return True


def when_open(session: Session | None) -> bool:
    return session is not None


def when_writable(session: Session | None) -> bool:
    return session is not None and not session.read_only_reason


def when_conflicts(session: Session | None) -> bool:
    return session is not None and bool(session.answers.conflicts)


@dataclass(frozen=True)
class Action:
    """One thing to do.

    `keys` are alternatives, separated by commas; "" for what only the palette offers. `scope` says
    where it works, `opens` which place of `screens.places` it opens. In the line of keys stands `short`, or
    nothing when that is "". `priority` keys win over those of the focused widget.
    """

    id: str
    title: str
    keys: str
    scope: Scope
    help: str
    available: Available = always
    opens: str = ""
    short: str = ""
    priority: bool = True

    @property
    def binding_action(self) -> str:
        """What Textual runs."""
        return f"open_place('{self.opens}')" if self.opens else self.id


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
    Action(
        "next_due",
        "Next due",
        "ctrl+n",
        "interview",
        "The next question that is due and open.",
        short="next due",
    ),
    Action(
        "jump",
        "Jump to a question",
        "ctrl+o",
        "interview",
        "Type a number or some words of a question, section or row.",
        short="jump",
    ),
    Action(
        "next_unanswered",
        "Next unanswered",
        "f5",
        "interview",
        "The next required question without an answer.",
    ),
    Action("previous", "Previous question", "f6", "interview", "The question before this one."),
    Action("next", "Next question", "f7", "interview", "The question after this one.", short="next"),
    Action(
        "next_finding",
        "Next finding",
        "f8",
        "interview",
        "The next place where something is wrong or missing.",
    ),
    Action(
        "example",
        "Examples",
        "f2",
        "interview",
        "A good and a weak answer, and why it is asked.",
        short="example",
    ),
    Action(
        "pane",
        "Checklist or preview",
        "f4",
        "interview",
        "Turn the pane: checklist and findings, preview, none.",
        short="pane",
    ),
    Action(
        "mark",
        "Not applicable, deferred, note",
        "f9",
        "interview",
        "Say that the question does not apply and why, or who answers it later; keep a note.",
        when_writable,
    ),
    Action(
        "waive",
        "Waive a finding",
        "f12",
        "interview",
        "Accept a finding of this question on purpose, with a reason and an owner; or take that back.",
        when_writable,
    ),
    Action(
        "prefill",
        "Fill in from the DDL",
        "ctrl+f",
        "interview",
        "Propose rows for what the DDL says; you choose for which questions.",
        when_writable,
    ),
    Action(
        "neighbours",
        "Table and its neighbours",
        "ctrl+b",
        "interview",
        "The table of this row as the DDL makes it, and the tables around it.",
    ),
    Action(
        "jump_mode",
        "Jump mode",
        "ctrl+t",
        "interview",
        "A letter on everything that can be focused; type it.",
    ),
    Action("sections", "Sections", "f10", "interview", "Put the cursor into the sections."),
    Action(
        "edit_outside",
        "Write in your editor",
        "ctrl+g",
        "field",
        "Write this answer in $EDITOR; one step to undo.",
        when_writable,
    ),
    Action(
        "clear_answer",
        "Remove the answer",
        "",
        "field",
        "Leave the question unanswered again.",
        when_writable,
    ),
    Action("item_up", "Move the line up", "alt+up", "list", "Exchange it with the one above.", when_writable),
    Action(
        "item_down",
        "Move the line down",
        "alt+down",
        "list",
        "Exchange it with the one below.",
        when_writable,
    ),
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
    Action("setup_cancel", "Back", "escape", "setup", "Back; nothing is written.", priority=False),
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
BY_ID = {action.id: action for action in ACTIONS}


def bindings(*scopes: Scope) -> list[BindingType]:
    """The Textual bindings of the actions that have one of `scopes` and a key."""
    return [
        Binding(
            action.keys,
            action.binding_action,
            action.short or action.title,
            show=False,
            priority=action.priority,
            id=action.id,
            tooltip=action.help,
        )
        for action in ACTIONS
        if action.scope in scopes and action.keys
    ]


def scopes_of(screen: Screen[Any], focused: Widget | None) -> list[str]:
    """The scopes that count on a screen with the focus where it is, the nearest first."""
    nodes = [] if focused is None else [node for node in (focused, *focused.ancestors) if node is not screen]
    found = [getattr(node, "scope", "") for node in nodes]
    found.append("field" if any(getattr(node, "question_id", "") for node in nodes) else "")
    found.append(getattr(screen, "scope", ""))
    found += ["document" if getattr(screen, "session", None) is not None else "", "everywhere"]
    return list(dict.fromkeys(scope for scope in found if scope))


def available(name: str, parameters: tuple[object, ...], session: Session | None) -> bool:
    """Whether the action that Textual calls `name` makes sense; those of no registry always do."""
    if name == "open_place":
        found = next((a for a in ACTIONS if a.opens and a.opens in parameters), None)
    else:
        found = BY_ID.get(name)
    return found is None or found.available(session)
