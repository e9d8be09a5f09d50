"""SQL-backed rule about claims: what the matrix and the cardinalities say the database enforces is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.claims import (
    LATER,
    Claim,
    DdlObject,
    claims_in,
    objects_of,
)
from app.readiness.facts.ddl import Changed, obscuring, told, unread_like
from app.readiness.facts.named_claims import TITLES, article_for, check_problems, named_problems
from app.readiness.facts.objects import identifiers, object_names
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, bare_key, cell, name_key, rows
from app.readiness.model import NotChecked, Target
from app.readiness.registry import Yield, at, rule
from app.schema.model import ForeignKey, Key, Schema, Table, Unread
from app.schema.normal import normalise_predicate

_BY_OPTION = {
    "unique": "unique",
    "check": "check",
    "foreign key": "foreign_key",
    "fk": "foreign_key",
    "exclusion constraint": "exclusion",
    "not null": "not_null",
}
_UNREAD = {
    "unique": "unique",
    "check": "check",
    "foreign_key": "references|foreign",
    "exclusion": "exclude",
    "trigger": "trigger",
    "not_null": "null",
}
_NOT_NULL = patterns.compile(r"(?:(?P<table>\w+)\.)?(?P<column>\w+)\s+(?:is\s+)?NOT NULL\b")
_ON_DELETE = patterns.compile(
    r"(?i)\bon delete (?P<action>cascade|restrict|set null|set default|no action)\b"
)
_WORDS = patterns.compile(r"[\w.]+")
_ARROW = patterns.compile(r"\s*(?:→|->|=>|⟶)\s*")
_DROP, _ANY = r"\bdrop\b", "."
_REFUSES = frozenset({"", "no action", "restrict"})


@rule(
    "SQ07",
    "claimed-enforcement-absent",
    "A",
    sections=("6.3", "7.2", "8"),
    checklist=("CHK07",),
    cross_checks=("RVW03",),
    what="The enforcement matrix (8) or the cardinalities (6.3) say that a unique key, CHECK, foreign key, "
    "exclusion constraint, trigger or NOT NULL holds a rule, and the DDL has none of the kind, or one with "
    "other columns, another predicate or, in a CHECK, another bound.",
    why="Everybody reads the matrix and believes that the database refuses the bad row. It will take it.",
    fix="Add the object to the DDL, or say what really holds the rule.",
    wrong_when="The object comes with a later step: name the step in the mechanism. Of a CHECK only plain "
    "bounds such as kg > 0 are compared, and of predicates only what can be read as SQL.",
    fires="""
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE payout (
    payout_id bigint PRIMARY KEY,
    seller_id bigint NOT NULL,
    currency char(3) NOT NULL,
    payout_state text NOT NULL
);
CREATE INDEX ix_payout_open ON payout (seller_id, currency) WHERE payout_state = 'pending';
\"\"\"

[[invariants.matrix]]
id = "INV-001"
invariant = "a seller has at most one pending payout per currency"
enforcement = "database_constraint"
constraint = "unique"
mechanism = "ix_payout_open, partial unique index on payout"
test = "two sessions request the same payout, the second fails"
monitoring = "count of 23505"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = \"\"\"
CREATE TABLE seller (seller_id bigint PRIMARY KEY);
CREATE TABLE payout (
    payout_id bigint PRIMARY KEY,
    seller_id bigint NOT NULL REFERENCES seller ON DELETE RESTRICT,
    currency char(3) NOT NULL,
    payout_state text NOT NULL CHECK (payout_state IN ('pending', 'paid')),
    amount_cents bigint NOT NULL CONSTRAINT ck_payout_amount CHECK (amount_cents > 0)
);
CREATE UNIQUE INDEX uq_payout_open ON payout (seller_id, currency) WHERE (payout_state = 'pending'::text);
\"\"\"

[[logical.cardinality]]
relationship = "seller → payout"
cardinality = "one_to_many"
enforcement = "seller_id NOT NULL, FK ON DELETE RESTRICT; partial unique index on (currency, seller_id) \
WHERE payout_state = 'pending', so at most one is open"

[[invariants.matrix]]
id = "INV-001"
invariant = "a seller has at most one pending payout per currency"
enforcement = "database_constraint"
constraint = "unique"
mechanism = "uq_payout_open (seller_id, currency) where payout_state='pending'"
test = "two sessions request the same payout, the second fails"
monitoring = "count of 23505"

