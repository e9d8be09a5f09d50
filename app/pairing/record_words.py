"""Review records on their way between host and guests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from app.document.text import clean, one_line
from app.pairing.values import packed, unpacked
from app.pairing.wire import MAX_DEPTH, Said, WireError
from app.review.model import TABLES, Record, Records, Reviewer, table_of
from app.review.reading import records_of


def words_of(record: Record) -> dict[str, Any]:
    """The words of a record as JSON can hold them, with its id and time."""
    said = record.model_dump(exclude={"person"})
    return {name: packed(value) for name, value in said.items() if value not in (None, "")}


def said_of(records: Records, record: Record) -> Said:
    """The body of the event that a new record is."""
    role = next((r.role for r in records.reviewers if r.slug == record.person), "")
    return Said(
        table=table_of(record),
        words=words_of(record),
        slug=record.person,
        name=records.name_of(record.person),
        role=role,
    )


def record_of(table: str, words: Any, slug: str) -> Record:
    """The record that a host sent. Raises WireError."""
    model = TABLES.get(table)
    if model is None or not isinstance(words, dict):
        raise WireError("this is no record")
    try:
        return model.model_validate({**_clean(unpacked(words)), "person": slug})
    except (ValidationError, TypeError, ValueError):
        raise WireError("this is no record") from None


def packed_records(records: Records) -> dict[str, Any]:
    """All records, as JSON can hold them."""
    return {
        "people": [[r.slug, r.name, r.role] for r in records.reviewers],
        "records": [[table_of(record), words_of(record), record.person] for record in records.records],
    }


def unpacked_records(data: Any) -> tuple[list[Reviewer], list[Record]]:
    """What `packed_records` made. Raises WireError for anything else."""
    try:
        people = [reviewer_of(slug, name, role) for slug, name, role in data["people"]]
        return people, [record_of(table, words, slug) for table, words, slug in data["records"]]
    except (TypeError, KeyError, ValueError):
        raise WireError("these are no records") from None


def reviewer_of(slug: object, name: object, role: object) -> Reviewer:
    """Whose records these are, with the control characters taken out of what another machine says."""
    return Reviewer(one_line(clean(str(slug))), one_line(clean(str(name))), one_line(clean(str(role))))


def with_records(known: Iterable[Record], reviewers: Iterable[Reviewer], new: Iterable[Record]) -> Records:
    """Records with others added; one with an id that is known is the same one."""
    by_id = {record.id: record for record in [*known, *new]}
    return records_of(reviewers, by_id.values())


def _clean(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise WireError("it is nested too deeply")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _clean(item, depth + 1) for key, item in value.items()}
    return [_clean(item, depth + 1) for item in value] if isinstance(value, list) else value
