"""All actions in one list, and what screens make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from app.session import Session
from screens.actions import everywhere, grid, interview, pages, pairing, review
from screens.actions.model import Action, Scope

ACTIONS: tuple[Action, ...] = (
    *everywhere.ACTIONS,
    *interview.ACTIONS,
    *grid.ACTIONS,
    *pages.ACTIONS,
    *review.ACTIONS,
    *pairing.ACTIONS,
)
_SIGNS = {"plus": "+", "minus": "-"}
"""Keys that are known by their sign."""
BY_ID = {action.id: action for action in ACTIONS}
NO_KEY = "<none>"
"""A key that nobody can press, for actions that have none unless the key file gives them one."""
_PLACES: tuple[frozenset[Scope], ...] = (
    frozenset({"start"}),
    frozenset({"setup"}),
    frozenset({"document", "interview", "field", "list"}),
    frozenset({"document", "interview", "field", "grid"}),
    frozenset({"document", "overview"}),
    frozenset({"document", "checklist"}),
    frozenset({"document", "preview"}),
    frozenset({"document", "history"}),
    frozenset({"document", "conflicts"}),
    frozenset({"document", "review", "said", "worksheet"}),
    frozenset({"document", "inbox", "said"}),
    frozenset({"document", "ratings"}),
    frozenset({"people", "hosting"}),
    frozenset({"people", "visiting"}),
    frozenset({"dialog"}),
)
"""The scopes that count at once, beside `everywhere` and `paired`."""


def at_once(one: Action, other: Action) -> bool:
    """Whether there is a place where both actions work, for the same person."""
    both = {one.scope, other.scope} - {"everywhere", "paired"}
    same_person = one.who == other.who or None in (one.who, other.who)
    return same_person and any(both <= place for place in _PLACES)


def bindings(*scopes: Scope) -> list[BindingType]:
    """The Textual bindings of the actions that have one of `scopes`."""
    return [_binding(action) for action in ACTIONS if action.scope in scopes]


def bindings_of(*names: str) -> list[BindingType]:
    """The bindings of single actions, for a dialog that can do them too; they win over what inputs bind."""
    return [replace(_binding(BY_ID[name]), priority=True) for name in names]


def _binding(action: Action) -> Binding:
    return Binding(
        action.keys or NO_KEY,
        action.binding_action,
        action.short or action.title,
        show=False,
        priority=action.priority,
        id=action.id,
        tooltip=action.help,
    )


def shown_key(key: str) -> str:
    """A key in few columns, as a person knows it."""
    if key.startswith("shift+"):
        return f"⇧{key.removeprefix('shift+').upper()}"
    return _SIGNS.get(key, key.replace("ctrl+", "^"))


def scopes_of(screen: Screen[Any], focused: Widget | None) -> list[str]:
    """The scopes that count on a screen with the focus where it is, the nearest first."""
    nodes = [] if focused is None else [node for node in (focused, *focused.ancestors) if node is not screen]
    found = [getattr(node, "scope", "") for node in nodes]
    found.append("field" if any(getattr(node, "question_id", "") for node in nodes) else "")
    found += [getattr(screen, "scope", ""), *getattr(screen, "more_scopes", ())]
    found += ["document" if getattr(screen, "session", None) is not None else ""]
    found += [*getattr(screen.app, "more_scopes", ()), "everywhere"]
    return list(dict.fromkeys(scope for scope in found if scope))


def available(name: str, parameters: tuple[object, ...], session: Session | None, *, reviewing: bool) -> bool:
    """Whether the action that Textual calls `name` makes sense; those of no registry always do."""
    if name == "open_place":
        found = next((a for a in ACTIONS if a.opens and a.opens in parameters), None)
    else:
        found = BY_ID.get(name)
    return found is None or found.works(session, reviewing=reviewing)
