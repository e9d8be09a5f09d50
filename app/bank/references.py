"""What the columns of a bank point at."""

from __future__ import annotations

from app.bank.model import Bank, Column, SchemaName


def named_by(bank: Bank, column: Column) -> tuple[SchemaName, ...]:
    """What of the DDL a column names, itself or as the column does that it refers to."""
    if column.names or not column.refers_to:
        return column.names
    question_id, _, name = column.refers_to.rpartition(".")
    question = bank.questions.get(question_id)
    target = question.column_by_id.get(name) if question is not None else None
    return target.names if target is not None else ()
