"""Two reviewers and an author on three branches: `git merge` brings all of it together by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.document.operations import AddRow, Operation, Set, SetProfile
from app.review.model import CheckMark, Thread, Verdict
from app.review.reading import read_records
from app.review.suggestions import Fate, proposals
from app.session import Session
from tests.e2e.test_git_merge import BANK, GRAIN, Repository


@pytest.fixture(params=["the driver", "plain git"])
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    found = Repository(tmp_path)
    operations: list[Operation] = [
        SetProfile(change_types=("add_table",), risk="low"),
        Set(question="control.title", value="Seat holds"),
        Set(question="problem.goals", value=["No seat is sold twice"]),
        AddRow(question=GRAIN, row={"entity": "seat", "grain": "one seat of one show"}),
    ]
    with Session.create(BANK, found.file, operations):
        pass
    if request.param == "the driver":
        found.git("config", "merge.dbcharter.driver", "dbcharter merge-driver -- %O %A %B %P")
        (found.folder / ".gitattributes").write_text("*.toml text eol=lf merge=dbcharter\n")
    return found


def do(repository: Repository, *words: str) -> None:
    done = repository.run("dbcharter", *words)
    assert done.returncode == 0, (words, done.stdout, done.stderr)


def on_branch(repository: Repository, name: str, *commands: tuple[str, ...]) -> None:
    repository.git("checkout", "-q", "-b", name, "main")
    for command in commands:
        do(repository, *command)
    repository.commit()


def test_three_branches_merge_without_a_conflict(repository: Repository) -> None:
    do(repository, "review", "comment", "x.toml", "logical", "Begun.", "--as", "Ana")
    repository.commit()
    on_branch(
        repository,
        "ana",
        (
            "review",
            "comment",
            "x.toml",
            f"{GRAIN}[seat]",
            "Of one hall?",
            "--quote",
            "one seat of",
            "--as",
            "Ana",
        ),
        ("review", "approve", "x.toml", "problem", "--as", "Ana"),
        ("review", "check", "x.toml", "RVW04", "does-not-hold", "--as", "Ana"),
        ("review", "suggest", "x.toml", f"{GRAIN}[seat]", "--remove", "--as", "Ana"),
    )
    on_branch(
        repository,
        "bo",
        ("review", "suggest", "x.toml", "control.title", "Holds", "--as", "Bo"),
        ("review", "request-changes", "x.toml", "logical", "No keys.", "--as", "Bo"),
        ("review", "approve", "x.toml", "problem", "--as", "Bo"),
        ("review", "suggest", "x.toml", GRAIN, "entity=hold", "grain=one hold", "--as", "Bo"),
        ("review", "check", "x.toml", "RVW01", "holds", "--as", "Bo"),
        ("review", "check", "x.toml", "RVW04", "holds", "--as", "Bo"),
    )
    on_branch(
        repository,
        "author",
        ("set", "x.toml", f"{GRAIN}[seat].grain", "one chair of one show"),
        ("review", "comment", "x.toml", "control.title", "Is it clear?", "--as", "Ines"),
    )
    repository.git("checkout", "-q", "main")
    for name in ("bo", "author", "ana"):
        merged = repository.run("git", "merge", "-q", "--no-edit", name)
        assert merged.returncode == 0, (name, merged.stdout, merged.stderr)

    records = read_records(repository.folder / "x.review")
    assert records.problems == ()
    assert [reviewer.slug for reviewer in records.reviewers] == ["ana", "bo", "ines"]
    assert sorted(thread.id for thread in records.of(Thread)) == ["ana-2", "ines-1"]
    assert sorted((v.person, v.section, v.verdict) for v in records.of(Verdict)) == [
        ("ana", "logical", "comment"),
        ("ana", "problem", "approve"),
        ("bo", "logical", "request_changes"),
        ("bo", "problem", "approve"),
    ]
    assert sorted((m.person, m.check, m.mark) for m in records.of(CheckMark)) == [
        ("ana", "RVW04", "does_not_hold"),
        ("bo", "RVW01", "holds"),
        ("bo", "RVW04", "holds"),
    ]
    found = {p.suggestion.id: p for p in proposals(BANK, repository.document.answers, records)}
    assert {name: proposal.fate for name, proposal in found.items()} == {
        "bo-1": Fate.OPEN,
        "bo-4": Fate.OPEN,
        "ana-5": Fate.OUTDATED,
    }
    assert "the row has changed since; Grain says 'one chair of one show'" in found["ana-5"].why
    shown = repository.run("dbcharter", "review", "x.toml").stdout
    assert "the quoted words are not there any more" in shown


def test_the_files_of_a_review_are_no_answer_files_to_git_setup(repository: Repository) -> None:
    do(repository, "review", "approve", "x.toml", "problem", "--as", "Ana")
    (repository.folder / ".gitattributes").unlink(missing_ok=True)
    do(repository, "git-setup")
    assert (repository.folder / ".gitattributes").read_text() == "/x.toml text eol=lf merge=dbcharter\n"


def test_nothing_of_a_lock_reaches_git(repository: Repository) -> None:
    do(repository, "review", "approve", "x.toml", "problem", "--as", "Ana")
    repository.git("add", "-A")
    assert sorted(repository.git("ls-files").split()) == [
        *([".gitattributes"] if (repository.folder / ".gitattributes").exists() else []),
        "x.review/ana.toml",
        "x.toml",
    ]
