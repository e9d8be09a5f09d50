"""A table in a few lines of text, and what is different between two such texts.

An outline holds what answers are compared with: columns, keys, constraints, indexes and policies, one on
a line, `kind name: the rest`. It is plain enough to be kept in an answer file and read in a diff.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from app.schema.model import Check, Exclusion, ForeignKey, Index, Key, Policy, SchemaColumn, Table


class Difference(Struct, frozen=True):
    """One thing of a table that is not as it was: `what` as `column ends_at`, `before` and `now` the rest
    of its lines, None where it was not there or is gone."""

    what: str
    before: str | None
    now: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.what} was added" + (f" ({self.now})" if self.now else "")
        if self.now is None:
            return f"{self.what} is gone" + (f" (it was {self.before})" if self.before else "")
        return f"{self.what} is {self.now or 'plain'}, it was {self.before or 'plain'}"

    @property
    def text(self) -> str:
        """All its words, to look for names in."""
        return f"{self.what} {self.before or ''} {self.now or ''}"


def outline(table: Table) -> str:
    """The outline of `table`; comments, defaults that only fill in, and places in the file do not count."""
    return "".join(f"{line}\n" for line in _lines(table))


def differences(before: str, now: str) -> tuple[Difference, ...]:
    """What is gone, added or different from one outline to another; the order of lines does not matter."""
    if before == now:
        return ()
    old, new = _parts(before), _parts(now)
    names = dict.fromkeys((*old, *new))
    return tuple(
        Difference(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    )


def digest(outlines: Mapping[str, str]) -> str:
    """A short text that is the same as long as these tables are."""
    said = "\0".join(f"{name}\0{text}" for name, text in sorted(outlines.items()))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _parts(text: str) -> dict[str, str]:
    """What stands behind the name of each thing; things of one name are told apart by a number."""
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, _, rest = line.partition(": ")
        name, number = name.rstrip(":"), 1
        unique = name
        while unique in found:
            number += 1
            unique = f"{name} #{number}"
        found[unique] = rest.strip()
    return found


def _lines(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield _line("column", column.name, _column(column))
    if table.primary_key:
        yield _line("primary key", "", _key(table.primary_key))
    rest = (
        *(("unique", key.name, _key(key)) for key in table.uniques if key.kind == "unique"),
        *(("foreign key", key.name, _foreign_key(key)) for key in table.foreign_keys),
        *(("check", check.name, _check(check)) for check in table.checks),
        *(("exclusion", item.name, _exclusion(item)) for item in table.exclusions),
        *(("index", index.name, _index(index)) for index in table.indexes),
        *(("policy", policy.name, _policy(policy)) for policy in table.policies),
        *(("trigger", t.name, f"{t.timing} {', '.join(t.events)}") for t in table.triggers),
    )
    yield from sorted(_line(*one) for one in rest)
    if table.row_security or table.force_row_security:
        yield _line("row security", "", "forced" if table.force_row_security else "enabled")
    if table.partition_by:
        yield _line("partitions", "", table.partition_by)


def _line(kind: str, name: str, rest: str) -> str:
    return " ".join(f"{kind} {name}".split()) + f": {' '.join(rest.split())}"


def _column(column: SchemaColumn) -> str:
    filled = "identity" if column.identity else "generated" if column.generated else ""
    default = f"default {column.default}" if column.default and not filled else ""
    values = f"one of {', '.join(column.values)}" if column.values else ""
    null = "" if column.nullable else "not null"
    return _words(column.type, null, filled, default, values)


def _key(key: Key) -> str:
    nulls = "" if key.nulls_distinct else "nulls not distinct"
    return _words(_names(key.columns), _where(key.where), "deferrable" if key.deferrable else "", nulls)


def _foreign_key(key: ForeignKey) -> str:
    target = f"→ {key.target}" + (f" {_names(key.target_columns)}" if key.target_columns else "")
    return _words(
        _names(key.columns),
        target,
        f"on delete {key.on_delete}" if key.on_delete else "",
        f"on update {key.on_update}" if key.on_update else "",
        "deferrable" if key.deferrable else "",
        "not valid" if key.not_valid else "",
    )


def _check(check: Check) -> str:
    return _words(check.expression, "not valid" if check.not_valid else "")


def _exclusion(item: Exclusion) -> str:
    return _words(
        ", ".join(f"{column or '…'} with {with_}" for column, with_ in item.elements), _where(item.where)
    )


def _index(index: Index) -> str:
    sorted_down = index.descending or (False,) * len(index.columns)
    names = [f"{name} desc" if down else name for name, down in zip(index.columns, sorted_down, strict=False)]
    include = f"include {_names(index.include)}" if index.include else ""
    expressions = f"over {', '.join(index.expressions)}" if index.expressions else ""
    method = "" if index.method in ("", "btree") else index.method
    return _words(
        "unique" if index.unique else "", method, _names(names), expressions, include, _where(index.where)
    )


def _policy(policy: Policy) -> str:
    using = f"using {policy.using}" if policy.using else ""
    check = f"with check {policy.check}" if policy.check else ""
    kind = "" if policy.permissive else "restrictive"
    return _words(kind, policy.command, ", ".join(policy.roles), using, check)


def _where(predicate: str) -> str:
    return f"where {predicate}" if predicate else ""


def _names(columns: Iterable[str]) -> str:
    return f"({', '.join(name or '…' for name in columns)})"


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)
