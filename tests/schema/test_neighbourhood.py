"""One table and those around it, as lines."""

from __future__ import annotations

from app.schema.neighbourhood import NEIGHBOURS_SHOWN, neighbourhood, table_in
from app.schema.read import read_schema

HOLDS = """\
CREATE TABLE concert (concert_id bigint PRIMARY KEY);
CREATE TABLE seat_hold (
    hold_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    concert_id bigint NOT NULL REFERENCES concert,
    seat_id bigint REFERENCES seat (seat_id) ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'held'
);
COMMENT ON TABLE seat_hold IS 'one attempt to keep a seat';
CREATE UNIQUE INDEX one_open ON seat_hold (seat_id) WHERE state = 'held';
CREATE TABLE payment (payment_id bigint PRIMARY KEY, hold_id bigint NOT NULL REFERENCES seat_hold);
"""


def test_columns_keys_and_both_directions_are_told() -> None:
    lines = neighbourhood(read_schema(HOLDS, "postgresql"), "seat_hold")
    assert [" ".join(line.split()) for line in lines] == [
        "seat_hold: one attempt to keep a seat",
        "",
        "Columns",
        "hold_id bigint not null identity",
        "concert_id bigint not null",
        "seat_id bigint null",
        "state text not null default 'held'",
        "",
        "Keys",
        "primary key (hold_id)",
        "unique index (seat_id) where state = 'held'",
        "",
        "Refers to",
        "concert_id → concert (concert_id)",
        "seat_id → seat (seat_id), on delete cascade not in the DDL",
        "",
        "Referred to by",
        "payment (hold_id)",
    ]


def test_columns_stand_below_each_other() -> None:
    lines = neighbourhood(read_schema(HOLDS, "postgresql"), "seat_hold")
    assert len({line.index("bigint") for line in lines[3:6]}) == 1


def test_a_table_alone_says_that_it_is() -> None:
    lines = neighbourhood(read_schema("CREATE TABLE note (body text);", "postgresql"), "note")
    assert lines[-5:] == ("Refers to", "  no table", "", "Referred to by", "  no table")
    assert "  none: nothing tells one row from another" in lines


def _star(out: int, into: int) -> list[str]:
    """The lines after the keys, of a table with so many neighbours in either direction."""
    targets = "".join(f"CREATE TABLE t{n} (id int PRIMARY KEY);" for n in range(out))
    columns = ", ".join(["id int PRIMARY KEY", *(f"t{n} int REFERENCES t{n}" for n in range(out))])
    sources = "".join(f"CREATE TABLE s{n} (hub int REFERENCES hub);" for n in range(into))
    lines = neighbourhood(
        read_schema(f"{targets}CREATE TABLE hub ({columns});{sources}", "postgresql"), "hub"
    )
    return [line for line in lines[lines.index("Refers to") :] if line.startswith("  ")]


def test_so_many_neighbours_are_listed_and_the_rest_counted() -> None:
    for out, into in ((9, 9), (1, 20), (20, 1), (3, 4)):
        lines = _star(out, into)
        listed = [line for line in lines if "more" not in line]
        assert len(listed) == NEIGHBOURS_SHOWN
        assert sum(int(line.split()[1]) for line in lines if "more" in line) == out + into - NEIGHBOURS_SHOWN


def test_a_table_that_is_not_there_has_no_lines() -> None:
    assert neighbourhood(read_schema(HOLDS, "postgresql"), "ticket") == ()


def test_the_table_is_found_by_its_name_or_by_that_of_a_column() -> None:
    schema = read_schema(HOLDS, "postgresql", "CREATE TABLE seat (seat_id bigint PRIMARY KEY);")

    def found(*texts: str) -> str:
        table = table_in(schema, texts)
        return table.name if table else ""

    assert found("one hold", "Seat_Hold") == "seat_hold"
    assert found("payment.hold_id") == "payment"
    assert found("nothing of that", "") == "concert"
    assert found("seat") == "seat"
    assert table_in(read_schema("", "postgresql"), ["seat"]) is None
