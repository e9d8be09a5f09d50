"""A snapshot that arrives in pieces."""

from __future__ import annotations

from app.pairing.limits import LARGEST_SNAPSHOT
from app.pairing.record_words import unpacked_records
from app.pairing.sources import unpacked_sources
from app.pairing.wire import Piece, WireError, parse
from app.review.model import Record, Reviewer
from app.schema.sources import Sources

MOST_VALUES = 4_000_000
PARTS = ("document", "records", "sources")


class Incoming:
    """Collects the pieces. Raises WireError as soon as they cannot become a snapshot."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}
        self._complete: set[str] = set()
        self._size = 0

    def add(self, piece: Piece) -> bool:
        """Take a piece; returns whether everything is there."""
        self._size += len(piece.text)
        if piece.part in self._complete or self._size > LARGEST_SNAPSHOT:
            raise WireError("the host sent too much")
        self._pieces.setdefault(piece.part, []).append(piece.text)
        if piece.is_last:
            self._complete.add(piece.part)
        return self._complete == set(PARTS)

    @property
    def document(self) -> str:
        return self._joined("document")

    def records(self) -> tuple[list[Reviewer], list[Record]]:
        return unpacked_records(parse(self._joined("records"), MOST_VALUES))

    def sources(self) -> Sources:
        return unpacked_sources(parse(self._joined("sources"), MOST_VALUES))

    def _joined(self, part: str) -> str:
        return "".join(self._pieces[part])
