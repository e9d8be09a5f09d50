"""SQL-backed rule about answers that were not looked at since the DDL in files changed."""

from __future__ import annotations

from collections.abc import Iterator

from app.readiness.model import Found, Target
from app.readiness.registry import Yield, rule
from app.readiness.reopening import Again, Reopening

_TOLD = 4
"""How many differences one finding tells."""


@rule(
    "SQ15",
    "answer-older-than-schema",
    "B",
    sections=("7.2",),
    what="A file of DDL that 7.2 names is not as it was when the answer was last looked at, and the answer "
    "names a table, or a column of it, that was added, is gone, or is different.",
    why="The answer was right for another schema. Nobody has said since that it still is.",
    fix="Correct the answer; or say that it is still right: `dbcharter confirm FILE QUESTION`.",
    wrong_when="The word in the answer happens to be the name of a table. Confirming it once is enough until "
    "that table changes again.",
    files=(("db/schema.sql", "CREATE TABLE copy (copy_id bigint PRIMARY KEY, shelf integer NOT NULL);\n"),),
    fires="""
[physical]
engine = "postgresql"
existing_ddl_files = ["db/schema.sql"]

[[logical.grain]]
entity = "copy"
grain = "one physical book that a reader can carry home"

[ddl_seen]
copy = \"\"\"
column copy_id: bigint not null
column shelf: text
primary key: (copy_id)
\"\"\"
""",
    silent=(
        """
[physical]
engine = "postgresql"
existing_ddl_files = ["db/schema.sql"]

[[logical.grain]]
entity = "copy"
grain = "one physical book that a reader can carry home"

[ddl_seen]
copy = \"\"\"
column copy_id: bigint not null
column shelf: integer not null
primary key: (copy_id)
\"\"\"
""",
        """
[physical]
engine = "postgresql"
existing_ddl_files = ["db/schema.sql"]

[[physical.column_semantics]]
table = "copy"
column = "copy_id"
type = "bigint"
nullable = false
meaning = "the number on the sticker"

[ddl_seen]
copy = \"\"\"
column copy_id: bigint not null
column shelf: text
primary key: (copy_id)
\"\"\"
""",
    ),
)
def answer_older_than_schema(reopening: Reopening) -> Iterator[Yield]:
    for again in reopening.again:
        target = Target(again.question, again.row)
        yield Found(target, _message(again, reopening), "correct it, or say that it is still right: confirm")


def _message(again: Again, reopening: Reopening) -> str:
    told = []
    for name, different in again.because.items():
        table = reopening.tables.get(name)
        place = f"{table.path}:{table.line}" if table is not None else "the files of DDL"
        more = f" and {len(different) - _TOLD} more" if len(different) > _TOLD else ""
        told.append(f"{name} ({place}): {', '.join(map(str, different[:_TOLD]))}{more}")
    return f"changed since this was looked at: {'; '.join(told)}"
