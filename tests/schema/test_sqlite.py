"""SQLite: the model is what SQLite's own catalog says, and what SQLite refuses is unread."""

from __future__ import annotations

import sqlite3

import pytest

from app.schema.read import read_schema

SCRIPTS = [
    """CREATE TABLE member (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT 'Jo',
  born DATE, UNIQUE (name));
CREATE TABLE "book" (isbn VARCHAR(13) NOT NULL, copy INT NOT NULL, shelf TEXT,
  PRIMARY KEY (isbn, copy)) WITHOUT ROWID;
CREATE TABLE loan (
  id INTEGER PRIMARY KEY,
  member_id INTEGER NOT NULL REFERENCES member ON DELETE CASCADE,
  isbn TEXT, copy INT, -- the copy; lent
  due DATETIME NOT NULL,
  FOREIGN KEY (isbn, copy) REFERENCES book (isbn, copy) ON UPDATE SET NULL
);
CREATE INDEX loan_due ON loan (member_id, due DESC);
CREATE UNIQUE INDEX loan_open ON loan (isbn, copy) WHERE due IS NULL;
CREATE TRIGGER t AFTER UPDATE ON loan BEGIN UPDATE member SET name = 'x'; DELETE FROM loan; END;""",
    """CREATE TABLE a (x INTEGER);
ALTER TABLE a ADD COLUMN y NUMERIC(4, 1) NOT NULL DEFAULT 0;
ALTER TABLE a RENAME COLUMN x TO z;
ALTER TABLE a RENAME TO b;
CREATE INDEX i ON b (y);
CREATE TABLE gone (x INT);
DROP TABLE gone;
DROP INDEX i;""",
]


@pytest.mark.parametrize("sql", SCRIPTS)
def test_model_is_what_the_catalog_says(sql: str) -> None:
    schema = read_schema(sql, "sqlite")
    assert schema.unread == ()
    connection = sqlite3.connect(":memory:")
    connection.executescript(sql)
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
    ]
    assert sorted(schema.tables) == sorted(names)
    for name in names:
        table = schema.tables[name]
        info = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
        assert [column.name for column in table.columns] == [row[1] for row in info]
        for column, row in zip(table.columns, info, strict=True):
            assert column.nullable == (not row[3] and not row[5])
            assert bool(column.default) == (row[4] is not None)
        primary = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
        assert list(table.primary_key.columns if table.primary_key else ()) == primary
        keys = connection.execute(f'PRAGMA foreign_key_list("{name}")').fetchall()
        expected = {(row[2], row[3], (row[6].lower(), row[5].lower())) for row in keys}
        assert {
            (key.target, column, (key.on_delete or "no action", key.on_update or "no action"))
            for key in table.foreign_keys
            for column in key.columns
        } == expected
        indexes = [row for row in connection.execute(f'PRAGMA index_list("{name}")') if row[3] == "c"]
        assert {(i.name, i.unique, bool(i.where)) for i in table.indexes} == {
            (row[1], bool(row[2]), bool(row[4])) for row in indexes
        }


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("CREATE TABLE a (x INT); CREATE TABLE a (y INT);", "table a already exists"),
        ("CREATE TABLE a (x INT, x INT);", "duplicate column name: x"),
        ("CREATE TABLE a (x INT, PRIMARY KEY (y));", "y"),
    ],
)
def test_what_sqlite_refuses_is_unread_with_its_reason(sql: str, reason: str) -> None:
    (unread,) = read_schema(sql, "SQLite 3").unread
    assert reason in unread.reason


def test_tables_that_may_exist_elsewhere_are_not_refused() -> None:
    schema = read_schema("CREATE INDEX i ON elsewhere (x); ALTER TABLE elsewhere ADD COLUMN y INT;", "sqlite")
    assert schema.unread == ()


def test_endless_query_that_fills_a_table_is_stopped() -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    schema = read_schema(f'CREATE TABLE "a(" AS {endless}; CREATE TABLE b (x INT);', "sqlite")
    assert "b" in schema.tables


def test_files_are_out_of_reach() -> None:
    schema = read_schema("ATTACH 'stolen.db' AS x; CREATE TABLE b (x INT);", "sqlite")
    assert list(schema.tables) == ["b"]
