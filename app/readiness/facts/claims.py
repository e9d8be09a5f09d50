"""What sentences claim of the database: a partial unique index over these columns, a CHECK, a trigger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from app import patterns
from app.readiness.facts.tables import bare_key
from app.readiness.registry import fact
from app.schema.each import all_of
from app.schema.model import Check, Exclusion, ForeignKey, Index, Key, Schema, Table, Trigger

DdlObject = Key | Check | ForeignKey | Exclusion | Index | Trigger
_LIST = r"(?:\s*(?:constraint|index|key|over|on|in|of|by|[\w.\"`]+)){0,3}?\s*\((?P<columns>[\w\s,\"`]+)\)"
_WHERE = patterns.compile(r"(?i)^[\s,:]*(?:where|when|partial on|only where|for rows where)\s+(?P<where>.+)")
_ENDS = patterns.compile(r"[;.]\s|[;.]$|, (?:so|which|and|with)\b|\n")
_KINDS = (
    (
        "unique",
        patterns.compile(
            rf"(?i)\b(?P<partial>partial )?(?P<kind>unique)(?: (?:index|constraint|key))?\b(?:{_LIST})?"
        ),
    ),
    ("exclusion", patterns.compile(rf"(?i)\b(?:exclusion constraint|exclude using)\b(?:{_LIST})?")),
    ("check", patterns.compile(r"\bCHECKs?\b|(?i:\bcheck constraint\b)")),
    ("trigger", patterns.compile(r"(?i)\btrigger\b")),
    ("foreign_key", patterns.compile(rf"\bFKs?\b|(?i:\bforeign key\b)(?:{_LIST})?")),
)
_DENIED = patterns.compile(
    r"(?i)\b(?:no|not|without|never|instead of|rather than|neither|nor|could be|would be)\s+(?:\w+\s+){0,2}$"
)
LATER = patterns.compile(
    r"(?i)\bsteps? \d|\b11\.3\b|"
    r"\b(?:added|built|created|made|comes?|follows?) (?:later|in|with|by|after|once)\b"
)
"""Words by which a claim says that its object comes in a later step."""


class Claim(Struct, frozen=True):
    """An object that a text says is there. `kind` is unique, exclusion, check, trigger, foreign_key or
    not_null; `columns` the listed ones, `where` the words of a predicate."""

    kind: str
    columns: tuple[str, ...] = ()
    partial: bool = False
    where: str = ""


def claims_in(words: str) -> Iterator[Claim]:
    """Every object that a text claims, those aside that it denies."""
    for kind, pattern in _KINDS:
        for match in pattern.finditer(words):
            if _DENIED.search(words[: match.start()]):
                continue
            groups = match.groupdict()
            listed = groups.get("columns") or ""
            columns = tuple(part.strip(' "`\n').casefold() for part in listed.split(",")) if listed else ()
            if any(not re.fullmatch(r"[^\W\d]\w*", column) for column in columns):
                columns = ()
            where = predicate(words[match.end() :]) if kind in ("unique", "exclusion") else ""
            yield Claim(kind, columns, bool(groups.get("partial")) or bool(where), where)


def predicate(words: str) -> str:
    """The predicate with which a text begins, behind WHERE; "" without one."""
    match = _WHERE.match(words)
    return _ENDS.split(match["where"])[0].strip(" )") if match else ""


@fact
def ddl_objects(
    schema: Schema | None, altered_tables: Mapping[str, Table], memo: dict[str, Any]
) -> Mapping[str, tuple[Table, DdlObject]]:
    """Every named constraint, index and trigger of the DDL with its table, by the key of its name."""
    if schema is None:
        return {}
    own = all_of(memo, "objects", schema.all_tables, _objects_in)
    return dict((*own, *all_of(memo, "objects of others", altered_tables.values(), _objects_in)))


def _objects_in(table: Table) -> Iterator[tuple[str, tuple[Table, DdlObject]]]:
    members: tuple[DdlObject, ...] = (*table.indexes, *table.keys, *table.foreign_keys)
    members += (*table.checks, *table.exclusions, *table.triggers)
    yield from ((bare_key(member.name), (table, member)) for member in members if member.name)


def kind_of_object(found: DdlObject) -> str:
    """The kind of an object, in the words of `Claim.kind`; an index that is not unique is an index."""
    match found:
        case Key(kind="primary"):
            return "primary"
        case Key():
            return "unique"
        case Index():
            return "unique" if found.unique else "index"
        case Check():
            return "check"
        case ForeignKey():
            return "foreign_key"
        case Exclusion():
            return "exclusion"
        case Trigger():
            return "trigger"


def objects_of(table: Table, kind: str) -> tuple[DdlObject, ...]:
    """The objects of a kind that a table has."""
    match kind:
        case "unique":
            return table.keys
        case "check":
            return table.checks
        case "foreign_key":
            return table.foreign_keys
        case "exclusion":
            return table.exclusions
        case "trigger":
            return table.triggers
    return ()
