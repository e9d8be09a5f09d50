"""DDL named by a path: order of migrations, places, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.schema.files import DdlText, order_of, read_ddl


def paths(found: DdlText) -> list[str]:
    return [file.path for file in found.files]


def test_file_is_read_with_its_places(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_bytes("CREATE TABLE größe (a int);\r\nb".encode())
    found = read_ddl("schema.sql", tmp_path)
    assert (found.text, found.problems) == ("CREATE TABLE größe (a int);\nb\n", ())
    assert found.place(2) == ("schema.sql", 2)


@pytest.mark.parametrize(
    "names",
    [
        ["V1__a.sql", "V2__b.sql", "V10__c.sql", "V10.1__d.sql", "R__views.sql"],
        ["20240101_a.sql", "20240102_b.sql", "20251231_c.sql"],
        ["001_a.up.sql", "2_b.up.sql", "0010_c.up.sql"],
        ["0001_start/migration.sql", "0002_more/migration.sql"],
    ],
)
def test_migrations_are_read_in_the_order_of_their_numbers(tmp_path: Path, names: list[str]) -> None:
    for number, name in reversed(list(enumerate(names))):
        path = tmp_path / "migrations" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"-- {number}\nselect {number};")
    found = read_ddl("migrations/", tmp_path)
    assert paths(found) == [f"migrations/{name}" for name in names]
    assert found.text == "".join(f"-- {n}\nselect {n};\n" for n in range(len(names)))
    assert [found.place(2 * n + 2) for n in range(len(names))] == [
        (f"migrations/{name}", 2) for name in names
    ]


def test_undo_migrations_and_other_files_are_left_out(tmp_path: Path) -> None:
    names = ["U1__a.sql", "1_a.down.sql", "1_a.up.sql", "x/down.sql", "notes.md", ".hidden/a.sql", "2_b.sql"]
    for name in names:
        (tmp_path / "m" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "m" / name).write_text("a;")
    assert paths(read_ddl("m", tmp_path)) == ["m/1_a.up.sql", "m/2_b.sql"]


@pytest.mark.parametrize("mark", ["-- +goose Down", "-- migrate:down", "--//@UNDO"])
def test_undo_part_of_a_migration_is_left_out(tmp_path: Path, mark: str) -> None:
    (tmp_path / "1.sql").write_text(f"CREATE TABLE a (x int);\n{mark}\nDROP TABLE a;\n")
    assert read_ddl("1.sql", tmp_path).text == "CREATE TABLE a (x int);\n"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("../other.sql", "leads outside"),
        ("db/../../other.sql", "leads outside"),
        ("..\\other.sql", "leads outside"),
        ("/etc/passwd", "is not relative"),
        ("~/x.sql", "is not relative"),
        ("C:\\x.sql", "is not relative"),
        ("missing.sql", "there is no such file"),
        ("secret.env", "is not an SQL file"),
        ("a\0b", "is not a path"),
        ("link.sql", "leads outside"),
        ("folder_link", "leads outside"),
        ("empty", "holds no .sql file"),
        ("latin.sql", "is not UTF-8"),
    ],
)
def test_what_cannot_or_must_not_be_read_is_told(tmp_path: Path, reference: str, message: str) -> None:
    folder = tmp_path / "project"
    (folder / "empty").mkdir(parents=True)
    (tmp_path / "other.sql").write_text("CREATE TABLE secret (a int);")
    (folder / "secret.env").write_text("TOKEN=1")
    (folder / "latin.sql").write_bytes(b"-- ok\n-- \xe4\n")
    (folder / "link.sql").symlink_to(tmp_path / "other.sql")
    (folder / "folder_link").symlink_to(tmp_path)
    found = read_ddl(reference, folder)
    assert (found.text, found.files) == ("", ())
    (problem,) = found.problems
    assert message in problem.message
    assert problem.where


def test_link_out_of_a_migrations_folder_costs_itself_only(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    (folder / "m").mkdir(parents=True)
    (tmp_path / "other.sql").write_text("secret")
    (folder / "m" / "1.sql").write_text("a;")
    (folder / "m" / "2.sql").symlink_to(tmp_path / "other.sql")
    found = read_ddl("m", folder)
    assert (found.text, [problem.where for problem in found.problems]) == ("a;\n", ["m/2.sql"])


def test_link_inside_the_repository_is_followed(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "db").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "db" / "schema.sql").write_text("a;")
    (tmp_path / "docs" / "schema.sql").symlink_to(tmp_path / "db" / "schema.sql")
    assert read_ddl("schema.sql", tmp_path / "docs").text == "a;\n"


def test_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.schema.files.LARGEST_FILE", 10)
    (tmp_path / "big.sql").write_text("-- more than ten bytes")
    found = read_ddl("big.sql", tmp_path)
    assert found.text == ""
    assert "larger than" in found.problems[0].message


def test_utf16_scripts_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_bytes("CREATE TABLE ä (x int);".encode("utf-16"))
    assert read_ddl("a.sql", tmp_path).text == "CREATE TABLE ä (x int);\n"


def test_digest_tells_a_changed_text(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("a;")
    first = read_ddl("a.sql", tmp_path).digest
    assert first == read_ddl("a.sql", tmp_path).digest
    (tmp_path / "a.sql").write_text("b;")
    assert read_ddl("a.sql", tmp_path).digest not in (first, "")
    assert read_ddl("missing.sql", tmp_path).digest == ""


def test_order_compares_numbers_by_value_however_long() -> None:
    assert sorted(["V" + "9" * 400, "V10", "V9", "R__x"], key=order_of) == [
        "V9",
        "V10",
        "V" + "9" * 400,
        "R__x",
    ]
