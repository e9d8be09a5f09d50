"""Contradictions of the compatibility matrix."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, step


def row(version: str, old: str, expanded: str, contracted: str) -> str:
    return (
        f"\n[[migration.compatibility]]\nversion = '{version}'\nold_schema = '{old}'\n"
        f"expanded_schema = '{expanded}'\ncontracted_schema = '{contracted}'\n"
    )


def test_a_schema_on_which_no_version_runs_is_found_once() -> None:
    (found,) = messages("MG05", row("v1", "yes", "yes", "no") + row("v2", "no", "yes", "no"))
    assert found == "migration.compatibility: no version runs on the contracted schema"


def test_a_change_of_schema_that_no_version_survives_is_found() -> None:
    (found,) = messages("MG05", row("v1", "yes", "yes", "no") + row("v2", "no", "no", "yes"))
    assert "both the expanded schema and the contracted schema" in found


@pytest.mark.parametrize("cell", ["conditional: flag off", "as expanded: nothing is removed", "maybe"])
def test_conditions_and_other_words_are_given_the_benefit_of_the_doubt(cell: str) -> None:
    assert messages("MG05", row("v1", "yes", "yes", "no") + row("v2", "no", "yes", cell)) == []


CONTRACT = ddl("ALTER TABLE parcel ADD COLUMN weight_g int;") + step(
    "DROP COLUMN weight_kg on parcel", "contract", "30 days unused"
)
OTHER = row("v1", "yes", "yes", "yes")


@pytest.mark.parametrize(
    "version",
    [
        "label 3, reads weight_kg",
        "label 3: reads and writes parcel.weight_kg",
        "label 3, writes the old columns",
    ],
)
def test_a_version_that_uses_what_is_dropped_does_not_run_on_the_contracted_schema(version: str) -> None:
    (found,) = messages("MG05", CONTRACT + OTHER + row(version, "yes", "yes", "yes"))
    assert ".contracted_schema: it uses" in found
    assert messages("MG05", CONTRACT + OTHER + row(version, "yes", "yes", "no")) == []


@pytest.mark.parametrize(
    "version",
    [
        "label 3, no longer writes weight_kg",
        "label 3, writes weight_kg if the flag is on",
        "label 3, reads either way by flag, writes the old columns",
        "label 3, knows neither weight_kg nor weight_lb",
        "label 3, reads weight_lb",
        "label 3, weight_kg",
    ],
)
def test_a_version_that_may_do_without_is_not_found(version: str) -> None:
    assert messages("MG05", CONTRACT + OTHER + row(version, "yes", "yes", "yes")) == []


def test_a_version_that_uses_what_is_new_does_not_run_on_todays_schema() -> None:
    (found,) = messages("MG05", CONTRACT + OTHER + row("label 4, reads weight_g", "yes", "yes", "yes"))
    assert ".old_schema: it uses weight_g" in found
