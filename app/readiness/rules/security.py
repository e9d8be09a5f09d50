"""Security rules: what is classified, and what is about people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank
from app.document.answers import Value
from app.readiness.facts.copies import derived_stores
from app.readiness.facts.ddl import TABLES, unless_obscured, unread_like
from app.readiness.facts.detected import NewColumns, object_key
from app.readiness.facts.objects import unread_about
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import addressed, cell, lines, name_key, rows, text
from app.readiness.model import NotChecked, Target
from app.readiness.registry import Yield, at, rule
from app.schema.model import Schema
from app.schema.personal import looks_personal

_PARTS = patterns.compile(r"[,;/\n]|\band\b")
_REMARK = patterns.compile(r"\([^()]*\)")
_QUOTES = patterns.compile(r"[\"`]")
_NAME = patterns.compile(r"[^\W\d][\w$]*(?:\.[^\W\d][\w$]*){0,2}(?:\.\*)?")
_WORD = patterns.compile(r"[^\W\d]\w*")
_ALL = patterns.compile(
    r"(?i)\b(?:all|every|each|any|remaining)\b.{0,80}\b(?:tables?|objects?)\b|\beverything\b"
)
_TOLD = 6
_LOW = frozenset({"internal", "public"})
_CLASS = "security.classification"


def _classified(words: str, tables: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Table key, column key ("" for the whole table) and the name as written, of each object of a cell.

    `tables` are the keys of the tables that the document knows; "*" stands for all of them.
    """
    if _ALL.search(words):
        yield "*", "", words
        return
    previous = ""
    for part in _PARTS.split(_REMARK.sub(" ", words)):
        name = _QUOTES.sub("", part).strip()
        if not _NAME.fullmatch(name):
            found = [word for word in _WORD.findall(name) if entity_key(word) in tables]
            yield from ((entity_key(word), "", word) for word in found)
            continue
        pieces = name.removesuffix(".*").split(".")
        key = entity_key(pieces[-1])
        if len(pieces) == 1 and previous and key not in tables:
            yield previous, object_key(pieces[0]), name
        elif (
            len(pieces) == 1
            or name.endswith(".*")
            or (key in tables and entity_key(pieces[-2]) not in tables)
        ):
            yield key, "", name
        else:
            previous = entity_key(pieces[-2])
            yield previous, object_key(pieces[-1]), name


