"""One spelling for predicates and types that people write beside the DDL."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from app.schema.dialects import Dialect, dialect_of
from app.schema.kept import read_once


class _Spelled(Struct, frozen=True):
    text: str | None


@lru_cache(maxsize=2_000)
def normalise_predicate(text: str, engine: str) -> str | None:
    """A predicate as the schema model spells it (`Key.where`, `Check.expression`); None when unread."""
    dialect = dialect_of(engine)
    sql = text.strip().rstrip(";")
    if len(sql) > 10_000 or "\0" in sql or not sql:
        return None
    return read_once(_Spelled, (sql, dialect), lambda: _Spelled(_predicate(sql, dialect))).text


def _predicate(sql: str, dialect: Dialect) -> str | None:
    if dialect.postgres:
        from app.schema.postgres_text import PARSE_ERRORS, expression_text, parse_expression

        try:
            return expression_text(parse_expression(sql))
        except PARSE_ERRORS:
            return None
    if dialect.generic is not None:
        from app.schema import generic_text

        try:
            tree = generic_text.parse_one(f"SELECT 1 WHERE {sql}", dialect.generic)
            where = tree.args.get("where") if tree is not None else None
            return generic_text.expression_text(where.this, dialect.generic) if where is not None else None
        except generic_text.READ_ERRORS:
            return None
    return None


@lru_cache(maxsize=2_000)
def normalise_type(text: str, engine: str) -> str | None:
    """A type as the schema model spells it (`SchemaColumn.type`); None when it is none."""
    dialect = dialect_of(engine)
    sql = text.strip()
    if len(sql) > 500 or "\0" in sql or not sql:
        return None
    if dialect.postgres:
        from app.schema.postgres_text import PARSE_ERRORS, SERIALS, parse_type, type_text

        try:
            kind = type_text(parse_type(sql))
        except PARSE_ERRORS:
            return None
        return SERIALS.get(kind, kind)
    if dialect.generic is not None:
        from sqlglot import exp

        from app.schema import generic_text

        try:
            return generic_text.type_text(exp.DataType.build(sql, dialect=dialect.generic), dialect.generic)
        except generic_text.READ_ERRORS:
            return None
    return None
