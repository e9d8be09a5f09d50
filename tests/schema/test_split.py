"""Any text is cut into pieces that join to it; statements end where the client would end them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.schema.split import Piece, split

DIALECTS = ["postgresql", "mysql", "sqlite", "tsql", "oracle", "other"]
SCRAPS = [
    "'", '"', "`", "[", "]", "$$", "$tag$", "E'", "\\", "\\'", ";", ";\n", "--", "#", "/*", "*/", "/*!", "\n",
    " ", "\\connect x\n", "\\.\n", "\\g", "COPY t FROM stdin;\n", "DELIMITER //\n", "//", "GO\n", "/\n",
    "BEGIN", "END", "BEGIN ATOMIC", "CASE", "CREATE TABLE t (a int);\n", "CREATE TRIGGER x ", "é",
    "CREATE FUNCTION f() ", "CREATE RULE r AS DO (", "(", ")", "\U0001f600", "DECLARE ",
]  # fmt: skip


def statements(text: str, dialect: str = "postgresql") -> list[str]:
    return [piece.sql for piece in split(text, dialect) if piece.kind == "statement"]


@given(
    text=st.one_of(st.text(), st.lists(st.sampled_from(SCRAPS)).map("".join)),
    dialect=st.sampled_from(DIALECTS),
)
def test_pieces_join_to_the_text_and_stand_where_they_say(text: str, dialect: str) -> None:
    pieces = split(text, dialect)
    assert "".join(piece.text for piece in pieces) == text
    position = 0
    for piece in pieces:
        assert (piece.start, piece.end) == (position, position + len(piece.text))
        assert piece.text
        position = piece.end


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("postgresql", "a 'x;''y';b", ["a 'x;''y'", "b"]),
        ("postgresql", "a E'\\';' ; b", ["a E'\\';'", "b"]),
        ("postgresql", "a '\\'; b", ["a '\\'", "b"]),
        ("postgresql", 'a "x;" ; b', ['a "x;"', "b"]),
        ("postgresql", "a $f$ ; $$ ; $f$ ; b", ["a $f$ ; $$ ; $f$", "b"]),
        ("postgresql", "a $1 ; b$x$ ; c", ["a $1", "b$x$", "c"]),
        ("postgresql", "a /* ; /* ; */ ; */ x; b", ["a /* ; /* ; */ ; */ x", "b"]),
        ("postgresql", "-- ;\na -- ;\n; b", ["a -- ;", "b"]),
        ("postgresql", "a (;) ; b", ["a (", ")", "b"]),
        ("postgresql", "CREATE RULE r AS DO (a; b); c", ["CREATE RULE r AS DO (a; b)", "c"]),
        (
            "postgresql",
            "create function f() returns int begin atomic select case when 1 = 1 then 2 end; end; b",
            ["create function f() returns int begin atomic select case when 1 = 1 then 2 end; end", "b"],
        ),
        ("mysql", "a 'x\\';' ; b # ;\n; c -- ;\n", ["a 'x\\';'", "b # ;", "c -- ;"]),
        ("mysql", "a --1;b", ["a --1", "b"]),
        ("mysql", "a /* /* */ ; b", ["a /* /* */", "b"]),
        ("mysql", "/*!40101 SET x = 1 */; b", ["/*!40101 SET x = 1 */", "b"]),
        ("mysql", "DELIMITER //\na; b//\nDELIMITER ;\nc; d", ["a; b", "c", "d"]),
        ("mysql", "CREATE TABLE event (a int); b", ["CREATE TABLE event (a int)", "b"]),
        (
            "mysql",
            "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN IF a THEN b; END IF; END; c",
            ["CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN IF a THEN b; END IF; END", "c"],
        ),
        ("sqlite", "create trigger t after update on x begin a; b; end; c", None),
        ("sqlite", "a [x;] ; b `y;` ; c", ["a [x;]", "b `y;`", "c"]),
        ("tsql", "a\nGO\nb\ngo 5 -- x\nc", ["a", "b", "c"]),
        (
            "tsql",
            "CREATE PROC p AS BEGIN a; b; END\nGO\nc; d",
            ["CREATE PROC p AS BEGIN a; b; END", "c", "d"],
        ),
        (
            "tsql",
            "CREATE TABLE a (x int)\nCREATE TABLE b (x int)\nALTER TABLE a\nDROP COLUMN x",
            ["CREATE TABLE a (x int)", "CREATE TABLE b (x int)", "ALTER TABLE a\nDROP COLUMN x"],
        ),
        ("oracle", "BEGIN a; b; END;\n/\nc; d", ["BEGIN a; b; END;", "c", "d"]),
    ],
)
def test_statements_end_where_the_client_ends_them(
    dialect: str, text: str, expected: list[str] | None
) -> None:
    assert statements(text, dialect) == (
        expected or ["create trigger t after update on x begin a; b; end", "c"]
    )


def test_psql_lines_and_copy_data_are_not_statements() -> None:
    text = "\\connect shop\nCOPY t (a) FROM stdin;\n1;2\n'\n\\.\nselect 1 \\gexec\nselect 2;"
    kinds = [(piece.kind, piece.text.strip()) for piece in split(text) if piece.text.strip()]
    assert kinds == [
        ("command", "\\connect shop"),
        ("statement", "COPY t (a) FROM stdin;"),
        ("data", "1;2\n'\n\\."),
        ("statement", "select 1"),
        ("command", "\\gexec"),
        ("statement", "select 2;"),
    ]


def test_copy_to_stdout_and_from_a_file_have_no_data() -> None:
    assert statements("COPY t TO stdout;\na;\nCOPY t FROM '/x';\nb;") == [
        "COPY t TO stdout",
        "a",
        "COPY t FROM '/x'",
        "b",
    ]


@pytest.mark.parametrize("opening", ["'", '"', "$$", "$x$", "/*", "E'"])
def test_quote_that_never_ends_costs_its_own_statement_only(opening: str) -> None:
    text = f"a 'x' ;\nb {opening} ;\nc ;\nd 'y' ;\n"
    pieces = [piece for piece in split(text) if piece.kind == "statement"]
    assert [piece.sql for piece in pieces] == ["a 'x'", f"b {opening}", "c", "d 'y'"]
    assert [piece.finished for piece in pieces] == [True, False, True, True]


def test_body_that_never_ends_costs_its_own_statement_only() -> None:
    text = "create function f() begin atomic select 1;\ncreate table a (x int);\n"
    assert statements(text)[-1] == "create table a (x int)"


@pytest.mark.parametrize(
    "scrap", ["$a%d$ ;\n", "'\n;\n", "/* ;\n", "create rule (;\n", "\\g\n", "create trigger x begin\n"]
)
@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_hostile_text_is_cut_without_scanning_it_again_and_again(scrap: str, dialect: str) -> None:
    text = "".join(scrap % n if "%d" in scrap else scrap for n in range(3_000)) + "'"
    pieces: list[Piece] = split(text, dialect)
    assert sum(len(piece.text) for piece in pieces) == len(text)


def test_last_statement_needs_no_terminator() -> None:
    assert [(piece.text, piece.finished) for piece in split("a;b")] == [("a;", True), ("b", True)]
