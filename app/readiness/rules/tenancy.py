"""SQL-backed rule about tenants: keys, references and queries that leave the tenant out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.ddl import KEYED, Changed, in_ddl, unread_like
from app.readiness.facts.keys import kind_of, resolved_type
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, cell, name_key, rows, text
from app.readiness.facts.tenancy import tenant_column
from app.readiness.facts.texts import SENTENCE
from app.readiness.model import NotChecked, Target
from app.readiness.registry import Yield, at, rule
from app.schema.model import ForeignKey, Key, Schema, Table
from app.schema.query_model import Query

_GLOBAL = patterns.compile(
    r"(?i)\b(?:globally unique|unique (?:across|over) (?:all )?\w+|across (?:all )?(?:tenants|\w+ies|\w+s)\b|"
    r"global(?:ly)?\b|random|unguessable|uuid)"
)
_DECLARED = patterns.compile(r"(?i)^\s*no\b.*\w")
_YES = patterns.compile(r"(?i)^\s*yes\b")


@rule(
    "SQ02",
    "tenant-key-missing",
    "B",
    sections=("7.2", "12.3"),
    checklist=("CHK13",),
    cross_checks=("RVW07",),
    what="A foreign key between two tables that carry the tenant, a unique key of such a table, or a query "
    "on one leaves the tenant column out.",
    why="A row may then point into another customer's data, one customer's name may refuse another's, and "
    "a guessed id opens a stranger's row.",
    fix="Put the tenant column into the key, the reference and the WHERE, or say in 12.3 what is unique "
    "over all tenants and why.",
    wrong_when="The value is unique over all tenants by decision (name the key or column in 12.3, as global "
    "or random), it is a UUID of its own, or the other table is shared reference data. A query over all "
    "tenants says so under Tenant-scoped.",
    fires="""
[profile]
traits = ["multi_tenant"]

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE reader (tenant_id bigint NOT NULL, reader_id bigint PRIMARY KEY);
CREATE TABLE loan (
    tenant_id bigint NOT NULL,
    loan_id bigint PRIMARY KEY,
    reader_id bigint NOT NULL CONSTRAINT fk_loan_reader REFERENCES reader (reader_id)
);
\"\"\"
""",
    silent=(
        """
[profile]
traits = ["multi_tenant"]

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE language (code char(2) PRIMARY KEY);
CREATE TABLE reader (
    tenant_id bigint NOT NULL,
    reader_id bigint PRIMARY KEY,
    language_code char(2) NOT NULL REFERENCES language,
    card_token uuid NOT NULL UNIQUE,
    UNIQUE (tenant_id, reader_id)
);
CREATE TABLE loan (
    tenant_id bigint NOT NULL,
    loan_id bigint PRIMARY KEY,
    reader_id bigint NOT NULL,
    FOREIGN KEY (tenant_id, reader_id) REFERENCES reader (tenant_id, reader_id)
);
\"\"\"

[[workload.queries]]
id = "Q-001"
description = "loans of a reader"
sql = "SELECT loan_id FROM loan WHERE tenant_id = :tenant_id AND reader_id = :reader_id"

[[workload.queries]]
id = "Q-002"
description = "loans of all tenants, for the operator"
sql = "SELECT tenant_id, count(*) FROM loan GROUP BY tenant_id"
tenant_scoped = "no, only the operator's role may run it"
""",
        """
[profile]
traits = ["multi_tenant"]

[security]
tenant_key = "reader and loan carry library_id NOT NULL."
unique_scope = "Within a library, except reader.card_no: the number on the card is global by contract."

