"""What the texts of a document hold: bare refusals such as "n/a", mentions of ids, links.

Every text is looked at once: what was found at a value, or at a row of a table, is remembered for as
long as it is the same object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, compress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank, Column, Question, Slot
from app.document.answers import Value
from app.document.row_memo import RowMemo
from app.readiness.facts.bank_words import Repeat, is_example_row, repeat_in
from app.readiness.facts.tables import addresses, rows
from app.readiness.parts import LEAST, Parts
from app.readiness.registry import fact


def word_set(text: str) -> frozenset[str]:
    """The words of a text between blanks, for lists of words in code."""
    return frozenset(text.split())


BARE = frozenset(
    {
        "n/a", "na", "n.a", "none", "no", "nope", "nothing", "nil", "not applicable", "not relevant",
        "not needed", "not required", "not affected", "not available", "none known", "none needed",
        "none required", "none identified", "none expected", "no impact", "no effect", "no change",
        "no changes", "no risk", "no risks", "no issue", "no issues", "does not apply", "irrelevant",
        "no known issues", "no impact expected", "nothing to report", "",
    }
)  # fmt: skip
"""Texts that deny without a reason, in the form that `is_bare` compares. A lone dash becomes ""."""
SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
"""What stands between two sentences of a text."""
_EDGES = " \t\n.,;:!-–—/()[]\"'“”`*_"
_LONGEST = max(map(len, BARE)) + 8
_ID = re.compile(r"(?<![\w/#-])([A-Za-z]{1,6})-(\d{1,6})(?![\w-]|\.\d)")
_LINK = re.compile(r"\[([A-Za-z]{1,6})-(\d{1,6})\]\(([^()\s]{0,200})\)")
_TARGET_ID = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,6})-(\d{1,6})(?!\d)")

Id = tuple[str, int]
"""A prefix in lower case and a number: INV-007 is ("inv", 7)."""


class Mention(Struct, frozen=True):
    """An id in a text, as written, and the column or slot that the text is in."""

    id: Id
    written: str
    column: str


class Looked(Struct, frozen=True):
    """What was found at an answer, or at one row of it.

    `row` is the position among the rows, -1 without rows. `bare` lists columns or slots ("" for the
    answer itself) whose text is bare, `blunt` those of them that cannot be left empty; `texts` counts what
    has a text; `run` is the longest succession of bare cells. `crossed` lists links whose words name
    another id than their target; `repeats` what is the bank's.
    """

    row: int
    bare: tuple[str, ...]
    blunt: tuple[str, ...]
    texts: int
    run: int
    mentions: tuple[Mention, ...]
    crossed: tuple[Mention, ...]
    repeats: tuple[Repeat, ...]


@fact
def looked(bank: Bank, values: Mapping[str, Value], memo: dict[str, Any]) -> Mapping[str, tuple[Looked, ...]]:
    """By question id, what its answer or each of its rows holds; those that hold nothing are left out."""
    looks = memo.get("looked")
    if looks is None:
        looks = memo["looked"] = _Looks(bank)
    return {question_id: looks.at(question_id, value) for question_id, value in values.items()}


def is_bare(text: str) -> bool:
    """Whether a text denies, or is left out with a dash, and says no more than that."""
    return len(text) <= _LONGEST and " ".join(text.split()).casefold().strip(_EDGES) in BARE


def texts_in(value: Value | None) -> Iterator[str]:
    """A text, or those of a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from (item for item in value if isinstance(item, str))


def ids_in(text: str) -> Iterator[tuple[Id, str]]:
    """The ids such as INV-007 in a text, with how each is written."""
    for match in _ID.finditer(text):
        yield (match[1].casefold(), int(match[2])), match[0]


def id_of(text: str) -> Id | None:
    """The id that a whole text is; None when it is not one."""
    match = _ID.fullmatch(text.strip())
    return (match[1].casefold(), int(match[2])) if match else None


def address_of(bank: Bank, question_id: str, value: Value | None, position: int) -> str:
    """The address of the row at `position` among the rows; "" for -1 or a row that is not there."""
    found = addresses(bank, question_id, value)
    return found[position] if 0 <= position < len(found) else ""


