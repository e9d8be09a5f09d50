"""Which files a check is about: no answer file is passed over, and nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.subjects import is_answer_file, subjects
from app.document.store import read_data
from app.problems import DbcharterError

HEAD = '#:schema plan.schema.json\nformat = 1\n[bank]\nid = "database-design"\nversion = "1.0.0"\n'
PLAN = f'{HEAD}[physical]\nddl_files = ["db/schema.sql", "./migrations/"]\n'


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD.replace("format = 1", "# format = 1"),
        HEAD.replace("[bank]", "# [bank]").replace("id =", "# id =").replace("version =", "# version ="),
        "format = 1\n",
        "",
        " \n",
        f"{HEAD}<<<<<<< ours\n",
        HEAD.replace("\n", "\r\n") + "[problem\r\n",
        "#:schema plan.schema.json\n",
    ],
)
def test_an_answer_file_is_known_even_when_something_happened_to_it(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(text, encoding="utf-8", newline="")
    assert is_answer_file(file)


def test_what_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    assert is_answer_file(tmp_path / "gone.toml")
    (tmp_path / "wide.toml").write_bytes(HEAD.encode("utf-16"))
    (tmp_path / "latin.toml").write_bytes(HEAD.encode() + b'x = "\xe4"\n')
    assert is_answer_file(tmp_path / "wide.toml")
    assert is_answer_file(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "x"\n',
        "x = {{ y }}\n",
        'format = "$all$character"\n',
        '[bank]\nname = "of the river"\n',
        "#:schema https://json.schemastore.org/pyproject.schema.json\n[tool]\n",
        "bank = 3\n",
    ],
)
def test_another_toml_file_is_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(text, encoding="utf-8")
    assert not is_answer_file(file)


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a plan that names SQL, another one that names none, and the SQL."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs" / "db").mkdir(parents=True)
    (tmp_path / "docs" / "migrations" / "1").mkdir(parents=True)
    (tmp_path / "docs" / "plan.toml").write_text(PLAN, encoding="utf-8")
    (tmp_path / "docs" / "other.toml").write_text(HEAD, encoding="utf-8")
    for name in ("db/schema.sql", "migrations/1/a.sql", "alone.sql"):
        (tmp_path / "docs" / name).write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("sql", ["docs/db/schema.sql", "docs/migrations/1/a.sql"])
def test_sql_stands_for_the_answer_files_that_name_it(plan: Path, sql: str) -> None:
    assert (plan / sql).exists()
    assert subjects([Path(sql)], skip_others=False) == [Path("docs/plan.toml")]
    both = [Path("docs/plan.toml"), Path(sql)]
    assert subjects(both, skip_others=True) == [Path("docs/plan.toml")]


def test_sql_that_nobody_names_is_told_or_left_out(plan: Path) -> None:
    alone = [Path("docs/alone.sql")]
    assert (plan / alone[0]).exists()
    assert subjects(alone, skip_others=True) == []
    with pytest.raises(DbcharterError, match="no answer file names it"):
        subjects(alone, skip_others=False)


def test_answer_files_are_read_once_however_much_sql_there_is(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plan / ".git").mkdir()
    read: list[str] = []

    def counted(file: Path) -> bytes:
        read.append(file.name)
        return read_data(file)

    monkeypatch.setattr("app.cli.subjects.read_data", counted)
    both = [Path("docs/db/schema.sql"), Path("docs/migrations/1/a.sql")]
    assert subjects(both, skip_others=False) == [Path("docs/plan.toml")]
    assert sorted(read) == ["other.toml", "plan.toml"]
    (plan / "docs" / "plan.toml").write_text(HEAD, encoding="utf-8")
    assert subjects(both, skip_others=True) == []
