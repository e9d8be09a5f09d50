"""The model of PostgreSQL DDL is what a real server's catalog says after running it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.schema.read import read_schema
from tests.schema import catalog

DATA = Path(__file__).parent / "data"
pytestmark = pytest.mark.skipif(
    not catalog.available(), reason="PostgreSQL's server programs are not installed"
)


@pytest.fixture(scope="module")
def server() -> Iterator[catalog.Server]:
    # Not pytest's own folder: that one is closed to the account that runs the server for root.
    temporary = tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True)
    with temporary as folder, catalog.server(Path(folder)) as running:
        yield running


ROLES = """DO $$ BEGIN CREATE ROLE hotel_admin; CREATE ROLE reception;
EXCEPTION WHEN duplicate_object THEN END $$;
"""


@pytest.mark.parametrize("name", ["hotel_dump.sql", "parcels_rails.sql", "tickets_django.sql", "meters.sql"])
def test_model_is_what_the_catalog_says(server: catalog.Server, name: str) -> None:
    sql = (DATA / name).read_text()
    runnable = "\n".join(line for line in sql.splitlines() if "restrict" not in line[:12])
    expected = server.catalog(ROLES + runnable)
    schema = read_schema(sql, "postgresql")
    assert schema.unread == ()
    found = catalog.model_tables(schema)
    assert sorted(found) == sorted(expected)
    for table, item in expected.items():
        for part, value in item.items():
            assert found[table][part] == value, f"{part} of {table}"
