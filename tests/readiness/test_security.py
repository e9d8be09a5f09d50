"""What is classified, and as what."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, reasons, table

GUEST = ddl("CREATE TABLE hotel.guest (guest_id bigint PRIMARY KEY, email text, stars int);")


def classified(name: str, level: str = "confidential", reason: str = "") -> str:
    return table("[[security.classification]]", object=name, classification=level, reason=reason)


@pytest.mark.parametrize(
    "name",
    ["guest", "hotel.guest", "Guests", "guest (all columns)", "guest.*", "all tables", "the guest table",
     "guest.guest_id, guest.email, guest.stars", "guest.guest_id, email and stars", "`hotel`.`guest`"],
)  # fmt: skip
def test_a_table_is_covered_by_its_own_row_or_by_rows_for_each_column(name: str) -> None:
    assert messages("SC01", GUEST + classified(name)) == []


def test_the_columns_that_no_row_covers_are_named() -> None:
    (found,) = messages("SC01", GUEST + classified("hotel.guest.email"))
    assert found == "security.classification: guest_id, stars of hotel.guest are not classified"


def test_an_added_column_wants_a_class_of_its_own_or_of_its_table() -> None:
    sql = ddl("ALTER TABLE room ADD COLUMN floor_no int;")
    assert len(messages("SC01", sql + classified("bed"))) == 1
    assert messages("SC01", sql + classified("room.floor_no")) == []


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("guest.nickname", 1),
        ("hotel.loyalty_card", 1),
        ("guest.email", 0),
        ("passport scans", 0),
        ("stay_note", 0),
    ],
)
def test_what_the_ddl_does_not_have_is_found(name: str, count: int) -> None:
    existing = "\n[problem]\nexisting_tables = ['stay_note: 4 million rows']\n"
    assert len(messages("SC01", GUEST + existing + classified("guest") + classified(name))) == count


def test_what_stands_in_an_unread_statement_is_not_checked() -> None:
    sql = ddl("CREATE TABLE guest (guest_id bigint);\nCREATE TABLE room_key (a int,, b int);")
    toml = sql + classified("guest") + classified("room_key.a")
    assert messages("SC01", toml) == []
    assert reasons("SC01", ddl("db.guest.insert({})", "mongodb") + classified("guest"))


def test_nothing_is_said_before_anything_is_classified() -> None:
    assert messages("SC01", GUEST) == []


@pytest.mark.parametrize(("level", "count"), [("internal", 1), ("public", 1), ("pii", 0), ("regulated", 0)])
@pytest.mark.parametrize("name", ["guest", "guest.email"])
def test_a_personal_column_is_not_internal(name: str, level: str, count: int) -> None:
    found = messages("SC02", GUEST + classified(name, level))
    assert len(found) == count
    assert all("email" in message for message in found)


def test_a_reason_why_it_is_about_nobody_clears_it() -> None:
    assert (
        messages("SC02", GUEST + classified("guest.email", "internal", "no person: shared desk boxes")) == []
    )


@pytest.mark.parametrize(
    ("field", "gaps", "count"),
    [
        ("guest_email", "", 1),
        ("client_ip", "Addresses are masked to /24.", 0),
        ("email hash", "", 0),
        ("request_id", "", 0),
    ],
)
def test_a_personal_log_field_wants_its_form_to_be_told(field: str, gaps: str, count: int) -> None:
    toml = f"[operations]\nlog_fields = ['{field}']\nlog_gaps = '{gaps}'\n"
    assert len(messages("SC02", toml)) == count


def test_a_column_that_the_ddl_drops_later_may_be_classified() -> None:
    sql = ddl("CREATE TABLE guest (a int, email text);\nALTER TABLE guest DROP COLUMN email;")
    assert messages("SC01", sql + classified("guest") + classified("guest.email")) == []


@pytest.mark.parametrize("name", ["guest", "guest.by_phone"])
def test_a_flag_tells_of_nobody_whatever_it_is_called(name: str) -> None:
    sql = ddl("CREATE TABLE guest (guest_id bigint, by_phone boolean);")
    assert messages("SC02", sql + classified(name, "internal")) == []
