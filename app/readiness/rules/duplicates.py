"""The migration rule about new keys on data that may break them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct

from app import patterns
from app.document.answers import Value
from app.readiness.facts.changes import KEY_ACTS, Change, Changes, unread_like
from app.readiness.facts.objects import identifiers
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import name_key, row_text, rows, text
from app.readiness.model import Found
from app.readiness.registry import Yield, rule
from app.schema.model import Schema
from app.schema.names import bare_name, word_set

_UNIQUE_STATEMENT = r"\bunique\b|\bexclude\b|\bprimary\s+key\b"
_DUPLICATE = patterns.compile(
    r"(?i)\bduplicat\w*|\bdedup\w*|\bdouble[sd]?\b|\btwice\b|\bviolat\w*|\bhaving\s+count\b|\bunique\w*|"
    r"\bdistinct\b|\bshar(?:e[sd]?|ing)\b|\btwo (?:open|active|current)\b|\boverlap\w*|\bcollision\w*"
)
_REPAIR = patterns.compile(
    r"(?i)\brepair\w*|\bmerg\w+|\bclean\w*|\bdelet\w+|\bdeclin\w+|\bremov\w+|\bfix\w*|\bclos\w+|\bmov\w+|"
    r"\bcorrect\w*|\bresolv\w+|\brenumber\w*|\bke(?:ep\w*|pt)\b(?! (?:\w+ )?out\b)|\barchiv\w+"
)
_NONE = patterns.compile(
    r"(?i)\b(?:no|zero|0|without|never|cannot|none|nowhere)\b[^.;]{0,60}\b(?:duplicat\w*|twice|row|rows|"
    r"violat\w*|"
    r"overlap\w*|shar\w+|same|collision\w*)"
    r"|\b(?:every|each|all)\b[^.;]{0,40}\b(?:distinct|unique|different|once)\b"
    r"|\breturn\w* (?:0|no|nothing|none)\b|\bis empty\b|\bmust be 0\b|\bcount\s*\(\s*distinct\b"
)
_KEY = patterns.compile(r"(?i)\b(?:index|key|constraint)\b|\binvalid\b")
_QUALIFIED = patterns.compile(r"\b[A-Za-z]\w*\.[A-Za-z]\w*\b")
_GENERIC = word_set(
    "uq ux uk uniq unique excl exclude ix idx key pk id no nr number code name at on by of the and"
)
"""Parts of names that tell nothing about what they name."""


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
    wrong_when="The data cannot hold duplicates: say why in 1.1, or in the row of FP5, and name the table "
    "or the column; words that name none are taken to be about every key.",
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
    existing_names: frozenset[str],
    problem_data_quality: Value | None,
    problem_pain_points: Value | None,
    migration_steps: Value | None,
    failure_failure_modes: Value | None,
) -> Iterator[Yield]:
    yield from unread_like(changes, _UNIQUE_STATEMENT)
    new = [(change, name) for change in changes.on_existing for name in _new_keys(change)]
    new = [(change, name) for change, name in new if not _holds_anyway(name, change, changes, schema)]
    if not new:
        return
    tables = {*existing_names, *(entity_key(name) for name in (schema.tables if schema else ()))} - {""}
    said = partial(_said, [frozenset(table.split()) for table in tables])
    modes = [(row_text(row), row.get("path")) for row in rows(failure_failure_modes)]
    told = [*_paragraphs(problem_data_quality), *_paragraphs(problem_pain_points)]
    told += [*map(row_text, rows(migration_steps)), *(words for words, _ in modes)]
    doubles = [said(words) for words in told if _DUPLICATE.search(words)]
    paths = [said(words) for words, path in modes if path == "fp5"]
    seen: set[str] = set()
    for change, name in new:
        own = _stems(f"{name} {bare_name(change.table)} {' '.join(_key_columns(name, change))}") - _GENERIC
        about = [one for one in doubles if own & one.stems or one.names_nothing]
        settled = any(_REPAIR.search(one.words) or _NONE.search(one.words) for one in about)
        planned = any(own & one.stems or (one.names_nothing and _KEY.search(one.words)) for one in paths)
        if name in seen or settled or planned:
            continue
        seen.add(name)
        lack = "what becomes of the rows that break it" if about else "whether its rows obey it"
        what = f"{name or 'a unique key'} is new on the existing table {change.table}"
        message = f"{what}, and nothing says {lack}"
        yield Found(
            change.target, message, "count the duplicates, say so in 1.1, and add the repair as a step"
        )


def _paragraphs(value: Value | None) -> list[str]:
    return [line for line in text(value).splitlines() if line.strip()]


class _Said(Struct, frozen=True):
    """Words about duplicates. `names_nothing`: no table or column that exists, so they may be about any."""

    words: str
    stems: frozenset[str]
    names_nothing: bool


def _said(tables: Iterable[frozenset[str]], words: str) -> _Said:
    stems = _stems(words)
    named = any(table <= stems for table in tables) or _QUALIFIED.search(words) or any(identifiers(words))
    return _Said(words, stems, not named)


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(singular, name_key(words).split()))


def _new_keys(change: Change) -> Iterator[str]:
    if change.kind == "create_index" and (
        "unique" in change.flags or re.match(r"(?i)\s*create\s+unique", change.sql)
    ):
        yield from (act.name for act in change.named("index"))
    yield from (act.name for act in change.named(*KEY_ACTS) if not act.using_index)


_COLUMNS = patterns.compile(r"\(([^()]*)\)")


def _holds_anyway(name: str, change: Change, changes: Changes, schema: Schema | None) -> bool:
    """Whether the rows that are there cannot break a key: a new column of it is null in all of them, or it
    contains a key that the table has."""
    columns = _key_columns(name, change)
    for earlier in changes.statements:
        if earlier.table == change.table:
            required = {act.name for act in earlier.named("default", "not_null")}
            new = {act.name.casefold() for act in earlier.named("add_column") if act.name not in required}
            if new & columns or (earlier is change and new and not columns):
                return "NULLS NOT DISTINCT" not in change.sql.upper()
    table = schema.table(change.table) if schema else None
    keys = table.keys if table else ()
    return any(
        key.name != name and not key.where and key.columns and set(key.columns) <= columns for key in keys
    )


def _key_columns(name: str, change: Change) -> set[str]:
    """The columns in the parentheses behind the name of a key."""
    listed = _COLUMNS.search(change.sql, max(change.sql.find(name), 0) + len(name))
    parts = listed[1].split(",") if listed else ()
    return {part.split()[0].strip('"`').casefold() for part in parts if part.split()}
