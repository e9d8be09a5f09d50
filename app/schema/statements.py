"""Read one statement with the parser of its dialect."""

from __future__ import annotations

from functools import lru_cache

from app.schema.dialects import Dialect
from app.schema.effects import Reading
from app.schema.kept import read_once

_STATEMENTS_KEPT = 20_000
"""How many parsed statements stay in memory: a dump of a thousand tables has about twelve thousand."""


@lru_cache(maxsize=_STATEMENTS_KEPT)
def read_statement(sql: str, dialect: Dialect) -> Reading:
    """What one statement does, read by the parser of its dialect."""
    if not dialect.readable:
        return Reading(reason=f"{dialect.name} is not SQL that dbcharter reads")
    return read_once(Reading, (sql, dialect), lambda: _parsed(sql, dialect))


def _parsed(sql: str, dialect: Dialect) -> Reading:
    reading = Reading()
    if dialect.postgres:
        from app.schema.postgres import read_statement as read_postgres

        reading = read_postgres(sql)
    if dialect.generic is not None and (reading.reason or not dialect.postgres):
        from app.schema.generic import read_statement as read_generic

        generic = read_generic(sql, dialect)
        return generic if not generic.reason or not dialect.postgres else reading
    return reading
