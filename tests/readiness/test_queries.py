"""Queries of 9.2: pages that shift, updates that hit other rows, tenants that are left out."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, table

PARCELS = ddl(
    "CREATE TABLE parcel (parcel_id bigint PRIMARY KEY, depot_id bigint NOT NULL, arrived_at timestamptz,"
    " weight_g int, row_version int NOT NULL);"
)
TENANTS = '[profile]\ntraits = ["multi_tenant"]\n' + ddl(
    "CREATE TABLE parcel (tenant_id bigint NOT NULL, parcel_id bigint, PRIMARY KEY (tenant_id, parcel_id));"
)
PAGE = "SELECT parcel_id FROM parcel WHERE {} ORDER BY arrived_at, parcel_id LIMIT 50"


def query(sql: str, **cells: str) -> str:
    return table("[[workload.queries]]", id="Q-001", description="parcels", sql=sql, **cells)


@pytest.mark.parametrize(
    ("where", "splits"),
    [
        ("arrived_at >= ? AND parcel_id > ?", True),
        ("arrived_at >= $1 AND parcel_id > $2", True),
        ("arrived_at >= :t AND parcel_id > :p", True),
        ("arrived_at >= :from_at AND parcel_id > :id", True),
        ("arrived_at >= :last_at AND parcel_id >= :last_id", True),
        ("(arrived_at, parcel_id) > (?, ?)", False),
        ("arrived_at >= ? AND parcel_id >= ?", False),
        ("arrived_at >= ? AND weight_g > ?", False),
        ("arrived_at >= '2026-01-01' AND parcel_id > ?", False),
    ],
)
def test_a_page_continued_column_by_column_is_found_whatever_its_parameters_are_called(
    where: str, splits: bool
) -> None:
    found = messages("SQ13", PARCELS + query(PAGE.format(where)))
    assert ["compared one by one" in message for message in found] == ([True] if splits else [])


def test_an_order_that_ends_in_no_key_may_be_filtered_strictly() -> None:
    sql = PAGE.format("arrived_at >= ? AND weight_g > ?").replace(", parcel_id", ", weight_g")
    (message,) = messages("SQ13", PARCELS + query(sql))
    assert "leaves ties open" in message


TIES = "SELECT parcel_id FROM parcel ORDER BY arrived_at LIMIT 5"


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("It is not paginated", 0),
        ("the list is not paginated", 0),
        ("the export reads it once, without pages", 0),
        ("yes, rows do not move between pages", 1),
        ("it is paginated by arrival", 1),
    ],
)
def test_a_list_without_pages_is_said_in_any_words(said: str, count: int) -> None:
    assert len(messages("SQ13", PARCELS + query(TIES, stable_pagination=said))) == count


def test_every_query_of_a_cell_is_looked_at() -> None:
    stable = "SELECT parcel_id FROM parcel ORDER BY parcel_id LIMIT 1;"
    assert len(messages("SQ13", PARCELS + query(f"{stable}\n{TIES}"))) == 1
    scoped = "SELECT parcel_id FROM parcel WHERE tenant_id = :t;"
    assert messages("SQ02", TENANTS + query(scoped)) == []
    assert len(messages("SQ02", TENANTS + query(f"{scoped}\nSELECT parcel_id FROM parcel"))) == 1


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("operators may see all tenants", 0),
        ("the operator role may see all tenants", 0),
        ("all tenants: support only", 0),
        ("no, the operator sees them", 0),
        ("yes, over all tenants by row policy", 1),
        ("each tenant has its own parcels", 1),
    ],
)
def test_who_may_see_all_tenants_is_said_in_any_words(said: str, count: int) -> None:
    found = messages("SQ02", TENANTS + query("SELECT parcel_id FROM parcel", tenant_scoped=said))
    assert len(found) == count


@pytest.mark.parametrize(("key", "count"), [("depot_id = :d", 1), ("parcel_id = :p", 0)])
def test_an_update_inside_with_is_looked_at_by_itself(key: str, count: int) -> None:
    sql = f"""WITH up AS (UPDATE parcel SET weight_g = 0 WHERE {key} AND row_version = :v RETURNING parcel_id)
    SELECT p.parcel_id FROM parcel p JOIN up ON up.parcel_id = p.parcel_id WHERE p.parcel_id = :x"""
    assert len(messages("SQ14", PARCELS + query(sql))) == count