@rule(
    "SC01",
    "classification-coverage",
    "A",
    sections=("12.1", "7.2"),
    checklist=("CHK13",),
    what="A table or column of the DDL has no class, or a class is given to something that the DDL does "
    "not have.",
    why="What is not classified is treated as harmless by whoever writes the next export.",
    fix="Add a row for the table, and one for each column that differs from it.",
    wrong_when="A row for the table covers its columns; a table that exists and was not pasted is listed "
    "in 1.1.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE guest (guest_id bigint PRIMARY KEY, email text); CREATE TABLE room (room_no integer);"

[[security.classification]]
object = "guest"
classification = "pii"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE hotel.guest (guest_id bigint, email text); ALTER TABLE room ADD COLUMN floor_no integer;"

[[security.classification]]
object = "hotel.guest"
classification = "confidential"

[[security.classification]]
object = "guest.email"
classification = "pii"

[[security.classification]]
object = "Rooms (all columns)"
classification = "internal"
""",
        """
[problem]
existing_tables = ["stay: one row per night, 2 million rows"]

[[authority.source_of_truth]]
data = "guests"
owner = "front desk"
derived_stores = ["dwh.guest_dim"]
rebuildable = true

[physical]
engine = "postgresql"
ddl = "CREATE TABLE guest (guest_id bigint PRIMARY KEY, email text);"

[[security.classification]]
object = "guest.guest_id, guest.email"
classification = "pii"

[[security.classification]]
object = "stay.remark"
classification = "pii"

[[security.classification]]
object = "dwh.guest_dim"
classification = "pii"

[[security.classification]]
object = "passport scans in the bucket"
classification = "pii"
""",
    ),
)
def classification_coverage(
    bank: Bank,
    schema: Schema | None,
    new_columns: Mapping[str, NewColumns],
    existing_names: frozenset[str],
    ddl_words: frozenset[str],
    authority_source_of_truth: Value | None,
    integration_derived_stores: Value | None,
    security_classification: Value | None,
) -> Iterator[Yield]:
    if schema is None or not rows(security_classification):
        return
    if not schema.tables and not schema.statements:
        yield NotChecked("no statement of the DDL could be read", Target("physical.ddl"))
        return
    found = {entity_key(new.table): new for new in new_columns.values()}
    tables = frozenset(found) | frozenset(entity_key(s.table) for s in schema.statements if s.table)
    copies = {name for name, _ in derived_stores(authority_source_of_truth, integration_derived_stores)}
    whole: set[str] = set()
    single: dict[str, set[str]] = {}
    for address, row in addressed(bank, _CLASS, security_classification):
        for table, column, name in _classified(cell(row, "object"), tables):
            if column:
                single.setdefault(table, set()).add(column)
            else:
                whole.add(table)
            known = (
                existing_names | {entity_key(copy) for copy in copies} | {name_key(copy) for copy in copies}
            )
            if table != "*" and {table, name_key(name)}.isdisjoint(known):
                yield from _not_there(schema, found, ddl_words, tables, table, column, name, address)
    for key, new in found.items():
        bare = [name for name in new.lines if object_key(name) not in single.get(key, set())]
        if bare and key not in whole and "*" not in whole:
            listed = ", ".join(bare[:_TOLD]) + (f" and {len(bare) - _TOLD} more" if bare[_TOLD:] else "")
            what = new.table if len(bare) == len(new.lines) else f"{listed} of {new.table}"
            verb = "are" if len(bare) > 1 and what != new.table else "is"
            fix = "add a row for the table, or for each column"
            missing = at(_CLASS, f"{what} {verb} not classified", fix=fix)
            yield unless_obscured(schema.unread, TABLES, missing, new.table)
    yield from unread_like(schema.unread, TABLES)


def _not_there(
    schema: Schema,
    found: Mapping[str, NewColumns],
    words: frozenset[str],
    tables: frozenset[str],
    table: str,
    column: str,
    name: str,
    address: str,
) -> Iterator[Yield]:
    """A finding where the DDL has neither the table nor, of a table that it makes, the column."""
    made = {entity_key(t.name) for t in schema.tables.values() if not t.existing}
    last = name.rsplit(".", 1)[-1]
    if table in tables:
        missing = bool(column) and table in made and column not in {object_key(c) for c in found[table].lines}
    else:
        missing = name_key(last) not in words and ("_" in name or "." in name)
    if not missing or name_key(last) in words:
        return
    unread = unread_about(schema, last) or unread_about(schema, table.replace(" ", "_"))
    if unread:
        yield NotChecked(
            f"line {unread.span.line} of the DDL could not be read: {unread.reason}", Target(_CLASS, address)
        )
        return
    fix = "correct the name, or list the table in 1.1 as one that exists"
    yield at(_CLASS, f"the DDL has no {name}", row=address, column="object", fix=fix)


_HIDDEN = patterns.compile(
    r"(?i)\b(?:hash\w*|mask\w*|pseudonym\w*|encrypt\w*|shorten\w*|truncat\w*|token\w*|redact\w*|hmac)\b"
)


@rule(
    "SC02",
    "pii-underclassified",
    "B",
    sections=("12.1", "14.2"),
    checklist=("CHK13",),
    what="A column or log field whose name tells of a person is classified as internal or public, or is "
    "logged as it is.",
    why="Email, phone and address are personal whatever the table around them is called. A class that is "
    "too low is copied into every export that follows it.",
    fix="Classify it as PII, or say in the reason why it is about nobody; log a keyed hash instead.",
    wrong_when="The name means something else, such as the address of a register: rename it or waive this.",
    fires="""
[physical]
engine = "postgresql"
ddl = "CREATE TABLE guest (guest_id bigint PRIMARY KEY, email text);"

[[security.classification]]
object = "guest"
classification = "internal"
""",
    silent=(
        """
[physical]
engine = "postgresql"
ddl = "CREATE TABLE guest (email text, email_verified boolean, mac_address text, ip_owner text);"

[[security.classification]]
object = "guest"
classification = "internal"

[[security.classification]]
object = "guest.email"
classification = "pii"
""",
        """
[operations]
log_fields = ["request_id", "guest email hash", "client_ip"]
log_gaps = "Addresses of clients are shortened to /24 before the line is written."

[[security.classification]]
object = "hotel.phone"
classification = "public"
reason = "number of the front desk, printed on the key card; no person's"
""",
    ),
)
def pii_underclassified(
    bank: Bank,
    schema: Schema | None,
    new_columns: Mapping[str, NewColumns],
    security_classification: Value | None,
    operations_log_fields: Value | None,
    operations_log_gaps: Value | None,
) -> Iterator[Yield]:
    found = {entity_key(new.table): new for new in new_columns.values()}
    tables = frozenset(found)
    rows_of = [
        (address, row, list(_classified(cell(row, "object"), tables)))
        for address, row in addressed(bank, _CLASS, security_classification)
    ]
    single = {(table, column) for _, _, objects in rows_of for table, column, _ in objects if column}
    for address, row, objects in rows_of:
        if cell(row, "classification") not in _LOW or _about_nobody(cell(row, "reason")):
            continue
        for table, column, name in objects:
            personal = [name] if column and looks_personal(column) and not _is_flag(schema, name) else []
            if not column and table in found:
                lines_of = found[table].lines
                personal = [
                    f"{found[table].table}.{c}"
                    for c in lines_of
                    if looks_personal(c)
                    and (table, object_key(c)) not in single
                    and not _is_flag(schema, f"{table}.{c}")
                ]
            if personal:
                named, level = ", ".join(personal[:_TOLD]), cell(row, "classification")
                message = f"{named}: personal by name, but classified as {level}"
                fix = "classify it as PII, or say in the reason why it is about nobody"
                yield at(_CLASS, message, row=address, column="classification", fix=fix)
    if rows_of and schema is not None:
        yield from unread_like(schema.unread, TABLES)
    if not _HIDDEN.search(text(operations_log_gaps)):
        for field in lines(operations_log_fields):
            if looks_personal(field) and not _HIDDEN.search(field):
                message = (
                    f"the log field {field} looks personal, and 14.2 does not say in which form it is logged"
                )
                yield at(
                    "operations.log_fields", message, fix="log a keyed hash, or say in 14.2 how it is masked"
                )


def _about_nobody(reason: str) -> bool:
    return (
        re.search(
            r"(?i)\b(?:no|not|nobody|never|without)\b[^.;]{0,40}\b(?:person|people|personal|customer|"
            r"individual)|\bnobody\b",
            reason,
        )
        is not None
    )


def _is_flag(schema: Schema | None, name: str) -> bool:
    table = schema.table(name.rpartition(".")[0]) if schema else None
    column = table.column(name.rsplit(".", 1)[-1]) if table else None
    return column is not None and column.type.startswith("bool")
