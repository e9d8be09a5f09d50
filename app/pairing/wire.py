"""What host and guests say to each other: typed frames as JSON, one in each text message.

Whatever arrives is hostile until `decode_guest` or `decode_host` has made a frame of it; everything
else raises WireError.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import from_json

from app.document.answers import fits_toml
from app.pairing.limits import FROM_GUEST, FROM_HOST

PROTOCOL = 1
SUBPROTOCOL = "dbcharter-pair.1"
"""Both sides must offer it, so that nothing else is taken for a guest."""
MAX_DEPTH = 14
MAX_ITEMS = 20_000

Id = Annotated[int, Field(ge=1, le=2**53)]
"""Counts what one guest sent, so that what arrives twice is done once."""
Sequence = Annotated[int, Field(ge=0, le=2**53)]
Epoch = Annotated[str, StringConstraints(max_length=40)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Short = Annotated[str, StringConstraints(max_length=80)]
Place = Annotated[str, StringConstraints(max_length=400)]
Doing = Literal["", "reviewing"]
"""What somebody does at a place: works in the interview, or reads it on the reviewer's screen."""
Reason = Annotated[str, StringConstraints(max_length=2_000)]


class WireError(Exception):
    """What arrived is not a frame; the message says why, without a word of what arrived."""


class Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


# from a guest


class Hello(Frame):
    """The first frame. `epoch` and `seq` say what the guest has already, "" and 0 for nothing."""

    type: Literal["hello"] = "hello"
    protocol: int
    name: Name
    role: Short = ""
    epoch: Epoch = ""
    seq: Sequence = 0


class Change(Frame):
    """An operation on the answers; those of one `group` are undone as one."""

    type: Literal["change"] = "change"
    id: Id
    epoch: Epoch
    operation: dict[str, Any]
    group: Short = ""


class Revert(Frame):
    """Takes back what the guest's own frames with these ids changed, the last one first."""

    type: Literal["revert"] = "revert"
    id: Id
    epoch: Epoch
    targets: Annotated[list[Id], Field(min_length=1, max_length=2_000)]


class Say(Frame):
    """A review record, by the name of its table."""

    type: Literal["say"] = "say"
    id: Id
    epoch: Epoch
    table: Short
    words: dict[str, Any]


class Here(Frame):
    """Where the guest is."""

    type: Literal["here"] = "here"
    section: Short = ""
    question: Place = ""
    row: Place = ""
    doing: Doing = ""

    @classmethod
    def at(cls, section: str, question: str = "", row: str = "", doing: Doing = "") -> Here:
        """The frame of a place, cut to what a frame holds."""
        return cls(section=section[:80], question=question[:400], row=row[:400], doing=doing)


class AskBaton(Frame):
    type: Literal["ask_baton"] = "ask_baton"
    section: Name


class GiveBaton(Frame):
    type: Literal["give_baton"] = "give_baton"
    section: Name


class Leave(Frame):
    """The guest goes for good; the connection that closes is not one that was lost."""

    type: Literal["leave"] = "leave"


FromGuest: TypeAlias = Annotated[
    Hello | Change | Revert | Say | Here | AskBaton | GiveBaton | Leave, Field(discriminator="type")
]
Numbered: TypeAlias = Change | Revert | Say
"""Frames with an id, which get an answer: the event that they became, Done or Refused."""


# from the host


class Person(Frame):
    """Somebody who takes part. `slug` names them everywhere else; `role` is that which they say they have."""

    slug: Name
    name: Name
    role: Short = ""
    is_author: bool = False
    is_here: bool = True
    section: Short = ""
    question: Place = ""
    row: Place = ""
    doing: Doing = ""


class Baton(Frame):
    """Who may change a section beside the author, and for how many seconds yet."""

    section: Name
    slug: Name
    seconds: Annotated[float, Field(ge=0)]


class Waiting(Frame):
    type: Literal["waiting"] = "waiting"


class Welcome(Frame):
    """The guest is admitted. `seen` is the highest id that the host had from the guest.

    Unless `is_resumed`, pieces of a snapshot follow, which hold everything up to `seq`.
    """

    type: Literal["welcome"] = "welcome"
    slug: Name
    token: Annotated[str, StringConstraints(min_length=40, max_length=60)]
    document: Place
    bank: Short
    bank_version: Short
    epoch: Epoch
    seq: Sequence
    seen: Sequence
    is_resumed: bool
    people: Annotated[list[Person], Field(max_length=100)]
    batons: Annotated[list[Baton], Field(max_length=500)]