[[invariants.matrix]]
id = "INV-002"
invariant = "a payout is positive"
enforcement = "database_constraint"
constraint = "check"
mechanism = "ck_payout_amount"
test = "a payout of 0 fails"
monitoring = "count of 23514"
""",
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE payout (payout_id bigint PRIMARY KEY, seller_id bigint NOT NULL);"

[[invariants.matrix]]
id = "INV-001"
invariant = "payouts of one seller do not overlap"
enforcement = "database_constraint"
constraint = "exclusion_constraint"
mechanism = "exclusion constraint, added in step 4 of 11.3"
test = "two sessions"
monitoring = "drift query"

[[invariants.matrix]]
id = "INV-002"
invariant = "a payout belongs to a seller"
enforcement = "application_service"
mechanism = "the service looks the seller up; there is no foreign key"
test = "unknown seller is refused"
monitoring = "drift query"
""",
    ),
)
def claimed_enforcement_absent(
    bank: Bank,
    engine: str,
    schema: Schema | None,
    changed_tables: tuple[Changed, ...],
    known_tables: Mapping[str, Table],
    ddl_objects: Mapping[str, tuple[Table, DdlObject]],
    existing_names: frozenset[str],
    invariants_matrix: Value | None,
    logical_cardinality: Value | None,
) -> Iterator[Yield]:
    if schema is None:
        return
    altered = frozenset(entity_key(c.table.name) for c in changed_tables if not c.whole)
    outside = (existing_names | altered) - frozenset(known_tables)
    ddl = _Ddl(engine, schema, known_tables, ddl_objects, outside)
    for address, row in addressed(bank, "invariants.matrix", invariants_matrix):
        if cell(row, "enforcement") == "database_constraint" and not LATER.search(cell(row, "mechanism")):
            for problem in _matrix_problems(ddl, row):
                yield _told("invariants.matrix", address, "mechanism", problem)
    for address, row in addressed(bank, "logical.cardinality", logical_cardinality):
        if not LATER.search(cell(row, "enforcement")):
            for problem in _cardinality_problems(ddl, row):
                yield _told("logical.cardinality", address, "enforcement", problem)
    if rows(invariants_matrix):
        yield from unread_like(schema.unread, _DROP)


class _Ddl(Struct, frozen=True):
    """The DDL as claims are held against it. `outside` are the keys of tables that it does not show."""

    engine: str
    schema: Schema
    tables: Mapping[str, Table]
    objects: Mapping[str, tuple[Table, DdlObject]]
    outside: frozenset[str]

    def unread(self, kind: str) -> Unread | None:
        wanted = patterns.compile(rf"(?i)\b(?:{_UNREAD[kind]})\b")
        return next((unread for unread in self.schema.unread if wanted.search(unread.text)), None)


Problem = str | NotChecked


def _told(question: str, row: str, column: str, problem: Problem) -> Yield:
    if isinstance(problem, NotChecked):
        return NotChecked(problem.reason, Target(question, row, column))
    return at(
        question, problem, row=row, column=column, fix="add it to the DDL, or say what really holds the rule"
    )


def _matrix_problems(ddl: _Ddl, row: Row) -> Iterator[Problem]:
    mechanism, option = cell(row, "mechanism"), cell(row, "constraint")
    unread = obscuring(ddl.schema.unread, _ANY, *object_names(mechanism))
    if unread is not None:
        yield NotChecked(f"what {mechanism} is: {told(unread)}")
        return
    kind = _BY_OPTION.get(name_key(option), "trigger" if "trigger" in option.casefold() else "")
    named = [ddl.objects[key] for key in map(bare_key, identifiers(mechanism)) if key in ddl.objects]
    if named:
        yield from named_problems(ddl.engine, kind, mechanism, named)
        return
    if any(object_names(mechanism)):
        return
    if kind == "not_null":
        yield from _null_problems(ddl, mechanism, [])
        return
    claims = [claim for claim in claims_in(mechanism) if not kind or claim.kind == kind]
    if not claims and kind:
        claims = [Claim(kind)]
    words = f"{mechanism} {cell(row, 'invariant')}"
    certain = not ddl.outside or (bool(_tables_in(ddl, words)) and not _names_others(ddl, words))
    for claim in claims[:1]:
        yield from _unnamed_problems(ddl, claim, mechanism, _tables_in(ddl, mechanism), certain)


def _spans(words: str) -> Iterator[str]:
    """The keys of all names that one to three words of a text may be; `seat_id` is one word."""
    said = _WORDS.findall(words)
    for start in range(len(said)):
        for length in (1, 2, 3):
            yield entity_key(" ".join(said[start : start + length]))


