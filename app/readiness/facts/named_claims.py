"""What a text says of an object of the DDL that it names, against what the object is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app import patterns
from app.readiness.facts.claims import DdlObject, claims_in, kind_of_object, predicate
from app.readiness.facts.objects import parse_indexes
from app.readiness.facts.tables import bare_key, name_key
from app.schema.model import Check, ForeignKey, Key, Table
from app.schema.normal import normalise_predicate

TITLES = {
    "unique": "unique key",
    "check": "CHECK",
    "foreign_key": "foreign key",
    "exclusion": "exclusion constraint",
    "trigger": "trigger",
    "primary": "primary key",
    "index": "index that is not unique",
    "not_null": "NOT NULL",
}
_UP_TO_WHERE = (
    r"\b[\"`]?(?:[\s:,=–-]|\b(?:is|an?|the|unique|index|constraint|key|on|over|using|btree)\b|"
    r"[\w.\"`]+(?=\s*\()|\((?:[^()]|\([^()]*\))*\))*?[\s:,]*(?=(?:where|when|partial on|only where)\s)"
)
_COMPARES = patterns.compile(r"[=<>]|\b(?:is|in|between|like)\b", re.IGNORECASE)
_CHECK = patterns.compile(r"\bCHECK\s*\((?P<said>(?:[^()]|\((?:[^()]|\([^()]*\))*\))+)\)")
_PLAIN = patterns.compile(
    r"\"?(?P<column>\w+)\"? (?P<operator>=|<>|<=|>=|<|>) (?P<value>-?\d+(?:\.\d+)?|'[^']*')"
)

Bound = tuple[str, str]
"""What a column is compared with: an operator, and a number or text."""


def article_for(what: str) -> str:
    return f"{'an' if what[0] in 'aeio' else 'a'} {what}"


def named_problems(
    engine: str, kind: str, words: str, found: Sequence[tuple[Table, DdlObject]]
) -> Iterator[str]:
    """What is wrong with what a mechanism says of the objects that it names. `kind`, where it is not "", is
    what the row says that holds the rule."""
    kinds = {kind_of_object(item) for _, item in found}
    accepted = (
        {kind, "primary"} if kind == "unique" else {kind, "foreign_key"} if kind == "trigger" else {kind}
    )
    if kind and kind != "not_null" and not kinds & accepted:
        first = found[0][1]
        message = f"the row says {TITLES[kind]}, but {first.name} (DDL line {first.span.line}) is"
        yield f"{message} {article_for(TITLES[kind_of_object(first)])}"
        return
    listed = _columns_said(words, [item for _, item in found])
    for table, item in found:
        given = listed.get(bare_key(item.name), ())
        if isinstance(item, Key):
            yield from _key_problems(engine, item, words, given)
        elif isinstance(item, ForeignKey) and given and all(map(table.column, given)):
            if set(given) != set(item.columns):
                yield _is_over(item, item.columns, given)
        elif isinstance(item, Check) and len(found) == 1:
            yield from check_problems(engine, words, [item])


def _columns_said(words: str, found: Sequence[DdlObject]) -> dict[str, tuple[str, ...]]:
    """By the key of a name, the columns that a text lists for it: behind the name, or behind what it is."""
    listed = {name_key(index.name): index.columns for index in parse_indexes(words) if index.columns}
    if len(found) == 1:
        claimed = [c for c in claims_in(words) if c.columns and c.kind == kind_of_object(found[0])]
        if len(claimed) == 1:
            listed.setdefault(bare_key(found[0].name), claimed[0].columns)
    return listed


def _is_over(item: Key | ForeignKey, columns: Sequence[str], given: Sequence[str]) -> str:
    there = ", ".join(column or "an expression" for column in columns)
    return f"{item.name} is over ({there}) in the DDL (DDL line {item.span.line}), not ({', '.join(given)})"


def _key_problems(engine: str, key: Key, words: str, given: Sequence[str]) -> Iterator[str]:
    where = f"(DDL line {key.span.line})"
    if given and set(given) != {column.casefold() for column in key.columns}:
        yield _is_over(key, key.columns, given)
        return
    if re.search(r"(?i)\bpartial\b", words) and not key.where:
        yield f"{key.name} {where} is not partial: it has no WHERE"
        return
    start = re.search(rf"(?i){re.escape(key.name)}{_UP_TO_WHERE}", words)
    said = predicate(words[start.end() :]) if start else ""
    wanted = normalise_predicate(said, engine) if _COMPARES.search(said) else None
    if wanted and key.where and wanted != key.where:
        yield f"{key.name} {where} has the predicate {key.where}, not {said}"
    elif wanted and not key.where:
        yield f"{key.name} {where} has no WHERE, and the row says {said}"


def check_problems(engine: str, words: str, checks: Sequence[Check]) -> Iterator[str]:
    """Bounds that a text gives to a CHECK of a column, where those of the DDL are others."""
    match = _CHECK.search(words)
    said = normalise_predicate(match["said"], engine) if match else None
    if match is None or not said:
        return
    there = [(check, _bounds(check.expression)) for check in checks]
    for way, bound in _bounds(said).items():
        given = [(check, bounds[way]) for check, bounds in there if way in bounds]
        if given and not any(_alike(bound, other) for _, other in given):
            check, other = given[0]
            column, message = way[0], f"{check.name or 'the CHECK'} (DDL line {check.span.line}) says"
            yield f"{message} {column} {' '.join(other)}, not {column} {' '.join(bound)}"


def _bounds(expression: str) -> dict[tuple[str, str], Bound]:
    """By column and direction ("<", ">", "="), what an expression of comparisons joined by AND compares it
    with; those that are not plain, or not the only one of their direction, are left out."""
    found: dict[tuple[str, str], list[Bound]] = {}
    for part in expression.split(" AND "):
        match = _PLAIN.fullmatch(part.strip("() "))
        if match:
            way = match["column"].casefold(), match["operator"].rstrip("=") or "="
            found.setdefault(way, []).append((match["operator"], match["value"]))
    return {way: bounds[0] for way, bounds in found.items() if len(bounds) == 1 and " OR " not in expression}


def _alike(one: Bound, other: Bound) -> bool:
    """Whether two bounds may be one: the same, or over whole numbers, as > 0 and >= 1 are."""
    return one == other or (one[0] != other[0] and one[1] != other[1])
