"""What the enforcement matrix says of objects is compared with what they are in the DDL."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages, table

DELIVERY = ddl(
    """CREATE TABLE grower (grower_id bigint PRIMARY KEY);
CREATE TABLE delivery (delivery_id bigint PRIMARY KEY, day date NOT NULL, state text NOT NULL,
    grower_id bigint NOT NULL CONSTRAINT fk_dg REFERENCES grower, kg numeric CONSTRAINT ck_kg CHECK (kg >= 0),
    tons numeric CHECK (tons > 0 AND tons < 90), packs int CONSTRAINT ck_packs CHECK (packs > 0));
CREATE UNIQUE INDEX uq_open ON delivery (grower_id, day) WHERE state = 'done';
CREATE UNIQUE INDEX uq_day ON delivery (day, kg) WHERE state = 'open' AND kg > 0;"""
)


def said(mechanism: str, constraint: str) -> list[str]:
    row = table(
        "[[invariants.matrix]]",
        id="INV-001",
        invariant="one open delivery per grower and day",
        enforcement="database_constraint",
        constraint=constraint,
        mechanism=mechanism,
    )
    return [message.partition(": ")[2] for message in messages("SQ07", DELIVERY + row)]


@pytest.mark.parametrize(
    ("mechanism", "constraint", "words"),
    [
        ("uq_open (grower_id, day) WHERE state = 'open'", "unique", "has the predicate state = 'done'"),
        ("uq_open: UNIQUE (grower_id, day) WHERE state='open'", "unique", "has the predicate state = 'done'"),
        ("UNIQUE INDEX uq_open ON delivery (grower_id, day) WHERE state = 'open'", "unique", "the predicate"),
        ("uq_open, partial on state = 'open'", "unique", "has the predicate state = 'done'"),
        ("uq_open: unique over (grower_id, kg)", "unique", "is over (grower_id, day) in the DDL"),
        ("ck_kg: CHECK (kg > 0)", "check", "ck_kg (DDL line 3) says kg >= 0, not kg > 0"),
        ("CHECK (kg > 0) on delivery", "check", "ck_kg (DDL line 3) says kg >= 0, not kg > 0"),
        ("CHECK (tons > 0 AND tons < 100) on delivery", "check", "says tons < 90, not tons < 100"),
        ("CHECK (tons BETWEEN 1 AND 90) on delivery", "check", "says tons < 90, not tons <= 90"),
        ("fk_dg (day)", "foreign_key", "fk_dg is over (grower_id) in the DDL (DDL line 3), not (day)"),
        ("fk_dg: FOREIGN KEY (day) REFERENCES grower", "foreign_key", "fk_dg is over (grower_id)"),
    ],
)
def test_a_claim_that_the_ddl_contradicts_is_told(mechanism: str, constraint: str, words: str) -> None:
    (message,) = said(mechanism, constraint)
    assert words in message


@pytest.mark.parametrize(
    ("mechanism", "constraint"),
    [
        ("uq_open: UNIQUE (grower_id, day) WHERE state='done', so nothing is delivered twice", "unique"),
        ("UNIQUE INDEX uq_open ON delivery (day, grower_id) WHERE (state = 'done')", "unique"),
        ("uq_open refuses a second row when done", "unique"),
        ("uq_open where open", "unique"),
        ("uq_day (day, kg) WHERE kg > 0 AND state = 'open'", "unique"),
        ("ck_kg: CHECK (kg >= 0)", "check"),
        ("ck_packs: CHECK (packs >= 1)", "check"),
        ("ck_kg: CHECK (kg >= 0 OR day IS NULL)", "check"),
        ("CHECK (tons < 90) on delivery", "check"),
        ("fk_dg (grower)", "foreign_key"),
        ("fk_dg: FOREIGN KEY (grower_id) REFERENCES grower (grower_id)", "foreign_key"),
    ],
)
def test_a_claim_that_the_ddl_bears_out_or_that_is_prose_is_left_alone(
    mechanism: str, constraint: str
) -> None:
    assert said(mechanism, constraint) == []
