"""Names that tell of a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema.personal import looks_personal


@pytest.mark.parametrize(
    "name",
    ["email", "reader.Email", "phone_number", "date_of_birth", "tanggal_lahir", "no_hp", "nik", "npwp",
     "last-name", "home_address", "address_line_1", "client_ip", "ip", "ip_address",
     "national_id", "recipient_name", "alamat"],
)  # fmt: skip
def test_a_name_tells_of_a_person(name: str) -> None:
    assert looks_personal(name)


@pytest.mark.parametrize(
    "name",
    ["email_verified", "is_email_public", "address_id", "mac_address", "ip_owner", "ip_license",
     "phone_model", "name", "email_hash", "zip", "shipment", "unit", "birthdays_count", "",
     "last_name_change_at"],
)  # fmt: skip
def test_a_name_tells_of_nobody(name: str) -> None:
    assert not looks_personal(name)


@given(st.text())
def test_any_name_is_judged_the_same_in_any_case(name: str) -> None:
    plain = name.encode("ascii", "ignore").decode()
    assert looks_personal(plain.upper()) == looks_personal(plain.lower())