class Piece(Frame):
    """A part of the snapshot: of the answer file's text, the review records, or the files of DDL."""

    type: Literal["piece"] = "piece"
    part: Literal["document", "records", "sources"]
    text: str
    is_last: bool


class Changed(Frame):
    """The answers changed. `change` is the text of `app.document.changes`; the rest is the history's step."""

    kind: Literal["changed"] = "changed"
    step: Sequence
    step_kind: Literal["edit", "undo", "redo", "outside", "created"]
    operation: str
    change: str
    group: str


class Said(Frame):
    """Somebody said something: the words of a record with its id and time, and who its file names."""

    kind: Literal["said"] = "said"
    table: Short
    words: dict[str, Any]
    slug: Name
    name: str
    role: str


class BatonPassed(Frame):
    """`slug` has the baton of a section for that many seconds; "" when it is with the author again."""

    kind: Literal["baton"] = "baton"
    section: Name
    slug: Short
    seconds: Annotated[float, Field(ge=0)] = 0.0


class Came(Frame):
    """Somebody is here, or has come back."""

    kind: Literal["came"] = "came"
    person: Person


class Left(Frame):
    """Somebody is not here any more; `is_removed` when the author saw to that."""

    kind: Literal["left"] = "left"
    slug: Name
    is_removed: bool = False


class SourcesChanged(Frame):
    """The files of DDL that the answers name say something else: as `app.pairing.sources` packs them."""

    kind: Literal["sources"] = "sources"
    sources: list[Any]


Body: TypeAlias = Annotated[
    Changed | Said | BatonPassed | Came | Left | SourcesChanged, Field(discriminator="kind")
]


class Event(Frame):
    """What happened, numbered by the host. `slug` and `id` name the guest's frame that it came of, if any."""

    type: Literal["event"] = "event"
    epoch: Epoch
    seq: Sequence
    at: Short
    who: str
    slug: Short = ""
    id: Sequence = 0
    body: Body


class Done(Frame):
    """A frame was taken, now or earlier, and no event is to come of it."""

    type: Literal["done"] = "done"
    id: Id


class Refused(Frame):
    """A frame was not taken. `is_stale`: it was said about another epoch and may be sent again."""

    type: Literal["refused"] = "refused"
    id: Id
    message: Reason
    hint: Reason = ""
    is_stale: bool = False


class Where(Frame):
    """Where somebody is; not numbered, since only the last place counts."""

    type: Literal["where"] = "where"
    slug: Name
    section: Short
    question: Place
    row: Place
    doing: Doing = ""


class Ended(Frame):
    """The host takes no more from this guest: the session is over, or the guest is not wanted."""

    type: Literal["ended"] = "ended"
    reason: Reason


FromHost: TypeAlias = Annotated[
    Waiting | Welcome | Piece | Event | Done | Refused | Where | Ended, Field(discriminator="type")
]

_guest: TypeAdapter[FromGuest] = TypeAdapter(FromGuest)
_host: TypeAdapter[FromHost] = TypeAdapter(FromHost)
_T = TypeVar("_T")


def encode(frame: Frame) -> str:
    """A frame as the text of a message."""
    return frame.model_dump_json()


def decode_guest(message: str | bytes) -> FromGuest:
    """The frame that a guest sent. Raises WireError."""
    return _decoded(_guest, message, FROM_GUEST)


def decode_host(message: str | bytes) -> FromHost:
    """The frame that a host sent. Raises WireError."""
    return _decoded(_host, message, FROM_HOST)


def _decoded(adapter: TypeAdapter[_T], message: str | bytes, limit: int) -> _T:
    if not isinstance(message, str):
        raise WireError("it is not text")
    if len(message) > limit or len(message.encode(errors="replace")) > limit:
        raise WireError("it is too large")
    data = parse(message)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise WireError(f"it is no frame: {detail['type']}") from None


def parse(text: str, most: int = MAX_ITEMS) -> Any:
    """The data of a JSON text of at most `most` values. Raises WireError."""
    try:
        data = from_json(text, allow_inf_nan=False)
    except (ValueError, RecursionError):
        raise WireError("it is not JSON") from None
    _check(data, most)
    return data


def _check(data: Any, most: int) -> None:
    """Raise WireError for data that is nested too deeply, has too many parts, or numbers TOML has not."""
    level, depth, count = [data], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > MAX_DEPTH or count > most:
            raise WireError("it is too large or nested too deeply")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
            elif (isinstance(value, int) and not fits_toml(value)) or (
                isinstance(value, float) and not math.isfinite(value)
            ):
                raise WireError("it holds a number that is too large")
        level = inner
