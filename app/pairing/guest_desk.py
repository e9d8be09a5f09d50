"""A guest's place in a review: records come from the host, and what is said goes there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from app.document.answers import thaw
from app.document.text import clean
from app.pairing.guest_session import ROOM, GuestSession
from app.pairing.permissions import may
from app.pairing.record_words import with_records
from app.pairing.values import packed
from app.pairing.wire import Say
from app.problems import DocumentError
from app.review.desk import Listeners, Told
from app.review.model import BOUND, Record, Records, Reviewer, table_of

_TRIAL = {"id": "new-1", "at": "2000-01-01T00:00:00.000Z"}


class GuestDesk:
    """Implements `app.review.desk.Desk`. What was said is among the records once the host has written it."""

    def __init__(self, session: GuestSession, person: str, role: str) -> None:
        self._session = session
        self._person, self._role = person, role
        self._listeners = Listeners()
        self._records = Records()

    @property
    def person(self) -> str:
        return self._person

    @property
    def role(self) -> str:
        return self._role

    @property
    def records(self) -> Records:
        return self._records

    def say(self, model: type[Record], words: Mapping[str, Any]) -> None:
        """Send a record to the host, who writes it. Raises DocumentError."""
        said = {name: _plain(value) for name, value in words.items() if value is not None}
        try:
            table = table_of(model.model_validate({**said, **_TRIAL}))
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            raise DocumentError(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None
        if not may(f"say.{table}", "guest", "admitted", has_baton=False):
            raise DocumentError("only the author decides about suggestions")
        if model in BOUND:
            said.pop("answers", None)  # the host has them, and checks them against the digest
        packed_words = packed(said)
        self._session.say_later(lambda number: Say(id=number, epoch=ROOM, table=table, words=packed_words))

    def check_outside(self) -> bool:
        """Nothing: the host tells what is new by itself."""
        return False

    def subscribe(self, told: Told) -> Callable[[], None]:
        return self._listeners.add(told)

    def take(self, reviewer: Reviewer, record: Record) -> None:
        """Take in a record that the host has written."""
        others = [known for known in self._records.reviewers if known.slug != reviewer.slug]
        self._records = with_records(self._records.records, [*others, reviewer], [record])
        self._listeners.tell()

    def start_over(self, reviewers: Iterable[Reviewer], records: Iterable[Record]) -> None:
        """Go on from a snapshot."""
        self._records = with_records((), reviewers, records)
        self._listeners.tell()


def _plain(value: Any) -> Any:
    value = thaw(value)
    return clean(value) if isinstance(value, str) else value
