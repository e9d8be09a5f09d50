"""Which indexes another one makes superfluous, and which only look so."""

from __future__ import annotations

import pytest

from tests.readiness.findings import ddl, messages

CASK = "CREATE TABLE cask (cask_id int PRIMARY KEY, cellar_no int NOT NULL, kg int, emptied_on date);\n"


@pytest.mark.parametrize(
    ("indexes", "told"),
    [
        ("CREATE INDEX ix_a ON cask (cellar_no); CREATE INDEX ix_b ON cask (cellar_no) WHERE kg > 0;", ""),
        (
            "CREATE INDEX ix_a ON cask (cellar_no, kg); CREATE INDEX ix_b ON cask (cellar_no) WHERE kg > 0;",
            "",
        ),
        (
            "CREATE INDEX ix_a ON cask (cellar_no, kg) WHERE kg > 0;"
            "CREATE INDEX ix_b ON cask (cellar_no) WHERE kg > 0;",
            "ix_b (cellar_no) is the beginning of ix_a (cellar_no, kg), WHERE kg > 0",
        ),
    ],
)
def test_an_index_over_other_rows_is_not_superfluous(indexes: str, told: str) -> None:
    found = [message.partition(": ")[2] for message in messages("SQ11", ddl(CASK + indexes))]
    assert found == ([told] if told else [])


def test_a_columnstore_is_no_tree() -> None:
    sql = (
        "CREATE TABLE dbo.cellar (cellar_no int NOT NULL PRIMARY KEY);\n"
        "CREATE TABLE dbo.cask (cask_id int NOT NULL PRIMARY KEY, kg int NOT NULL,\n"
        "    cellar_no int NOT NULL CONSTRAINT fk_cask REFERENCES dbo.cellar (cellar_no));\n"
        "CREATE NONCLUSTERED COLUMNSTORE INDEX c3 ON dbo.cask (cellar_no, kg);\n"
    )
    assert len(messages("SQ04", ddl(sql, "SQL Server", "2022"))) == 1
    served = sql + "CREATE INDEX c2 ON dbo.cask (cellar_no);"
    assert messages("SQ04", ddl(served, "SQL Server", "2022")) == []
    assert messages("SQ11", ddl(served, "SQL Server", "2022")) == []


@pytest.mark.parametrize(
    ("check", "free"),
    [
        ("cask_state <> ''", True),
        ("length(cask_state) < 20", True),
        ("char_length(btrim(cask_state)) > 0", True),
        ("cask_state <> 'lost'", True),
        ("cask_state IN ('full', 'empty')", False),
        ("cask_state = 'full' OR cask_state = 'empty'", False),
        ("cask_state ~ '^(full|empty)$'", False),
        ("is_cask_state(cask_state)", False),
    ],
)
def test_a_state_is_free_unless_its_check_may_list_the_states(check: str, free: bool) -> None:
    sql = f"CREATE TABLE cask (cask_id int PRIMARY KEY, cask_state text NOT NULL CHECK ({check}));"
    assert bool(messages("SQ09", ddl(sql))) is free