[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE reader (
    library_id bigint NOT NULL,
    reader_id bigint,
    card_no text NOT NULL CONSTRAINT uq_reader_card UNIQUE,
    PRIMARY KEY (library_id, reader_id)
);
CREATE TABLE loan (
    library_id bigint NOT NULL,
    loan_id bigint PRIMARY KEY,
    reader_id bigint NOT NULL,
    FOREIGN KEY (library_id, reader_id) REFERENCES reader
);
\"\"\"
""",
    ),
)
def tenant_key_missing(
    bank: Bank,
    engine: str,
    traits: frozenset[str],
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    tenant_columns: frozenset[str],
    security_tenant_key: Value | None,
    security_unique_scope: Value | None,
    security_foreign_key_boundary: Value | None,
    logical_keys: Value | None,
    decisions_records: Value | None,
    workload_queries: Value | None,
) -> Iterator[Yield]:
    if schema is None or "multi_tenant" not in traits:
        return
    yield from unread_like(schema.unread, KEYED)
    if not tenant_columns:
        return
    said = [text(v) for v in (security_tenant_key, security_unique_scope, security_foreign_key_boundary)]
    said += [" ".join(cell(row, column) for column in row) for row in rows(decisions_records)]
    excused = _excused(said)
    public = {
        entity_key(cell(row, "entity")): name_key(cell(row, "public_identifier"))
        for row in rows(logical_keys)
    }
    for changed in changed_tables:
        column = tenant_column(changed.table, tenant_columns)
        if not column:
            continue
        for fk in changed.table.foreign_keys:
            target = schema.table(fk.target)
            if target is None or not changed.is_new(fk.name) or column in fk.columns:
                continue
            other = tenant_column(target, tenant_columns)
            if other and not _mentions(excused, fk.name, *fk.columns):
                yield _crossing(fk, changed.table, target, column, other)
        for key in changed.table.uniques:
            if (
                not changed.is_new(key.name)
                or column in key.columns
                or not _is_global(schema, key, changed.table)
            ):
                continue
            shown = _shown(public.get(entity_key(changed.table.name), ""), key)
            if not shown and not _mentions(excused, key.name, *key.columns):
                message = f"{key.name or 'a unique key'} of {changed.table.name} is unique over all tenants"
                fix = f"begin it with {column}, or say in 12.3 that it is global and why"
                yield in_ddl(key.span, f"{message}: {column} is not in it", fix)
    yield from _unscoped_queries(bank, engine, schema, tenant_columns, workload_queries)


def _excused(said: list[str]) -> list[str]:
    """The sentences that say of something that it is unique over all tenants, as name keys."""
    return [
        f" {name_key(sentence)} "
        for words in said
        for sentence in SENTENCE.split(words)
        if _GLOBAL.search(sentence)
    ]


def _mentions(sentences: list[str], *names: str) -> bool:
    keys = [f" {name_key(name)} " for name in names if name]
    return any(key in sentence for sentence in sentences for key in keys)


def _crossing(fk: ForeignKey, table: Table, target: Table, column: str, other: str) -> Yield:
    name = fk.name or f"the foreign key on ({', '.join(fk.columns)})"
    way = f"{name} leads from {table.name} to {target.name} without {column}"
    message = f"{way}, so a row may refer to another tenant's"
    fix = f"refer to ({other}, …) over ({column}, {', '.join(fk.columns)})"
    return in_ddl(fk.span, message, fix)


def _is_global(schema: Schema, key: Key, table: Table) -> bool:
    """Whether a value in a key could be chosen by two tenants: no column is a UUID or a key of its own."""
    own = {k.columns[0] for k in table.keys if k is not key and len(k.columns) == 1}
    referring = {c for fk in table.foreign_keys for c in fk.columns if len(fk.columns) == 1}
    for name in key.columns:
        column = table.column(name)
        if not name or column is None or name in own or name in referring:
            return False
        if kind_of(resolved_type(schema, column)) == "uuid" or column.identity:
            return False
    return True


def _shown(public: str, key: Key) -> bool:
    """Whether a key is the identifier that the entity shows to the world."""
    return any(f" {name_key(name)} " in f" {public} " for name in (key.name, *key.columns) if name)


def _unscoped_queries(
    bank: Bank, engine: str, schema: Schema, tenant: frozenset[str], queries: Value | None
) -> Iterator[Yield]:
    if not queries:
        return
    from app.schema.queries import read_queries

    everybody = _everybody(tenant)
    for address, row in addressed(bank, "workload.queries", queries):
        scoped = cell(row, "tenant_scoped")
        if _DECLARED.search(scoped) or (not _YES.search(scoped) and everybody.search(scoped)):
            continue
        missed: dict[str, Table] = {}
        for query in read_queries(cell(row, "sql"), engine):
            if query.unread:
                reason = f"the query could not be read: {query.unread}"
                yield NotChecked(reason, Target("workload.queries", address, "sql"))
            else:
                missed |= {table.name: table for table in _unscoped(query, schema, tenant)}
        for table in missed.values():
            if table.row_security and (_YES.search(cell(row, "row_policy")) or table.force_row_security):
                continue
            column = tenant_column(table, tenant)
            message = f"{table.name} is found without {column}"
            fix = f"compare {column}, or say under Tenant-scoped who may see all tenants"
            yield at("workload.queries", message, row=address, column="sql", fix=fix)


@lru_cache(maxsize=16)
def _everybody(tenant: frozenset[str]) -> re.Pattern[str]:
    """Words for all tenants, as a document calls them: "all tenants", "every library"."""
    stems = {"tenant", *(name.split()[0] for name in tenant)}
    nouns = "|".join(rf"{re.escape(stem.removesuffix('y'))}\w*" for stem in sorted(stems))
    return patterns.compile(rf"(?i)\b(?:all|every|across|cross)\b[ -](?:the |all )?(?:{nouns})\b")


def _unscoped(query: Query, schema: Schema, tenant: frozenset[str]) -> Iterator[Table]:
    """The tables with a tenant column that a query finds rows of without comparing it."""
    if query.kind not in ("select", "update", "delete"):
        return
    uses = [(use.table, use.column) for use in query.equalities]
    uses += [(side.table, side.column) for join in query.joins for side in (join.left, join.right)]
    compared = {table.rsplit(".", 1)[-1].casefold() for table, column in uses if name_key(column) in tenant}
    for name in query.table_names:
        table = schema.table(name)
        if table is None or not tenant_column(table, tenant) or "" in compared:
            continue
        if name.rsplit(".", 1)[-1].casefold() not in compared and not _is_tenant_list(table, tenant):
            yield table


def _is_tenant_list(table: Table, tenant: frozenset[str]) -> bool:
    """Whether a table is the list of the tenants themselves."""
    return any(len(key.columns) == 1 and name_key(key.columns[0]) in tenant for key in table.keys)
