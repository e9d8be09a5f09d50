"""References from row to row that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.drafts import is_draft
from app.document.values import Misfit, cell_texts, column_values
from app.problems import nearest


def dangling_references(bank: Bank, answers: Answers) -> Iterator[Misfit]:
    """Cells that refer to a row of another table which is not there.

    A table that has no rows yet is not checked: what will be in it is not known. Drafts may be referred
    to, and what they refer to themselves is not checked.
    """
    known: dict[str, dict[str, str]] = {}
    for qid, question in bank.questions.items():
        for column in question.columns:
            if not column.refers_to:
                continue
            if column.refers_to not in known:
                target, _, name = column.refers_to.rpartition(".")
                known[column.refers_to] = {n.casefold(): n for n in column_values(answers, target, name)}
            names = known[column.refers_to]
            for position, row in enumerate(answers.rows(qid) if names else ()):
                for cell in () if is_draft(row) else cell_texts(row.get(column.id)):
                    if cell.casefold() not in names:
                        message = f"{cell!r} is not in {column.refers_to}"
                        yield Misfit(qid, message, position, column.id, hint=nearest(cell, names.values()))
