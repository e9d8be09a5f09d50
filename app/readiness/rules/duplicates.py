"""The migration rule about new keys on data that may break them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.document.answers import Value
from app.readiness.facts.changes import KEY_ACTS, Change, Changes, unread_like
from app.readiness.facts.tables import rows, text
from app.readiness.model import Found
from app.readiness.registry import Yield, rule
from app.schema.model import Schema

_UNIQUE_STATEMENT = re.compile(r"(?i)\bunique\b|\bexclude\b|\bprimary\s+key\b")
_DUPLICATE = re.compile(
    r"(?i)\bduplicat\w*|\bdedup\w*|\bdouble[sd]?\b|\btwice\b|\bviolat\w*|\bhaving\s+count\b|\bnot unique\b"
    r"|\btwo (?:open|active|current)\b|\boverlap\w*|\bunique\b"
)
_REPAIR = re.compile(
    r"(?i)\brepair\w*|\bmerg\w+|\bclean\w*|\bdelet\w+|\bdeclin\w+|\bremov\w+|\bfix\w*|\bclos\w+|\bmov\w+|"
    r"\bcorrect\w*"
    r"|\bresolv\w+|\brenumber\w*|\bkeep\w*|\bkept\b|\barchiv\w+"
)
_NONE = re.compile(
    r"(?i)\b(?:no|zero|0|without|never|cannot|none)\b[^.;]{0,60}\b(?:duplicat\w*|twice|row|rows|violat\w*|"
    r"overlap\w*)"
    r"|\breturn\w* (?:0|no|nothing|none)\b|\bis empty\b|\bmust be 0\b"
)


@rule(
    "MG08",
    "unique-on-dirty-data",
    "A",
    sections=("11.3", "17.1", "1.1"),
    checklist=("CHK11",),
    what="A unique or exclusion key comes to a table that holds rows, and nothing says whether they obey "
    "it or what becomes of those that do not.",
    why="The statement fails on the first duplicate, on production alone, at night. Until somebody "
    "decides which row stays the migration stands still.",
    fix="Count the duplicates now, say in 1.1 how many there are, and add a step that repairs them; "
    "failure path FP5 is its place in 17.1.",
    wrong_when="The data cannot hold duplicates: say why in 1.1, or in the row of FP5.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE UNIQUE INDEX CONCURRENTLY uq_reader_card ON reader (card_no);"
""",
    silent=(
        """
[profile]
traits = ["existing_data"]

[problem]
data_quality = "No card number is there twice: all come from one sequence; the query returned 0 rows."

[physical]
engine = "postgresql"
ddl = "CREATE UNIQUE INDEX CONCURRENTLY uq_reader_card ON reader (card_no);"
""",
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
ALTER TABLE reader ADD COLUMN app_key uuid;
CREATE UNIQUE INDEX CONCURRENTLY uq_reader_app_key ON reader (app_key);
CREATE TABLE renewal (renewal_id bigint PRIMARY KEY, loan_id bigint NOT NULL UNIQUE);
\"\"\"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE UNIQUE INDEX CONCURRENTLY uq_reader_card ON reader (card_no);"

[[failure.failure_modes]]
failure_mode = "uq_reader_card cannot be built because two readers share a card"
path = "fp5"
impact = "the index is invalid, nobody is blocked"
detection = "the duplicate query of step 1, 31 pairs today"
mitigation = "branches merge the pairs before step 2; the younger card stays"
""",
    ),
)
def unique_on_dirty_data(
    changes: Changes,
    schema: Schema | None,
    problem_data_quality: Value | None,
    problem_pain_points: Value | None,
    migration_steps: Value | None,
    failure_failure_modes: Value | None,
) -> Iterator[Yield]:
    yield from unread_like(changes, _UNIQUE_STATEMENT)
    told = [text(problem_data_quality), text(problem_pain_points)]
    told += [" ".join(map(str, row.values())) for row in rows(migration_steps)]
    told += [" ".join(map(str, row.values())) for row in rows(failure_failure_modes)]
    counted = [words for words in told if _DUPLICATE.search(words)]
    repaired = any(_REPAIR.search(words) or _NONE.search(words) for words in counted)
    fp5 = any(row.get("path") == "fp5" for row in rows(failure_failure_modes))
    if fp5 or repaired:
        return
    seen: set[str] = set()
    for change in changes.on_existing:
        for name in _new_keys(change):
            if name in seen or _holds_anyway(name, change, changes, schema):
                continue
            seen.add(name)
            lack = "what becomes of the rows that break it" if counted else "whether its rows obey it"
            what = f"{name or 'a unique key'} is new on the existing table {change.table}"
            message = f"{what}, and nothing says {lack}"
            yield Found(
                change.target, message, "count the duplicates, say so in 1.1, and add the repair as a step"
            )


def _new_keys(change: Change) -> Iterator[str]:
    if change.kind == "create_index" and (
        "unique" in change.flags or re.match(r"(?i)\s*create\s+unique", change.sql)
    ):
        yield from (act.name for act in change.named("index"))
    yield from (act.name for act in change.named(*KEY_ACTS) if not act.using_index)


_COLUMNS = re.compile(r"\(([^()]*)\)")


def _holds_anyway(name: str, change: Change, changes: Changes, schema: Schema | None) -> bool:
    """Whether the rows that are there cannot break a key: a new column of it is null in all of them, or it
    contains a key that the table has."""
    listed = _COLUMNS.search(
        change.sql[change.sql.find(name) + len(name) :] if name in change.sql else change.sql
    )
    columns = (
        {part.split()[0].strip('"`').casefold() for part in listed[1].split(",") if part.split()}
        if listed
        else set()
    )
    for earlier in changes.statements:
        if earlier.table == change.table:
            required = {act.name for act in earlier.named("default", "not_null")}
            new = {act.name.casefold() for act in earlier.named("add_column") if act.name not in required}
            if new & columns or (earlier is change and new and not listed):
                return "NULLS NOT DISTINCT" not in change.sql.upper()
    table = schema.table(change.table) if schema else None
    keys = table.keys if table else ()
    return any(
        key.name != name and not key.where and key.columns and set(key.columns) <= columns for key in keys
    )
