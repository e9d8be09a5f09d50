"""SQL-backed rules: branches that their documented cases do not reach, and one change in a whole document."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.codec import decode
from app.readiness.facts.claims import Claim, claims_in, predicate
from app.readiness.facts.scopes import scope_terms
from app.readiness.model import Evaluation, Severity
from tests.readiness.documents import answers_of, engine, evaluate, messages, reasons, with_ddl

EXAMPLE = Path(__file__).parents[2] / "examples" / "meter-readings.toml"
TODAY = date(2026, 11, 24)
FAMILIES = ("SQ", "NM")


@cache
def _example() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def _changed(old: str, new: str) -> Evaluation:
    """The example with `old`, which stands there once, replaced by `new`."""
    assert _example().count(old) == 1, _example().count(old)
    document = decode(default_bank(), _example().replace(old, new), "example.toml")
    return engine().evaluate(document.answers, TODAY)


@pytest.mark.parametrize("name", ["meter-readings", "parcel-instructions"])
def test_the_examples_are_free_of_these_findings_and_everything_was_looked_at(name: str) -> None:
    text = EXAMPLE.with_name(f"{name}.toml").read_text(encoding="utf-8")
    evaluation = engine().evaluate(decode(default_bank(), text, "example.toml").answers, TODAY)
    found = [f for f in evaluation.findings if f.code.startswith(FAMILIES) and not f.waived]
    assert [(f.code, str(f.target), f.message) for f in found] == []
    assert [u for u in evaluation.unchecked if u.code.startswith(FAMILIES)] == []


REQUEST_KEY = "CREATE UNIQUE INDEX CONCURRENTLY uq_correction_request_key"
ON_REQUEST = (
    "CREATE UNIQUE INDEX CONCURRENTLY uq_correction_request_reading\n    ON metering.correction_request "
)
REGISTER = "\n        REFERENCES metering.meter_register "
OUTBOX = "CREATE INDEX ix_reading_outbox_unpublished"
CHANGES = [
    (
        "SQ01",
        "CONSTRAINT pk_meter_register PRIMARY KEY (utility_id, register_id)",
        "CONSTRAINT pk_meter_register PRIMARY KEY (register_id)",
        "fk_reading_register",
    ),
    (
        "SQ02",
        f"FOREIGN KEY (utility_id, register_id){REGISTER}(utility_id, register_id)\n) PARTITION",
        f"FOREIGN KEY (register_id){REGISTER}(register_id)\n) PARTITION",
        "without utility_id",
    ),
    (
        "SQ04",
        f"{ON_REQUEST}(utility_id, register_id, read_at, request_id)",
        f"{ON_REQUEST}(request_id, utility_id, register_id, read_at)",
        "fk_correction_request_reading",
    ),
    (
        "SQ05",
        "decided_at         timestamptz,",
        "decided_at         timestamptz NOT NULL,",
        "7.3 (correction_request/decided_at)",
    ),
    ("SQ06", "published_at timestamptz,", "published_at timestamp,", "published_at"),
    (
        "SQ07",
        f"    WHERE request_state = 'requested';\n{REQUEST_KEY}",
        f"    WHERE request_state = 'approved';\n{REQUEST_KEY}",
        "predicate",
    ),
    ("SQ07", 'constraint = "foreign_key"', 'constraint = "exclusion_constraint"', "is a foreign key"),
    ("SQ08", "ALTER TABLE metering.reading_version    ENABLE ROW LEVEL SECURITY;", "", "filters nothing"),
    (
        "SQ10",
        "    CONSTRAINT pk_reading_transition PRIMARY KEY (utility_id, register_id, read_at, row_version),\n",
        "",
        "no primary key",
    ),
    (
        "SQ11",
        OUTBOX,
        f"CREATE INDEX ix_pk ON metering.reading_version (utility_id, register_id);\n{OUTBOX}",
        "pk_reading_version",
    ),
    ("SQ13", "ORDER BY c.requested_at, c.request_id\n", "ORDER BY c.requested_at\n", "leaves ties open"),
    (
        "SQ14",
        "  AND r.read_at = :read_at\n  AND r.row_version = :row_version",
        "  AND r.row_version = :row_version",
        "read_at of its primary key",
    ),
    ("NM01", "    event_body   jsonb", "    payload      jsonb", "payload"),
    ("NM05", 'concept = "Version"\nmeaning', 'concept = "Revision"\nmeaning', "not in the glossary"),
]


@pytest.mark.parametrize(("code", "old", "new", "words"), CHANGES, ids=[case[0] for case in CHANGES])
def test_one_changed_place_is_found(code: str, old: str, new: str, words: str) -> None:
    assert [message for message in messages(_changed(old, new), code) if words in message]


def _matrix(mechanism: str, constraint: str, invariant: str = "one open hold per seat") -> str:
    return (
        f'[[invariants.matrix]]\nid = "INV-001"\ninvariant = "{invariant}"\n'
        f'enforcement = "database_constraint"\nconstraint = "{constraint}"\nmechanism = "{mechanism}"\n'
    )


HOLD = """
CREATE TABLE seat (seat_id bigint PRIMARY KEY, hall text NOT NULL);
CREATE TABLE seat_hold (
    hold_id bigint PRIMARY KEY,
    seat_id bigint NOT NULL CONSTRAINT fk_hold_seat REFERENCES seat ON DELETE CASCADE,
    released_at timestamptz,
    CONSTRAINT ck_hold_released CHECK (released_at > '2020-01-01')
);
CREATE UNIQUE INDEX uq_hold_open ON seat_hold (seat_id) WHERE released_at IS NULL;
"""


@pytest.mark.parametrize(
    ("mechanism", "constraint", "problem"),
    [
        ("uq_hold_open", "unique", ""),
        ("UQ_HOLD_OPEN (seat_id) WHERE (released_at IS NULL)", "unique", ""),
        ("partial unique index on (seat_id) WHERE released_at IS NULL", "unique", ""),
        ("uq_hold_open, which stands in for an exclusion constraint", "unique", ""),
        ("a CHECK", "check", ""),
        ("uq_hold_open (seat_id, hall)", "unique", "is over (seat_id)"),
        ("uq_hold_open where released_at IS NOT NULL", "unique", "has the predicate"),
        ("uq_hold_open", "check", "is a unique key"),
        (
            "partial unique index on (seat_id) WHERE hold_id > 5",
            "unique",
            "a partial unique key over (seat_id)",
        ),
        ("unique index over (hold_id, seat_id)", "unique", "over (hold_id, seat_id)"),
        ("one of the constraints", "check", ""),
        ("exclusion constraint on seat_hold", "exclusion_constraint", "an exclusion constraint is claimed"),
        ("trigger on seat_hold", "append-only trigger", "a trigger is claimed"),
        ("seat_hold.released_at NOT NULL", "not_null", "may be null"),
        ("seat_id NOT NULL", "NOT NULL", ""),
        ("exclusion constraint, step 7 of 11.3", "exclusion_constraint", ""),
    ],
)
def test_a_claim_of_the_matrix_is_held_against_the_ddl(mechanism: str, constraint: str, problem: str) -> None:
    found = messages(with_ddl(HOLD, _matrix(mechanism, constraint)), "SQ07")
    assert bool(found) is bool(problem), found
    assert not problem or problem in found[0]


def test_a_claim_about_a_table_that_is_not_shown_is_not_checked() -> None:
    more = '[problem]\nexisting_tables = ["payout: 9 rows"]\n'
    claim = _matrix("exclusion constraint on payout", "exclusion_constraint", "payouts do not overlap")
    evaluation = with_ddl(HOLD, more + claim)
    assert messages(evaluation, "SQ07") == []
    assert "not in the DDL" in reasons(evaluation, "SQ07")[0]


def test_a_claim_that_an_unread_statement_may_keep_is_not_checked() -> None:
    evaluation = with_ddl(HOLD + "CREATE TRIGGER ON;", _matrix("trigger on seat_hold", "trigger"))
    assert messages(evaluation, "SQ07") == []
    assert "could not be read" in reasons(evaluation, "SQ07")[0]


@pytest.mark.parametrize(
    ("enforcement", "problem"),
    [
        ("fk_hold_seat ON DELETE CASCADE; partial unique index on (seat_id) WHERE released_at IS NULL", ""),
        ("foreign key ON DELETE RESTRICT", "RESTRICT is claimed, but fk_hold_seat"),
        ("FK, released_at NOT NULL", "released_at may be null"),
        ("unique index on (hold_id, seat_id)", "over (hold_id, seat_id)"),
        ("no foreign key: the service checks it", ""),
    ],
)
def test_a_claim_of_a_cardinality_is_held_against_the_ddl(enforcement: str, problem: str) -> None:
    row = f'[[logical.cardinality]]\nrelationship = "Seat → seat holds"\nenforcement = "{enforcement}"\n'
    found = messages(with_ddl(HOLD, row), "SQ07")
    assert bool(found) is bool(problem), found
    assert not problem or problem in found[0]


def test_claims_are_read_from_sentences() -> None:
    words = "partial unique index on (seller_id, currency) WHERE state = 'open', so one is open; no trigger"
    assert list(claims_in(words)) == [
        Claim("unique", ("seller_id", "currency"), partial=True, where="state = 'open'")
    ]


@given(st.text())
def test_any_text_can_be_searched_for_claims_and_scopes(text: str) -> None:
    assert all(claim.kind for claim in claims_in(text))
    assert all(term == term.casefold() for term in scope_terms(text))
    assert predicate(text) in text


WORDS = (
    "CREATE TABLE", "ALTER TABLE", "ADD COLUMN", "PRIMARY KEY", "REFERENCES", "FOREIGN KEY", "UNIQUE",
    "INDEX", "ON", "a", "b", "tenant_id", "a_id", "status", "is_active", "(", ")", ",", ";", "bigint",
    "timestamp",
    "boolean", "uuid", "text", "CHECK", "WHERE", "IS NOT NULL", "ENABLE ROW LEVEL SECURITY", "POLICY",
    "PARTITION OF", "LIKE", "INHERITS", "--", "'", "$$", "\n", "é",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.sampled_from(["postgresql", "mysql"]))
def test_any_ddl_is_evaluated_without_an_error(sql: str, name: str) -> None:
    answers = answers_of('[profile]\ntraits = ["multi_tenant"]\n')
    given_ddl = answers.with_value("physical.ddl", sql).with_value("physical.engine", name)
    assert engine().evaluate(given_ddl, TODAY) is not None


TENANTS = '[security]\ntenant_key = "hall and visit carry club_id."\n'


def _tenant(ddl: str, more: str = "") -> Evaluation:
    toml = f'[profile]\ntraits = ["multi_tenant"]\n{TENANTS}{more}'
    text = f"[physical]\nengine = \"postgresql\"\nddl = '''\n{ddl}'''\n"
    return evaluate(toml + text)


def test_the_tenant_column_is_the_one_that_12_3_names() -> None:
    ddl = (
        "CREATE TABLE hall (club_id int, hall_no int, hall_name text UNIQUE, PRIMARY KEY (club_id, hall_no));"
    )
    assert "club_id is not in it" in messages(_tenant(ddl), "SQ02")[0]


def test_without_tenants_no_key_has_to_carry_one() -> None:
    ddl = "CREATE TABLE hall (tenant_id int, hall_no int PRIMARY KEY, hall_name text UNIQUE);"
    assert messages(with_ddl(ddl), "SQ02") == []


def test_a_lookup_without_the_tenant_is_found_unless_a_forced_policy_adds_it() -> None:
    ddl = "CREATE TABLE hall (club_id int, hall_id int PRIMARY KEY);\n"
    secured = (
        "ALTER TABLE hall ENABLE ROW LEVEL SECURITY;\nALTER TABLE hall FORCE ROW LEVEL SECURITY;\n"
        "CREATE POLICY pol_hall ON hall USING (club_id = 1);\n"
    )
    query = _query("SELECT 1 FROM hall WHERE hall_id = :id")
    assert messages(_tenant(ddl, query), "SQ02") == ["hall is found without club_id"]
    assert messages(_tenant(ddl + secured, query), "SQ02") == []


def test_a_tenant_that_may_be_null_is_a_warning() -> None:
    evaluation = _tenant("CREATE TABLE hall (club_id int, hall_id int PRIMARY KEY, hall_name text NOT NULL);")
    assert "to which tenant a row belongs" in messages(evaluation, "SQ05")[0]
    assert {f.severity for f in evaluation.findings if f.code == "SQ05"} == {Severity.WARNING}


POLICIES = '[security]\nrow_policies = "All tables with club_id, by app.club; the owner cannot log in."\n'


def test_a_claim_for_all_tables_is_one_for_each_with_a_tenant() -> None:
    ddl = (
        "CREATE TABLE hall (club_id int NOT NULL, hall_id int PRIMARY KEY);\n"
        "CREATE TABLE visit (club_id int NOT NULL, visit_id int PRIMARY KEY);\n"
        "ALTER TABLE hall ENABLE ROW LEVEL SECURITY;\nCREATE POLICY pol_hall ON hall USING (club_id = 1);\n"
    )
    toml = f'[profile]\ntraits = ["multi_tenant"]\n{TENANTS}{POLICIES.partition(chr(10))[2]}'
    found = messages(evaluate(f"{toml}[physical]\nengine = \"postgresql\"\nddl = '''\n{ddl}'''\n"), "SQ08")
    assert found == ["row level security is claimed for visit (DDL line 2), which has none"]


def test_an_engine_without_row_security_cannot_keep_the_claim() -> None:
    found = messages(with_ddl("CREATE TABLE hall (hall_id int PRIMARY KEY);", POLICIES, "mysql"), "SQ08")
    assert found == ["row level security is claimed, and MySQL has none"]


def test_the_owner_has_to_be_spoken_of_when_security_is_not_forced() -> None:
    ddl = (
        "CREATE TABLE hall (hall_id int PRIMARY KEY);\nALTER TABLE hall ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY pol_hall ON hall USING (true);\n"
    )
    assert "the owner of hall" in messages(with_ddl(ddl), "SQ08")[0]
    assert (
        messages(with_ddl(ddl, '[security]\nrow_policies = "hall: all; its owner has no login"\n'), "SQ08")
        == []
    )


def test_sql_of_another_engine_is_said_once() -> None:
    evaluation = with_ddl(
        "CREATE TABLE a (a_id bigint PRIMARY KEY, body jsonb, at timestamptz);", "", "mysql"
    )
    assert len(messages(evaluation, "SQ12")) == 1
    assert "looks like PostgreSQL" in messages(evaluation, "SQ12")[0]


def test_an_engine_without_sql_is_said_once() -> None:
    evaluation = with_ddl("db.createCollection('a');\ndb.createCollection('b');\n", "", "mongodb")
    assert len(messages(evaluation, "SQ12")) == 1


def test_what_could_not_be_read_is_not_passed_by_the_rules_that_would_have_looked() -> None:
    evaluation = with_ddl("CREATE TABLE b (b_id bigint PRIMARY KEY);\nCREATE INDEX ON;\n")
    assert messages(evaluation, "SQ12")
    assert "line 2" in reasons(evaluation, "SQ11")[0]


@pytest.mark.parametrize(
    ("indexes", "redundant"),
    [
        ("CREATE INDEX i ON t (a);", True),
        ("CREATE INDEX i ON t (b, a);", False),
        ("CREATE UNIQUE INDEX i ON t (a, b);", True),
        ("CREATE INDEX i ON t (a) WHERE b > 1;", False),
        ("CREATE INDEX i ON t (a) INCLUDE (c);", False),
        ("CREATE INDEX i ON t USING hash (a);", False),
        ("CREATE INDEX i ON t (a DESC, b);", False),
        ("CREATE INDEX i ON t (a DESC, b DESC);", True),
        ("CREATE INDEX i ON t (c); CREATE INDEX j ON t (c);", True),
        ("CREATE INDEX i ON t (c) WHERE b > 1; CREATE INDEX j ON t (c, a) WHERE b > 2;", False),
        ("CREATE INDEX i ON t (lower(d)); CREATE INDEX j ON t (lower(d), c);", False),
    ],
)
def test_an_index_is_redundant_when_another_does_all_it_does(indexes: str, redundant: bool) -> None:
    ddl = f"CREATE TABLE t (a int, b int, c int, d text, PRIMARY KEY (a, b));\n{indexes}"
    found = messages(with_ddl(ddl), "SQ11")
    assert len(found) == redundant, found


def test_columns_added_to_a_table_that_is_not_shown_are_looked_at() -> None:
    evaluation = with_ddl("ALTER TABLE parcel ADD COLUMN status text, ADD COLUMN date timestamp;")
    assert {f.code for f in evaluation.findings if f.code.startswith(FAMILIES)} == {
        "NM01", "NM03", "SQ06", "SQ09"
    }  # fmt: skip


def test_columns_that_a_table_takes_over_are_told_once() -> None:
    evaluation = with_ddl(
        "CREATE TABLE a (a_id int PRIMARY KEY, status int);\nCREATE TABLE b () INHERITS (a);"
    )
    assert messages(evaluation, "NM01") == ["a.status does not say which status it is"]


def test_old_columns_of_a_table_that_1_1_lists_keep_their_names() -> None:
    ddl = "CREATE TABLE a (a_id int PRIMARY KEY, status int);\nALTER TABLE a ADD COLUMN type int;"
    found = messages(with_ddl(ddl, '[problem]\nexisting_tables = ["a: 4 rows"]\n'), "NM01")
    assert found == ["a.type does not say which type it is"]


def test_a_reference_by_its_tables_name_is_found() -> None:
    ddl = (
        "CREATE TABLE depots (id bigint PRIMARY KEY);\n"
        "CREATE TABLE bins (id bigint PRIMARY KEY, depot_id bigint);"
    )
    assert messages(with_ddl(ddl), "SQ03") == [
        "bins.depot_id is the key of depots, without a foreign key to it"
    ]


def test_a_natural_identifier_of_6_2_needs_its_key() -> None:
    row = '[[logical.keys]]\nentity = "Car"\nnatural_identifier = "VIN, UNIQUE (vin)"\n'
    ddl = "CREATE TABLE car (car_id bigint PRIMARY KEY, vin text NOT NULL{});"
    assert "6.2 identifies car by vin" in messages(with_ddl(ddl.format(""), row), "SQ10")[0]
    assert messages(with_ddl(ddl.format(" UNIQUE"), row), "SQ10") == []


def _query(sql: str, more: str = "") -> str:
    return f"[[workload.queries]]\nid = \"Q-1\"\ndescription = \"x\"\nsql = '''\n{sql}'''\n{more}"


BAGS = (
    "CREATE TABLE flight (flight_id bigint PRIMARY KEY, leaves_at timestamptz NOT NULL);\n"
    "CREATE TABLE bag (bag_id bigint PRIMARY KEY, flight_id bigint NOT NULL REFERENCES flight,\n"
    "  seq uuid NOT NULL DEFAULT gen_random_uuid(), weight_g int NOT NULL);\n"
    "CREATE INDEX ix ON bag (flight_id);\n"
)


BY_WEIGHT = (
    "SELECT bag_id FROM bag WHERE weight_g {} :last_weight AND bag_id > :last_id ORDER BY weight_g, bag_id"
)
JOINED = "SELECT b.bag_id FROM bag b JOIN flight f ON f.flight_id = b.flight_id"


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("SELECT bag_id FROM bag ORDER BY weight_g, bag_id LIMIT 9", ""),
        ("SELECT bag_id FROM bag ORDER BY weight_g, seq LIMIT 9", ""),
        ("SELECT bag_id FROM bag ORDER BY weight_g FETCH FIRST 9 ROWS ONLY", "ties"),
        ("SELECT bag_id FROM bag ORDER BY weight_g FETCH FIRST ROW ONLY", ""),
        ("SELECT bag_id FROM bag LIMIT 9", "without ORDER BY"),
        ("SELECT bag_id FROM bag LIMIT 9 FOR UPDATE SKIP LOCKED", ""),
        ("SELECT bag_id FROM bag WHERE bag_id = :bag LIMIT 2", ""),
        (BY_WEIGHT.format(">") + " LIMIT 9", "one by one"),
        (BY_WEIGHT.format("<") + " LIMIT 9", ""),
        (f"{JOINED} ORDER BY f.leaves_at, f.flight_id, b.bag_id LIMIT 9", ""),
        (f"{JOINED} ORDER BY f.leaves_at LIMIT 9", "ties"),
        ("UPDATE bag SET weight_g = 0 WHERE flight_id = :flight", ""),
    ],
)  # fmt: skip
def test_a_page_needs_a_total_order(sql: str, problem: str) -> None:
    found = messages(with_ddl(BAGS, _query(sql)), "SQ13")
    assert bool(found) is bool(problem), found
    assert not problem or problem in found[0]


def test_the_order_of_a_table_that_is_not_shown_is_not_checked_unless_it_ends_in_its_id() -> None:
    unknown = with_ddl(BAGS, _query("SELECT 1 FROM belt ORDER BY hall LIMIT 9"))
    assert "belt is not in the DDL" in reasons(unknown, "SQ13")[0]
    known = with_ddl(BAGS, _query("SELECT 1 FROM belt ORDER BY hall, belt_id LIMIT 9"))
    assert (messages(known, "SQ13"), reasons(known, "SQ13")) == ([], [])


def test_a_query_that_could_not_be_read_is_not_checked_with_its_line() -> None:
    evaluation = with_ddl(BAGS, _query("SELECT 1\nFROM WHERE"))
    assert reasons(evaluation, "SQ13")
    assert [f.target.line for f in evaluation.findings if f.code == "SQ12"] == [2]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE belt SET hall = 1 WHERE version = :version", "unchecked"),
        ("UPDATE belt SET hall = 1 WHERE belt_id = :id AND version = :version", ""),
        ("UPDATE bag SET weight_g = 1 WHERE flight_id = :id AND row_version = :version", "bag_id"),
        ("DELETE FROM bag WHERE row_version = :version", ""),
    ],
)
def test_a_guarded_update_needs_the_key(sql: str, found: str) -> None:
    evaluation = with_ddl(BAGS, _query(sql))
    if found == "unchecked":
        assert "belt is not in the DDL" in reasons(evaluation, "SQ14")[0]
    else:
        assert [m for m in messages(evaluation, "SQ14") if found in m] == messages(evaluation, "SQ14")
        assert bool(messages(evaluation, "SQ14")) is bool(found)


def test_created_at_must_not_be_the_moment_in_the_world() -> None:
    ddl = "CREATE TABLE trip (trip_id bigint PRIMARY KEY, created_at timestamptz NOT NULL);"
    row = '[[physical.column_semantics]]\ntable = "trip"\ncolumn = "created_at"\nmeaning = "{}"\n'
    assert messages(with_ddl(ddl, row.format("when the trip happened, business time")), "NM03")
    assert (
        messages(with_ddl(ddl, row.format("when the row was inserted, not when the trip happened")), "NM03")
        == []
    )


def test_names_that_differ_by_one_letter_are_told() -> None:
    row = '[[logical.grain]]\nentity = "reservaton"\ngrain = "one wish"\n'
    term = '[[glossary.terms]]\nterm = "Reservation"\ndefinition = "a wish"\n'
    ddl = "CREATE TABLE reservation (reservation_id bigint PRIMARY KEY);"
    assert "spelled in two ways" in messages(with_ddl(ddl, term + row), "NM05")[0]
