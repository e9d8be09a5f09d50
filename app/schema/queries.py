"""Read queries: what they filter, join, sort and return, from SQL with its parameters."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from app.schema.dialects import Dialect, dialect_of
from app.schema.kept import read_once
from app.schema.parameters import parameters_of
from app.schema.query_model import (
    ColumnUse,
    Comparison,
    Condition,
    Join,
    Keyset,
    Parameter,
    Query,
    QueryTable,
    SortColumn,
)
from app.schema.serving import Serving, serving_indexes
from app.schema.split import split

__all__ = [
    "ColumnUse",
    "Comparison",
    "Condition",
    "Join",
    "Keyset",
    "Parameter",
    "Query",
    "QueryTable",
    "Serving",
    "SortColumn",
    "read_queries",
    "read_query",
    "serving_indexes",
]


def read_query(text: str, engine: str) -> Query:
    """The first query in `text` that reads or writes tables; where there is none, why not."""
    queries = read_queries(text, engine)
    readable = next((query for query in queries if not query.unread), None)
    return readable or (queries[0] if queries else Query("other", unread="there is no query", unread_line=1))


@lru_cache(maxsize=2_000)
def read_queries(text: str, engine: str) -> tuple[Query, ...]:
    """Every query in `text`, in order; BEGIN, SET and the like are left out.

    Parameters may be written `:name`, `%(name)s`, `@name`, `$1` or `?`. Positions are offsets in `text`.
    """
    dialect = dialect_of(engine)
    found = []
    parameters = parameters_of(text, dialect.lexis)
    for piece in split(text, dialect.lexis):
        if piece.kind != "statement" or not piece.sql or piece.sql.split(None, 1)[0].upper() in _CONTROL:
            continue
        end = piece.start + len(piece.sql)
        own = tuple(p for p in parameters if piece.start <= p.span.start < end)
        line = text.count("\n", 0, piece.start)
        query = _read(piece.sql, tuple(_moved(p, -piece.start) for p in own), engine)
        unread_line = query.unread_line + line if query.unread else 0
        found.append(replace(query, parameters=own, text=piece.sql, unread_line=unread_line))
    return tuple(found)


_CONTROL = {"BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "END", "SET", "USE", "RESET"}


def _moved(parameter: Parameter, by: int) -> Parameter:
    span = parameter.span
    return replace(parameter, span=replace(span, start=span.start + by, end=span.end + by))


def _read(sql: str, parameters: tuple[Parameter, ...], engine: str) -> Query:
    dialect = dialect_of(engine)
    if not dialect.readable:
        reason = f"{dialect.name} is not SQL that dbcharter reads"
        return Query("other", unread=reason, unread_line=1)
    return read_once(Query, (sql, parameters, dialect), lambda: _parsed(sql, parameters, dialect))


def _parsed(sql: str, parameters: tuple[Parameter, ...], dialect: Dialect) -> Query:
    query = Query("other", unread="it was not read", unread_line=1)
    if dialect.postgres:
        from app.schema.query_postgres import read_postgres_query

        query = read_postgres_query(sql, parameters)
    if query.unread and dialect.generic is not None:
        from app.schema.query_generic import read_generic_query

        generic = read_generic_query(sql, parameters, dialect.generic)
        return generic if not generic.unread or not dialect.postgres else query
    return query
