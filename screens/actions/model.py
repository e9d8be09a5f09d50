"""What an action is, and the conditions under which one makes sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

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
    "checklist",
    "preview",
    "history",
    "conflicts",
    "said",
    "review",
    "worksheet",
    "inbox",
    "ratings",
    "paired",
    "hosting",
    "visiting",
    "people",
    "dialog",
]
Who = Literal["author", "reviewer"]
Available = Callable[[Session | None], bool]


def always(session: Session | None) -> bool:  # noqa: ARG001 - the shape of `Available`
    return True


def when_writable(session: Session | None) -> bool:
    return session is not None and not session.read_only_reason


def when_conflicts(session: Session | None) -> bool:
    return session is not None and bool(session.answers.conflicts)


class Action(Struct, frozen=True):
    """One thing to do.

    `keys` are alternatives, separated by commas; "" for what only the palette offers. `scope` says
    where it works, `opens` which place of `screens.places` it opens. In the line of keys stands `short`, or
    nothing when that is "". `priority` keys win over those of the focused widget. `who` is whom it is for,
    where one key means one thing to the author and another one to a reviewer; None for both.
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
    who: Who | None = None

    @property
    def binding_action(self) -> str:
        """What Textual runs."""
        return f"open_place('{self.opens}')" if self.opens else self.id

    def works(self, session: Session | None, *, reviewing: bool) -> bool:
        """Whether it makes sense with a document, for the author or for somebody who is `reviewing` it."""
        is_theirs = self.who is None or (self.who == "reviewer") == reviewing
        return is_theirs and self.available(session)
