"""A text of DDL that is edited: cut into statements once, and after an edit only around it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from operator import attrgetter

from app.document.text_runs import alike, alike_at_the_end
from app.schema.apply import about_one_table
from app.schema.effects import Effect, Reading, placed
from app.schema.memo import Memo
from app.schema.model import Span, Unread
from app.schema.places import Line, base
from app.schema.positions import Lines
from app.schema.split import Lexis, Piece, pieces_from

OF_TEXT, OF_CONTEXT = 1 << 40, -(1 << 50)
"""Where ranks begin, with room before: those of a text are positive, of what it is read in negative."""
_GAP = 1 << 16
"""How far the ranks of two statements are apart at first, so that there is room between them."""
_STRETCH = 32 * _GAP
"""The ranks of how many units make a stretch: a dump of a thousand tables has twenty thousand units."""
_BACK = 3
"""How many pieces before an edit are cut again: where one ends may depend on how the next one begins."""


@dataclass(slots=True, eq=False)
class Unit:
    """A piece of the text. Its rank orders it among the others and stays while the piece is the same.

    `about` is the table that the statement changes, where it looks at no other.
    """

    piece: Piece
    rank: int
    size: int
    breaks: int
    reading: Reading | None = None
    effects: tuple[Effect, ...] = ()
    about: str = ""
    unread: tuple[Unread, ...] = ()
    memo: Memo = field(default_factory=Memo)
    """What the statement made of what was before it."""
    stretch: int = field(init=False)
    """The number of the stretch that it is in: what is inserted elsewhere moves no unit to another one."""

    def __post_init__(self) -> None:
        self.stretch = self.rank // _STRETCH

    @property
    def text(self) -> str:
        return self.piece.text

    def read_as(self, reading: Reading) -> None:
        """Keep what the statement does, in positions of this unit."""
        if reading is not self.reading:
            self.reading = reading
            self.effects, self.about, self.unread = (), "", ()
            if reading.reason:
                self.unread = (placed(unread_of(self.piece, reading), self._begin()),)
            else:
                self.effects = placed(reading.effects, self._begin())
                self.about = about_one_table(self.effects)

    def data_without_end(self) -> Unread:
        found: Unread = placed(data_without_end(self.piece), self._begin())
        return found

    def _begin(self) -> Span:
        return Span(base(self.rank), base(self.rank), Line(base(self.rank) + 1), 1)


def unread_of(piece: Piece, reading: Reading) -> Unread:
    """A statement that could not be read, in positions relative to its start."""
    end = len(piece.sql)
    at = min(reading.error_at, max(end - 1, 0))
    reason = reading.reason if piece.finished else f"it is not finished: {reading.reason}"
    return Unread(Lines(piece.sql).span(at, end), reason, piece.sql)


def data_without_end(piece: Piece) -> Unread:
    """Data of COPY that nothing ends, in positions relative to its start."""
    reason = "the data of COPY has no end (a line with \\. alone)"
    return Unread(Span(0, len(piece.text), 1, 1), reason, piece.text[:200])


@dataclass(slots=True)
class Script:
    """The units of a text; `first` is where their ranks begin."""

    first: int
    text: str = ""
    lexis: Lexis | None = None
    units: list[Unit] = field(default_factory=list)
    _whole: bool = False
    """Whether the text is to be cut as a whole: its statements are not told apart by themselves."""

    def update(self, text: str, lexis: Lexis) -> None:
        """Cut `text`, keeping the units that an edit left alone."""
        if text == self.text and lexis is self.lexis:
            return
        same_way = lexis is self.lexis and not self._whole
        if not (same_way and self._cut_around(text, lexis)):
            pieces = list(pieces_from(text, lexis))
            self._whole = any(map(_depends_on_all, pieces))
            self._replace(pieces, 0, len(self.units))
        self.text, self.lexis = text, lexis

    def _cut_around(self, text: str, lexis: Lexis) -> bool:
        """Cut only what is different from the present text; False when that is not enough."""
        limit = min(len(text), len(self.text))
        front = alike(self.text, text, limit)
        behind = alike_at_the_end(self.text, text, limit - front)
        ends = list(accumulate(map(attrgetter("size"), self.units)))
        first = max(bisect_right(ends, front) - _BACK, 0)
        while first and self.units[first].piece.kind == "data":
            first -= 1
        grown = len(text) - len(self.text)
        new: list[Piece] = []
        after = len(self.units)
        for piece in pieces_from(text, lexis, ends[first - 1] if first else 0):
            if _depends_on_all(piece):
                return False
            new.append(piece)
            if piece.end > len(text) - behind and not _begins_data(piece):
                at = bisect_left(ends, piece.end - grown)
                if at < len(ends) and ends[at] == piece.end - grown and not self._is_data(at + 1):
                    after = at + 1
                    break
        self._replace(new, first, after)
        return True

    def _is_data(self, number: int) -> bool:
        return number < len(self.units) and self.units[number].piece.kind == "data"

    def _replace(self, new: list[Piece], first: int, after: int) -> None:
        """Put pieces in the place of the units from `first` to `after`, where they are really others."""
        kept = _matches([unit.piece for unit in self.units[first:after]], new)
        units = self.units[:first]
        fresh: list[Piece] = []
        for piece, at in [*zip(new, kept, strict=True), (None, after - first)]:
            if at is None and piece is not None:
                fresh.append(piece)
                continue
            right = self.units[first + at] if at is not None and first + at < len(self.units) else None
            ranked = self._ranked(fresh, units[-1] if units else None, right)
            if len(ranked) < len(fresh):
                pieces = [*(unit.piece for unit in self.units[:first]), *new]
                self.units = self._ranked([*pieces, *(unit.piece for unit in self.units[after:])])
                return
            units += ranked
            fresh = []
            if piece is not None and right is not None:
                units.append(right)
        self.units = [*units, *self.units[after:]]

    def _ranked(self, pieces: list[Piece], left: Unit | None = None, right: Unit | None = None) -> list[Unit]:
        """Units with ranks between those of `left` and `right`; none when there is no room for them."""
        room = _GAP * (len(pieces) + 1)
        if left is not None:
            low = left.rank
            high = right.rank if right is not None else low + room
        else:
            high = right.rank if right is not None else self.first + room
            low = high - room
        step = (high - low) // (len(pieces) + 1)
        if step < 1:
            return []
        return [
            Unit(piece, low + step * number, len(piece.text), piece.text.count("\n"))
            for number, piece in enumerate(pieces, 1)
        ]


def _depends_on_all(piece: Piece) -> bool:
    """Whether how the text is cut elsewhere depends on a piece."""
    return not piece.finished or (piece.kind == "command" and piece.text[:9].casefold() == "delimiter")


def _begins_data(piece: Piece) -> bool:
    return piece.kind == "statement" and piece.sql[:4].casefold() == "copy"


def _matches(old: list[Piece], new: list[Piece]) -> list[int | None]:
    """For each new piece which old one it is; the old ones that are found are in their order."""
    places: dict[tuple[str, str, str], list[int]] = {}
    for number, piece in enumerate(old):
        places.setdefault((piece.text, piece.kind, piece.sql), []).append(number)
    found: list[int | None] = []
    last = -1
    for piece in new:
        there = places.get((piece.text, piece.kind, piece.sql), [])
        at = bisect_right(there, last)
        # what stands between statements is alike everywhere, and must not lead past any of them
        is_found = at < len(there) and (piece.kind == "statement" or there[at] == last + 1)
        if is_found:
            last = there[at]
        found.append(last if is_found else None)
    return found