def _tables_in(ddl: _Ddl, words: str) -> list[Table]:
    """The tables of the DDL that a text names."""
    found = {key: ddl.tables[key] for key in _spans(words) if key in ddl.tables}
    return list(found.values())


def _names_others(ddl: _Ddl, words: str) -> bool:
    """Whether a text names a table that the DDL does not show."""
    return any(key in ddl.outside for key in _spans(words))


def _unnamed_problems(
    ddl: _Ddl, claim: Claim, words: str, tables: list[Table], certain: bool
) -> Iterator[Problem]:
    """Whether any table, or one of those that are meant, has what a claim describes.

    `certain`: the table that is meant is one that the DDL shows.
    """
    candidates = tables or list(ddl.schema.tables.values())
    present = [item for table in candidates for item in objects_of(table, claim.kind)]
    if claim.kind == "check":
        present += [key for t in candidates for c in t.columns if c.values for key in t.keys[:1]]
    if any(_fits(ddl, claim, item) for item in present):
        if claim.kind == "check" and tables:
            yield from check_problems(ddl.engine, words, [check for t in tables for check in t.checks])
        return
    unread = ddl.unread(claim.kind)
    where = f" on {', '.join(table.name for table in tables)}" if tables else ""
    listed = f" over ({', '.join(claim.columns)})" if claim.columns else ""
    partial = "partial " if claim.partial else ""
    what = f"{partial}{TITLES[claim.kind]}{listed}"
    if unread is not None:
        yield NotChecked(f"a {what}: {told(unread)}")
    elif not certain or not ddl.schema.tables:
        yield NotChecked(f"a {what} is claimed, and the table is not certain or not in the DDL")
    else:
        yield f"{article_for(what)} is claimed, and the DDL has none{where}"


def _fits(ddl: _Ddl, claim: Claim, item: DdlObject) -> bool:
    if isinstance(item, Key):
        if claim.columns and {c.casefold() for c in item.columns} != set(claim.columns):
            return False
        if not claim.columns and claim.kind == "unique" and item.kind == "primary":
            return False
        wanted = normalise_predicate(claim.where, ddl.engine) if claim.where else None
        return bool(item.where) and (not wanted or wanted == item.where) if claim.partial else True
    if isinstance(item, ForeignKey) and claim.columns:
        return {c.casefold() for c in item.columns} == set(claim.columns)
    return True


def _cardinality_problems(ddl: _Ddl, row: Row) -> Iterator[Problem]:
    sides = [ddl.tables.get(entity_key(side)) for side in _ARROW.split(cell(row, "relationship"))]
    words = cell(row, "enforcement")
    if len(sides) != 2 or not words:
        return
    known = [table for table in sides if table is not None]
    if len(known) != 2:
        return
    keys = [fk for t in known for fk in t.foreign_keys if ddl.schema.table(fk.target) in known]
    unknown = any(bare_key(name) not in ddl.objects for name in object_names(words))
    named = any(bare_key(name) in ddl.objects for name in identifiers(words))
    for claim in claims_in(words):
        if claim.kind == "foreign_key":
            if not keys and not unknown and ddl.unread("foreign_key") is None:
                pair = " and ".join(table.name for table in known)
                yield f"a foreign key is claimed, and the DDL has none between {pair}"
        elif (
            claim.kind in ("unique", "exclusion", "trigger") and not unknown and (claim.columns or not named)
        ):
            yield from _unnamed_problems(ddl, claim, words, known, certain=True)
    action = _ON_DELETE.search(words)
    if action and keys:
        wanted = action["action"].casefold()
        given = {fk.on_delete for fk in keys}
        if not (wanted in given or (wanted in _REFUSES and given & _REFUSES)):
            fk = keys[0]
            message = f"ON DELETE {wanted.upper()} is claimed, but {fk.name or 'the foreign key'}"
            yield f"{message} (DDL line {fk.span.line}) says {(fk.on_delete or 'no action').upper()}"
    yield from _null_problems(ddl, words, known)


def _null_problems(ddl: _Ddl, words: str, known: list[Table]) -> Iterator[Problem]:
    """Columns that a text says are NOT NULL and that may be null."""
    for match in _NOT_NULL.finditer(words):
        owner = ddl.tables.get(entity_key(match["table"])) if match["table"] else None
        tables = [owner] if owner else known or list(ddl.schema.tables.values())
        columns = [(t, c) for t in tables for c in t.columns if name_key(c.name) == name_key(match["column"])]
        if columns and all(column.nullable for _, column in columns):
            table, column = columns[0]
            where = f"{table.name}.{column.name} may be null (DDL line {column.span.line})"
            yield f"{where}, and the row says NOT NULL"
