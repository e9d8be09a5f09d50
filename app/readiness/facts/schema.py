"""What the DDL in the document, and in the files that it names, says."""

from __future__ import annotations

from app.document.answers import Value
from app.readiness.registry import fact
from app.schema.model import Schema


@fact
def schema(physical_ddl: Value | None, existing_ddl: str, engine: str) -> Schema | None:
    """The schema that the DDL describes, beside what exists already; None when there is no DDL."""
    if not isinstance(physical_ddl, str) or not physical_ddl.strip():
        return None
    from app.schema.read import read_schema

    return read_schema(physical_ddl, engine, existing_ddl)
