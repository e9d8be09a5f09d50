"""What the texts of a document hold: bare refusals such as "n/a", mentions of ids, links.

Every text is looked at once: what was found at a value, or at a row of a table, is remembered for as
long as it is the same object.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, compress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from app import patterns
from app.bank.model import Bank, Column, Question, Slot
from app.document.answers import Value
from app.document.row_memo import RowMemo
from app.readiness.facts.bank_words import Repeat, is_example_row, repeat_in
from app.readiness.facts.tables import addresses, rows
from app.readiness.parts import LEAST, Parts
from app.readiness.registry import fact
from app.schema.names import word_set

_DENIALS = word_set("no none nope nothing nil na null not non never nobody irrelevant")
_FILLERS = word_set(
    "a affect affected affects an any anything applicable applies apply are at available be been by "
    "change changes currently do does effect effects exist exists expected far for foreseen from had has "
    "have here i identified impact impacts in incident incidents is issue issues it know known knows me "
    "moment n need needed needs now of on our planned present problem problems really relevant report "
    "required risk risks say so that the there these this time to us was we were whatever whatsoever yet"
)
"""Words that give a denial neither a reason nor something that it is about."""
_BARE = _DENIALS | _FILLERS
SENTENCE = patterns.compile(r"(?<=[.;!?])\s+|\n+")
"""What stands between two sentences of a text."""
_LONGEST = 80
_WORD = patterns.compile(r"[^\W_]+")
_NOT_AVAILABLE = patterns.compile(r"\bn[^\w\n]{1,3}a\b")
_LEFT_OUT = patterns.compile(r"[\s.,;:!\-–—/\\()\[\]\"'“”`*_~✗✘❌🚫]*")
_ID = patterns.compile(r"(?<![\w/#-])([A-Za-z]{1,6})-(\d{1,6})(?![\w-]|\.\d)")
_SOME = 2
"""How many fields of a row may well say the same, such as a name."""
_EXPLAINED = ("prose", "sentence")
_LINK = patterns.compile(r"\[([A-Za-z]{1,6})-(\d{1,6})\]\(([^()\s]{0,200})\)")
_TARGET_ID = patterns.compile(r"(?<![A-Za-z])([A-Za-z]{1,6})-(\d{1,6})(?!\d)")
_CITED = patterns.compile(r"`[^`\n]*`|\"[^\"\n]*\"|“[^”\n]*”|\[[^\[\]\n]*\]\((?!#)[^()\s]*\)")
_OF_ANOTHER = patterns.compile(
    r"(?:,? (?:of|in|from|under))(?: (?:the|our|their|its))?"
    r"(?: (?-i:[A-Z])\w*| (?:\w+ ){0,2}(?:manual|handbook|guide|wiki|contract|standard|catalog(?:ue)?)\b)",
    re.IGNORECASE,
)

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
    another id than their target; `repeats` what is the bank's. `whole` is the text that is all that stands
    there, in each field the same; `telling`: it stands for more than a name or a quantity would.
    """

    row: int
    bare: tuple[str, ...]
    blunt: tuple[str, ...]
    texts: int
    run: int
    mentions: tuple[Mention, ...]
    crossed: tuple[Mention, ...]
    repeats: tuple[Repeat, ...]
    whole: str = ""
    telling: bool = False


@fact
def looked(bank: Bank, values: Mapping[str, Value], memo: dict[str, Any]) -> Mapping[str, tuple[Looked, ...]]:
    """By question id, what its answer or each of its rows holds; those that hold nothing are left out."""
    looks = memo.get("looked")
    if looks is None:
        looks = memo["looked"] = _Looks(bank)
    return {question_id: looks.at(question_id, value) for question_id, value in values.items()}


def is_bare(text: str) -> bool:
    """Whether a text denies, or is left out with a dash, and says no more than that: neither why nor of what.

    "None that we know of" and "no, none" are bare, "none of the branches" and "0" are not.
    """
    if len(text) > _LONGEST:
        return False
    plain = text.casefold() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    words = _WORD.findall(plain)
    if not words:
        return _LEFT_OUT.fullmatch(plain) is not None
    if not _BARE.issuperset(words):
        return False
    return not _DENIALS.isdisjoint(words) or _NOT_AVAILABLE.search(plain) is not None


def is_lone_word(text: str) -> bool:
    """Whether a text is one word of letters, with nothing that it could refer to."""
    words = _WORD.findall(text) if len(text) <= _LONGEST else ()
    return len(words) == 1 and words[0].isascii() and words[0].isalpha()


def is_reason(text: str) -> bool:
    """Whether a text may say why: it is not bare, and no word alone."""
    return not (is_bare(text) or is_lone_word(text))


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
                    said = chain.from_iterable(map(_own_ids, parts or (text,)))
                    mentions += (Mention(found, written, name) for found, written in said)
                crossed += _crossed(name, text)
        if is_example_row(self._bank, question_id, own, chosen):
            repeats = [Repeat("", "most of this is an example of the question bank", True)]
        whole, telling = ("", False) if bare else _whole(question, own)
        if not (bare or mentions or crossed or repeats or whole):
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
            whole=whole,
            telling=telling,
        )

    def _parts_of(self, question_id: str, name: str, text: str) -> tuple[str, ...]:
        """A long text in parts; nothing for one that is looked at as quickly as a whole."""
        if len(text) < 2 * LEAST:
            return ()
        return self._parts.setdefault((question_id, name), Parts()).of(text)


@lru_cache(maxsize=4096)
def _own_ids(part: str) -> tuple[tuple[Id, str], ...]:
    """The ids in a part of a text that may be the document's own: not in backticks, in quotation marks, in a
    link to elsewhere, or followed by the name of what else they are of."""
    words = _CITED.sub(" ", part)
    return tuple(
        ((match[1].casefold(), int(match[2])), match[0])
        for match in _ID.finditer(words)
        if not _OF_ANOTHER.match(words, match.end())
    )


def _needed(question: Question, name: str) -> bool:
    """Whether a column, a slot or the answer itself cannot be left empty."""
    column = question.column_by_id.get(name)
    return column is None or column.required or name in question.key_columns


def _whole(question: Question, own: Mapping[str, str]) -> tuple[str, bool]:
    """The text that is all that an answer or a row says beside its key, and whether that is telling."""
    said = [text for name, text in own.items() if name not in question.key_columns]
    if len(said) < _SOME:
        said = list(own.values())
    if not said or said.count(said[0]) < len(said):
        return "", False
    text = said[0].strip().casefold() if len(said[0]) <= _LONGEST else said[0]
    return text, len(said) > _SOME if question.has_rows else question.kind in _EXPLAINED


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
