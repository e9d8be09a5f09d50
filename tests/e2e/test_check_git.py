"""`check --since git:…`: documents and their SQL as they were where the branch began."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.repositories import commit, git, repository, typed_in_a_file
from tests.e2e.test_check import DAY, GOOD, run

SINCE = ("--since", "git:main", *DAY)
NAMES = ("my plan.toml", "Prüfung.toml", "old.toml")


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    """A repository on a branch; the documents lie in docs, and that in the middle has SQL in a file."""
    place = repository(tmp_path / "repository")
    (place / "docs" / "db").mkdir(parents=True)
    for name in NAMES:
        (place / "docs" / name).write_text(GOOD.read_text(encoding="utf-8"), encoding="utf-8")
    typed_in_a_file(place / "docs" / "Prüfung.toml", "db/schema.sql")
    commit(place)
    git(place, "checkout", "--quiet", "-b", "change")
    return place


def documents(place: Path) -> list[str]:
    return sorted(str(file.relative_to(place)) for file in (place / "docs").glob("*.toml"))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_is_new_where_nothing_but_a_comment_changed(branch: Path) -> None:
    for name in documents(branch):
        edit(branch / name, "format = 1\n", "# looked at\nformat = 1\n")
    shown = run(branch, "check", "--fail-on", "warning", *documents(branch), *SINCE)
    assert shown.count("readiness 100 % (was 100 %)") == 3


def test_a_document_is_checked_whose_sql_alone_changed(branch: Path) -> None:
    sql = branch / "docs" / "db" / "schema.sql"
    sql.write_text(sql.read_text(encoding="utf-8") + "CREATE TABLE extra (id int);\n", encoding="utf-8")
    commit(branch)
    shown = run(branch, "check", *documents(branch), *SINCE, code=1)
    assert re.search(
        r"^docs/Prüfung\.toml:\d+: error CP06 .*extra has no meaning for id", shown, re.MULTILINE
    )
    assert "(docs/Prüfung.toml): " in shown


@pytest.mark.parametrize("committed", [True, False])
def test_a_document_that_was_renamed_is_compared_with_itself(branch: Path, committed: bool) -> None:
    edit(branch / "docs" / "old.toml", "\ngoals = [\n", '\ngoals = [\n    "TBD",\n')
    commit(branch)
    git(branch, "branch", "--force", "main")
    git(branch, "mv", "docs/old.toml", "docs/new.toml")
    if committed:
        commit(branch)
    run(branch, "check", "docs/new.toml", *SINCE)
    edit(branch / "docs" / "new.toml", "\nnon_goals = [\n", '\nnon_goals = [\n    "TODO",\n')
    shown = run(branch, "check", "docs/new.toml", *SINCE, code=1)
    assert re.findall(r": error (\w+ [\w.]+)", shown) == ["CP03 problem.non_goals"]


def test_of_a_new_document_everything_counts(branch: Path) -> None:
    (branch / "docs" / "new.toml").write_text("format = 1\n", encoding="utf-8")
    shown = run(branch, "check", "docs/new.toml", *SINCE, code=1)
    assert "the baseline does not know this file" in shown


def test_what_the_target_branch_did_meanwhile_does_not_count(branch: Path) -> None:
    """The base is where the branch began, not what the other branch has become."""
    document = branch / "docs" / "old.toml"
    edit(document, "\ngoals = [\n", '\ngoals = [\n    "TBD",\n')
    commit(branch)
    git(branch, "branch", "--force", "main")
    git(branch, "checkout", "--quiet", "main")
    edit(document, '    "TBD",\n', "")
    commit(branch)
    git(branch, "checkout", "--quiet", "change")
    run(branch, "check", "docs/old.toml", *SINCE)


@pytest.mark.parametrize("name", ["nowhere", "", "--help", "main:docs"])
def test_a_base_that_git_does_not_know_ends_with_2(branch: Path, name: str) -> None:
    assert "git knows no commit" in run(branch, "check", *documents(branch), "--since", f"git:{name}", code=2)


def test_a_base_without_history_ends_with_2(branch: Path, tmp_path: Path) -> None:
    url = branch.as_uri()
    edit(branch / "docs" / "old.toml", "format = 1\n", "# x\nformat = 1\n")
    commit(branch)
    subprocess.run(
        ["git", "clone", "--quiet", "--depth", "1", "--no-single-branch", url, str(tmp_path / "shallow")],
        check=True,
    )
    shown = run(tmp_path / "shallow", "check", "docs/old.toml", "--since", "git:origin/main", code=2)
    assert "share no commit" in shown
    assert "fetch-depth: 0" in shown


def test_neither_the_repository_nor_the_folder_is_changed(branch: Path) -> None:
    edit(branch / "docs" / "old.toml", "format = 1\n", "# x\nformat = 1\n")
    git(branch, "add", "docs/old.toml")
    edit(branch / "docs" / "old.toml", "format = 1\n", "# y\nformat = 1\n")
    before = {file: file.read_bytes() for file in branch.rglob("*") if file.is_file()}
    run(branch, "check", *documents(branch), *SINCE, TMPDIR=str(branch.parent))
    assert {file: file.read_bytes() for file in branch.rglob("*") if file.is_file()} == before
    assert list(branch.parent.glob("dbcharter-base-*")) == []


def test_in_a_hook_the_repository_is_that_of_the_file(branch: Path, tmp_path: Path) -> None:
    run(
        branch, "check", *documents(branch), *SINCE, GIT_DIR=str(tmp_path), GIT_INDEX_FILE=str(tmp_path / "i")
    )
