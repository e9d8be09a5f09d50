"""The bank's own words, to be recognised where they stand as an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from app import patterns
from app.bank.model import Bank, Question
from app.document.text import one_line

Words = tuple[str, ...]

PROSE_RUN = 8
"""How many words in a row are no coincidence in prose."""
CODE_RUN = 16
"""The same in code, where half of the words are the language's."""
_PART_WORDS = 4
"""Parts of an example, such as one cell, are recognised whole from this many words on."""
_LINE_WORDS = 2
"""The same for the lines of a list."""
_WORD = patterns.compile(r"[^\W_]+")
_COMMENT = patterns.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ALIKE = 2
"""How many cells a row has in common with an example, at the least, to be it."""
_BARS = patterns.compile(r"\s\|(?=\s)")


class BankWords(Struct, frozen=True):
    """The texts of a bank in words.

    By question id: `whole` says what each text is, `parts` are the longer parts of examples, `rows`
    the examples of tables and sentences by column and slot. `runs` are all successions of words of one
    length, `longest` the number of words of the longest text in `whole` or `parts`.
    """

    whole: Mapping[str, Mapping[Words, str]]
    parts: Mapping[str, frozenset[Words]]
    rows: Mapping[str, tuple[Mapping[str, Words], ...]]
    runs: Mapping[int, frozenset[Words]]
    longest: Mapping[str, int]


@lru_cache(maxsize=512)
def words_of(text: str) -> Words:
    """The words of a text; case, punctuation and underscores do not matter."""
    return tuple(_WORD.findall(text.casefold()))


def runs_of(words: Words, length: int) -> Iterator[Words]:
    """Every succession of `length` words."""
    return zip(*(words[start:] for start in range(length)), strict=False)


class Repeat(Struct, frozen=True):
    """A text, or a row, that is the bank's own. `void`: hardly anything of it is the author's."""

    column: str
    message: str
    void: bool


def repeat_in(
    bank: Bank, question_id: str, column: str, text: str, code: bool, parts: Sequence[str] = ()
) -> Repeat | None:
    """What `text`, the answer or the cell of a column, repeats of the bank; None when it is the author's.

    `parts` are the lines of a long text in several parts, each of which is looked at once.
    """
    if not code and "<!--" in text:
        rest = _COMMENT.sub("", text).strip()
        return Repeat(column, "an HTML comment is left in the text", not rest)
    length = CODE_RUN if code else PROSE_RUN
    if parts and not _may_repeat(bank, question_id, parts, length):
        return None
    known = bank_words(bank)
    words = words_of(text)
    what = known.whole[question_id].get(words)
    if what is None and words in known.parts[question_id]:
        what = "example"
    if what is not None:
        return Repeat(column, f"this is the {what} of the question bank, word for word", True)
    start, count = _longest_run(words, length, known.runs[length])
    if not count:
        return None
    quoted = one_line(" ".join(words[start : start + count]), 70)
    message = f"{count} words in a row are the question bank's own: {quoted!r}"
    return Repeat(column, message, count * 2 >= len(words))


class _Part(Struct, frozen=True):
    """Of a part of a text the number of words, the first and last ones, and whether it holds a known run."""

    count: int
    first: Words
    last: Words
    repeats: bool


@lru_cache(maxsize=4096)
def _part(bank: Bank, text: str, length: int) -> _Part:
    words = tuple(_WORD.findall(text.casefold()))
    repeats = not bank_words(bank).runs[length].isdisjoint(runs_of(words, length))
    return _Part(len(words), words[: length - 1], words[1 - length :], repeats)


@lru_cache(maxsize=4096)
def _crosses(bank: Bank, before: Words, after: Words, length: int) -> bool:
    """Whether a known run begins in the last words of one part and ends in the first ones of the next."""
    return not bank_words(bank).runs[length].isdisjoint(runs_of((*before, *after), length))


def _may_repeat(bank: Bank, question_id: str, parts: Sequence[str], length: int) -> bool:
    """Whether a text in parts, which end where words do, is short or holds a known run of words."""
    known = bank_words(bank)
    before: Words = ()
    count = 0
    for part in (_part(bank, text, length) for text in parts):
        if part.repeats or _crosses(bank, before, part.first, length):
            return True
        before = (*before, *part.last)[1 - length :]
        count += part.count
    return count <= known.longest[question_id]


