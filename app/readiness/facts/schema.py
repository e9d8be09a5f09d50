"""What the DDL in the document, and in the files that it names, says."""

from __future__ import annotations

from typing import Any

from app.document.answers import Value
from app.readiness.registry import fact
from app.schema.model import Schema


@fact
def schema(physical_ddl: Value | None, existing_ddl: str, engine: str, memo: dict[str, Any]) -> Schema | None:
    """The schema that the DDL describes, beside what exists already; None when there is no DDL.

    Its positions are within statements, so that tables which an edit leaves alone stay the same objects;
    what rules say with them is led to the lines of the text at the end.
    """
    if not isinstance(physical_ddl, str) or not physical_ddl.strip():
        return None
    from app.schema.read import SchemaReader

    reader: SchemaReader = memo.setdefault("schema", SchemaReader())
    return reader.read(physical_ddl, engine, existing_ddl)
