"""Merge a document of 300 tables and 3,000 columns; prints milliseconds.

Both sides edit one cell in a hundred and append a tenth as many rows, at different places and, for the
conflicts, at the same ones. Run it as `python -m benchmarks.merge`.
"""

from __future__ import annotations

from types import MappingProxyType

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.answers import Answers, Row, Value
from app.document.codec import Document, decode, encode, new_document
from app.document.merge import merge
from app.document.merge_files import merge_documents
from benchmarks.documents import large_answers
from benchmarks.save import milliseconds

TABLE = "physical.column_semantics"
ROUNDS = 5


def edited(answers: Answers, name: str, first: int) -> Answers:
    """Every hundredth row from `first` changed, and some rows more."""
    rows: list[Value] = list(answers.rows(TABLE))
    for position in range(first, len(rows), 100):
        row = rows[position]
        assert isinstance(row, MappingProxyType)
        rows[position] = MappingProxyType({**row, "meaning": f"{name} {position}"})
    more: list[Row] = [
        MappingProxyType({"table": name, "column": str(number), "type": "text"})
        for number in range(len(rows) // 1000)
    ]
    return answers.with_value(TABLE, (*rows, *more))


def main(bank: Bank) -> None:
    base = large_answers(bank)
    document = encode(bank, new_document(bank, "large", Answers()), base)
    print(f"{len(document.text) / 1e6:.2f} MB, {len(base.rows(TABLE)):,} rows in {TABLE}")
    print(f"load one side (decode)            {milliseconds(lambda: decode(bank, document.text)):8.1f} ms")
    measure(bank, "different rows", document, edited(base, "ours", 0), edited(base, "theirs", 50))
    measure(bank, "the same rows ", document, edited(base, "ours", 0), edited(base, "theirs", 0))


def measure(bank: Bank, title: str, document: Document, *sides: Answers) -> None:
    """Merge answers that share what is unchanged, then files that were read and share nothing."""
    ours, theirs = sides
    base = document.answers
    conflicts = len(merge(bank, base, ours, theirs).conflicts)
    both = milliseconds(lambda: merge(bank, base, ours, theirs), ROUNDS)
    print(f"merge of answers, {title}  {both:8.1f} ms, {conflicts} conflicts")
    read = [decode(bank, encode(bank, document, side).text) for side in (base, ours, theirs)]
    files = milliseconds(lambda: merge_documents(bank, *read), ROUNDS)
    print(f"merge of files, {title}    {files:8.1f} ms, proof that it can be read included")


if __name__ == "__main__":
    main(default_bank())
