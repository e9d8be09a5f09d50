"""Where data lives on outside of its tables: derived stores, backups, logs, archives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import patterns
from app.document.answers import Value
from app.readiness.facts.states import singular
from app.readiness.facts.tables import cell, items, name_key, rows
from app.readiness.facts.texts import is_bare
from app.schema.names import word_set

_GENERIC = word_set(
    "index table store data read model view service database derived projection copy the a an of for in on "
    "and by to from daily nightly hourly with event events row rows metrics"
)
_SAME = (
    word_set("search opensearch elasticsearch elastic solr algolia meilisearch typesense lucene"),
    word_set("warehouse bigquery snowflake redshift databricks lakehouse lake dwh olap analytics"),
    word_set("cache redis memcached valkey cdn"),
    word_set("archive bucket s3 gcs blob parquet file export"),
)
BACKUPS = patterns.compile(r"\b(?:back-?ups?|snapshots?|point-in-time|pitr|restor\w+)\b", re.IGNORECASE)
LOGS = patterns.compile(r"\b(?:\w*logs?|logged|logging|logfiles?)\b", re.IGNORECASE)
OBJECTS = patterns.compile(
    r"\b(?:object (?:stores?|storage)|buckets?|s3|gcs|blobs?|archiv\w*|\w*-archive|parquet)\b", re.IGNORECASE
)


def derived_stores(source_of_truth: Value | None, stores: Value | None) -> Iterator[tuple[str, bool]]:
    """The stores that 3.1 and 13.2 name, and whether their record there says how a deletion reaches them."""
    for row in rows(stores):
        if cell(row, "store"):
            yield cell(row, "store"), not is_bare(cell(row, "deletion"))
    for row in rows(source_of_truth):
        for name in items(row, "derived_stores"):
            if not is_bare(name) and not name.casefold().startswith(("none", "no ")):
                yield name, False


def mentions(text: str, store: str) -> bool:
    """Whether a text speaks of a store: by its kind if the name tells one, else by a telling word of it."""
    said = {singular(word) for word in name_key(text).split()}
    words = {singular(word) for word in name_key(store).split()}
    if f" {name_key(store)} " in f" {name_key(text)} ":
        return True
    kinds = [kind for kind in _SAME if kind & words]
    if kinds:
        return any(kind & said for kind in kinds)
    return any(word in said for word in words - _GENERIC if len(word) > 2)