class _Looks:
    """Looks at values and rows, at each object once."""

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._values: dict[str, tuple[Value, tuple[Looked, ...]]] = {}
        self._rows: dict[str, RowMemo[Looked | None]] = {}
        self._parts: dict[tuple[str, str], Parts] = {}

    def at(self, question_id: str, value: Value) -> tuple[Looked, ...]:
        known = self._values.get(question_id)
        if known is None or known[0] is not value:
            found = tuple(self._look(question_id, self._bank.questions[question_id], value))
            self._values[question_id] = known = (value, found)
        return known[1]

    def _look(self, question_id: str, question: Question, value: Value) -> Iterator[Looked]:
        if not question.has_rows:
            whole = self._looked(question_id, question, list(_texts(question, value)))
            if whole is not None:
                yield whole
            return
        if question_id not in self._rows:
            self._rows[question_id] = RowMemo(partial(self._row, question_id, question))
        found = self._rows[question_id].at(rows(value))
        for position, seen in compress(enumerate(found), found):
            if seen is not None:
                yield replace(seen, row=position)

    def _row(self, question_id: str, question: Question, row: Value) -> Looked | None:
        assert isinstance(row, Mapping)
        texts = [
            (column.id, column, text) for column in question.columns for text in texts_in(row.get(column.id))
        ]
        return self._looked(question_id, question, texts)

    def _looked(
        self, question_id: str, question: Question, texts: Sequence[tuple[str, Question | Column | Slot, str]]
    ) -> Looked | None:
        bare: list[str] = []
        mentions: list[Mention] = []
        crossed: list[Mention] = []
        repeats: list[Repeat] = []
        own: dict[str, str] = {}
        chosen: dict[str, str] = {}
        run = longest = 0
        for name, thing, text in texts:
            if not isinstance(thing, Slot) and thing.options:
                options = self._bank.options_of(thing)
                option = options.find(text) if options is not None else None
                if option is not None:
                    chosen[name] = option.title
                    continue
            own[name] = f"{own[name]} {text}" if name in own else text
            run = run + 1 if is_bare(text) else 0
            longest = max(longest, run)
            if run:
                bare.append(name)
                continue
            code = not isinstance(thing, Slot) and thing.kind == "code"
            parts = self._parts_of(question_id, name, text)
            repeat = repeat_in(self._bank, question_id, name, text, code, parts)
            if repeat is not None:
                repeats.append(repeat)
            if "-" in text:
                if name not in question.key_columns:
                    said = chain.from_iterable(map(_ids_of, parts)) if parts else ids_in(text)
                    mentions += (Mention(found, written, name) for found, written in said)
                crossed += _crossed(name, text)
        if is_example_row(self._bank, question_id, own, chosen):
            repeats = [Repeat("", "most of this is an example of the question bank", True)]
        if not (bare or mentions or crossed or repeats):
            return None
        return Looked(
            row=-1,
            bare=tuple(bare),
            blunt=tuple(name for name in dict.fromkeys(bare) if _needed(question, name)),
            texts=len(own),
            run=longest,
            mentions=tuple(mentions),
            crossed=tuple(crossed),
            repeats=tuple(repeats),
        )

    def _parts_of(self, question_id: str, name: str, text: str) -> tuple[str, ...]:
        """A long text in parts; nothing for one that is looked at as quickly as a whole."""
        if len(text) < 2 * LEAST:
            return ()
        return self._parts.setdefault((question_id, name), Parts()).of(text)


@lru_cache(maxsize=4096)
def _ids_of(part: str) -> tuple[tuple[Id, str], ...]:
    return tuple(ids_in(part))


def _needed(question: Question, name: str) -> bool:
    """Whether a column, a slot or the answer itself cannot be left empty."""
    column = question.column_by_id.get(name)
    return column is None or column.required or name in question.key_columns


def _crossed(name: str, text: str) -> Iterator[Mention]:
    for prefix, number, target in _LINK.findall(text):
        said = (prefix.casefold(), int(number))
        meant = [(p.casefold(), int(n)) for p, n in _TARGET_ID.findall(target)]
        alike = [found for found in meant if found[0] == said[0]]
        if alike and said not in alike:
            yield Mention(said, f"[{prefix}-{number}]({target})", name)


def _texts(question: Question, value: Value) -> Iterator[tuple[str, Question | Slot, str]]:
    if isinstance(value, Mapping):
        for slot in question.slots:
            for text in texts_in(value.get(slot.id)):
                yield slot.id, slot, text
    else:
        for text in texts_in(value):
            yield "", question, text