def is_example_row(bank: Bank, question_id: str, cells: Mapping[str, str], chosen: Mapping[str, str]) -> bool:
    """Whether most of what a row says in words, or all that it says and chooses, is that of an example.

    `cells` are texts, `chosen` titles of options, by column or slot.
    """
    for example in bank_words(bank).rows.get(question_id, ()):
        alike = sum(example.get(column) == words_of(text) for column, text in cells.items())
        if alike >= _ALIKE and alike * 2 > len(cells):
            return True
        same = (example.get(column) == words_of(text) for column, text in chosen.items())
        if cells and chosen and alike == len(cells) and all(same):
            return True
    return False


def _longest_run(words: Words, length: int, known: frozenset[Words]) -> tuple[int, int]:
    """Where the longest run that is also in the bank begins, and its number of words; 0 without one."""
    if len(words) < length or known.isdisjoint(runs_of(words, length)):
        return 0, 0
    longest = current = end = 0
    for position, run in enumerate(runs_of(words, length)):
        current = (current or length - 1) + 1 if run in known else 0
        if current > longest:
            longest, end = current, position + length
    return end - longest, longest


@lru_cache(maxsize=8)
def bank_words(bank: Bank) -> BankWords:
    """The words of the prompts, the help and the examples of a bank."""
    whole: dict[str, dict[Words, str]] = {}
    parts: dict[str, frozenset[Words]] = {}
    rows: dict[str, tuple[Mapping[str, Words], ...]] = {}
    runs: dict[int, set[Words]] = {PROSE_RUN: set(), CODE_RUN: set()}
    for question_id, question in bank.questions.items():
        texts = {
            "question": question.prompt,
            "explanation": question.why,
            "help": question.help,
            "weak example": question.weak,
            "good example": question.good,
        }
        known = {words_of(text): what for what, text in texts.items() if text}
        whole[question_id] = known
        least = _LINE_WORDS if question.kind in ("list", "choices") else _PART_WORDS
        found = {words_of(part) for part in _parts(question)}
        parts[question_id] = frozenset(words for words in found if len(words) >= least)
        if question.has_rows or question.kind == "sentence":
            rows[question_id] = tuple(_row(question, text) for text in (question.good, question.weak))
        lengths = (PROSE_RUN, CODE_RUN) if _holds_code(question) else (PROSE_RUN,)
        for words in known:
            for length in lengths:
                runs[length].update(runs_of(words, length))
    longest = {q: max(map(len, (*whole[q], *parts[q])), default=0) for q in whole}
    return BankWords(whole, parts, rows, {length: frozenset(k) for length, k in runs.items()}, longest)


def _holds_code(question: Question) -> bool:
    return question.kind == "code" or any(column.kind == "code" for column in question.columns)


def _parts(question: Question) -> Iterator[str]:
    """Cells, lines, fields, slots and listed values of the examples."""
    titles = tuple(f"{column.title}:" for column in question.columns)
    for text in (question.good, question.weak):
        if question.kind == "table":
            yield from _BARS.split(f"{text} ")
        elif question.kind == "sentence":
            yield from _slots(question, text)
        elif question.kind == "choices":
            yield from text.split(",")
        elif question.kind in ("list", "records"):
            for line in text.splitlines():
                yield line.partition(":")[2] if line.startswith(titles) else line


def _row(question: Question, example: str) -> dict[str, Words]:
    """The cells of an example row, the fields of an example record, or the slots of a sentence."""
    if question.kind == "sentence":
        slots = zip((slot.id for slot in question.slots), _slots(question, example), strict=False)
        return {slot: words_of(text) for slot, text in slots}
    cells = dict.fromkeys((column.id for column in question.columns), "")
    if question.kind == "table":
        cells.update(zip(cells, _BARS.split(f"{example} "), strict=False))
    else:
        ids = {column.title: column.id for column in question.columns}
        field = next(iter(cells))
        for line in example.splitlines():
            title, _, rest = line.partition(":")
            field, said = (ids[title], rest) if title in ids else (field, line)
            cells[field] += f" {said}"
    return {column: words_of(text) for column, text in cells.items()}


def _slots(question: Question, text: str) -> Iterator[str]:
    """What an example fills into the gaps of the sentence."""
    sentence = " ".join(question.sentence.split())
    pattern = re.sub(r"\\\{[a-z_0-9]+\\\}", "(.+?)", re.escape(sentence))
    match = re.fullmatch(pattern, " ".join(text.split()))
    yield from match.groups() if match else ()
