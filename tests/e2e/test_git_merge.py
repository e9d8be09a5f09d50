"""Real `git merge` runs, with the merge driver and without it, as on a host that ignores drivers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.answers import Conflict
from app.document.codec import Document, encode
from app.document.operations import (
    AddRow,
    Operation,
    RemoveRow,
    Set,
    SetCell,
    SetProfile,
    apply,
)
from app.document.store import read_document
from app.problems import DocumentError
from app.session import Session
from tests.e2e.terminal import PROGRAM

BANK = default_bank()
GRAIN = "logical.grain"
GOALS = "problem.goals"


class Repository:
    """A scratch repository with one answer file, `x.toml`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "x.toml"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "DBCHARTER_STATE_DIR": str(folder / "state"),
            "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}",
        }
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Ana")
        self.git("config", "user.email", "ana@example.org")
        (folder / ".git/info/exclude").write_text("state/\n.dbcharter/\n")

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            list(map(str, words)),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    def git(self, *arguments: str) -> str:
        done = self.run("git", *arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")

    def say(self, *operations: Operation) -> None:
        document = read_document(BANK, self.file)
        answers = document.answers
        for operation in operations:
            answers = apply(BANK, answers, operation)
        self.file.write_text(encode(BANK, document, answers).text, encoding="utf-8")

    def merge(self, ours: Callable[[], None], theirs: Callable[[], None]) -> subprocess.CompletedProcess[str]:
        """Commit `theirs` on a branch and `ours` on main, and merge the branch."""
        self.commit()
        self.git("checkout", "-q", "-b", "branch")
        theirs()
        self.commit()
        self.git("checkout", "-q", "main")
        ours()
        self.commit()
        return self.run("git", "merge", "branch")

    def merge_said(self, ours: Operation, theirs: Operation) -> subprocess.CompletedProcess[str]:
        return self.merge(lambda: self.say(ours), lambda: self.say(theirs))

    @property
    def document(self) -> Document:
        return read_document(BANK, self.file)

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")


@pytest.fixture
def plain(tmp_path: Path) -> Repository:
    """A repository where git merges as it does by itself."""
    repository = Repository(tmp_path)
    with Session.create(
        BANK,
        repository.file,
        [
            SetProfile(change_types=("add_table",), risk="medium"),
            Set(question="control.title", value="Seat holds"),
            Set(question="control.owner", value="Ana"),
            Set(question=GOALS, value=["No seat is sold twice", "A hold ends by itself"]),
            AddRow(question=GRAIN, row={"entity": "seat", "grain": "one seat of one show"}),
            AddRow(question=GRAIN, row={"entity": "hold", "grain": "one hold of one seat"}),
            AddRow(question=GRAIN, row={"entity": "show", "grain": "one evening"}),
        ],
    ):
        pass
    return repository


@pytest.fixture
def driven(plain: Repository) -> Repository:
    """A repository where dbcharter merges."""
    plain.git("config", "merge.dbcharter.driver", "dbcharter merge-driver -- %O %A %B %P")
    (plain.folder / ".gitattributes").write_text("*.toml text eol=lf merge=dbcharter\n")
    return plain


def row(entity: str, grain: str, before: str | None = None) -> AddRow:
    return AddRow(question=GRAIN, row={"entity": entity, "grain": grain}, before=before)


def cell(entity: str, grain: str) -> SetCell:
    return SetCell(question=GRAIN, row=entity, column="grain", value=grain)


CLEAN_FOR_BOTH = {
    "rows in different places": (row("first", "f", before="seat"), row("last", "l")),
    "cells of different rows": (cell("seat", "s"), cell("show", "w")),
    "elements in different places of a list": (
        Set(question=GOALS, value=["o", "No seat is sold twice", "A hold ends by itself"]),
        Set(question=GOALS, value=["No seat is sold twice", "A hold ends by itself", "t"]),
    ),
    "answers of different sections": (Set(question="control.title", value="T"), cell("show", "w")),
    "a row removed and another changed": (RemoveRow(question=GRAIN, row="seat"), cell("show", "w")),
}
CLEAN_FOR_THE_DRIVER = {
    "both append a row": (row("o", "ours"), row("t", "theirs")),
    "neighbouring answers": (
        Set(question="control.title", value="T"),
        Set(question="control.owner", value="Maja"),
    ),
    "different columns of one row": (
        cell("seat", "one chair"),
        SetCell(question=GRAIN, row="seat", column="example", value="A 17"),
    ),
    "both append to a list": (
        Set(question=GOALS, value=["No seat is sold twice", "A hold ends by itself", "o"]),
        Set(question=GOALS, value=["No seat is sold twice", "A hold ends by itself", "t"]),
    ),
}
CONFLICTS = {
    "both edit one answer": (
        Set(question="control.title", value="Ours"),
        Set(question="control.title", value="Theirs"),
        Conflict("control.title", None, None, "Seat holds", "Ours", "Theirs"),
    ),
    "both edit one cell": (
        cell("seat", "o"),
        cell("seat", "t"),
        Conflict(GRAIN, "seat", "grain", "one seat of one show", "o", "t"),
    ),
    "we remove the row that they edit": (
        RemoveRow(question=GRAIN, row="hold"),
        cell("hold", "t"),
        Conflict(
            GRAIN,
            "hold",
            None,
            {"entity": "hold", "grain": "one hold of one seat"},
            None,
            {"entity": "hold", "grain": "t"},
        ),
    ),
    "both add the same row key": (
        row("buyer", "o"),
        row("buyer", "t"),
        Conflict(GRAIN, "buyer", "grain", None, "o", "t"),
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), CLEAN_FOR_BOTH.values(), ids=CLEAN_FOR_BOTH)
@pytest.mark.parametrize("with_driver", [True, False], ids=["driver", "plain git"])
def test_edits_apart_from_each_other_merge_with_and_without_the_driver(
    plain: Repository, with_driver: bool, ours: Operation, theirs: Operation
) -> None:
    if with_driver:
        plain.run(PROGRAM, "git-setup")
    expected = apply(BANK, apply(BANK, plain.document.answers, ours), theirs)
    if ours.op == "set" and theirs.op == "set":
        expected = apply(BANK, expected, Set(question=GOALS, value=["o", *theirs.value]))
    assert plain.merge_said(ours, theirs).returncode == 0
    assert plain.document.answers == expected


@pytest.mark.parametrize(("ours", "theirs"), CLEAN_FOR_THE_DRIVER.values(), ids=CLEAN_FOR_THE_DRIVER)
def test_edits_side_by_side_merge_with_the_driver_and_conflict_without(
    driven: Repository, ours: Operation, theirs: Operation
) -> None:
    base = driven.document.answers
    assert driven.merge_said(ours, theirs).returncode == 0
    merged = driven.document
    assert not merged.answers.conflicts
    assert not merged.problems
    for operation in (ours, theirs):
        assert apply(BANK, base, operation).values.keys() == merged.answers.values.keys()
    for word in spoken(ours, theirs):
        assert word in driven.text
    driven.git("reset", "-q", "--hard", "HEAD~1")
    driven.git("config", "--remove-section", "merge.dbcharter")
    done = driven.run("git", "merge", "branch")
    assert done.returncode == 1
    assert "<<<<<<<" in driven.text


def spoken(*operations: Operation) -> list[str]:
    """The words that operations add."""
    words: list[str] = []
    for operation in operations:
        match operation:
            case Set(value=str() as value) | SetCell(value=str() as value):
                words.append(value)
            case Set(value=list() as values):
                words += values
            case AddRow(row=cells):
                words += cells.values()
    return words


@pytest.mark.parametrize(("ours", "theirs", "conflict"), CONFLICTS.values(), ids=CONFLICTS)
def test_what_cannot_be_merged_is_a_conflict_in_a_file_that_is_still_good(
    driven: Repository, ours: Operation, theirs: Operation, conflict: Conflict
) -> None:
    done = driven.merge_said(ours, theirs)
    assert done.returncode == 1
    assert "x.toml" in driven.git("diff", "--name-only", "--diff-filter=U")
    assert driven.document.answers.conflicts == (conflict,)
    assert driven.run(PROGRAM, "status", "x.toml").returncode == 1


@pytest.mark.parametrize(("ours", "theirs", "conflict"), CONFLICTS.values(), ids=CONFLICTS)
def test_the_same_without_the_driver_has_conflict_marks_and_is_refused_with_a_reason(
    plain: Repository, ours: Operation, theirs: Operation, conflict: Conflict
) -> None:
    assert plain.merge_said(ours, theirs).returncode == 1
    before = plain.text
    done = plain.run(PROGRAM, "status", "x.toml")
    assert done.returncode == 2
    assert "conflict marks of git" in done.stderr
    assert plain.text == before


def test_a_conflict_is_shown_and_resolved_and_the_merge_committed(driven: Repository) -> None:
    ours, theirs, _ = CONFLICTS["both edit one answer"]
    driven.merge_said(ours, theirs)
    shown = driven.run(PROGRAM, "resolve", "x.toml")
    assert shown.returncode == 1
    assert " ".join(shown.stdout.split()) == "1) control.title base: Seat holds ours: Ours theirs: Theirs"
    unclear = driven.run(PROGRAM, "resolve", "x.toml", "control.title")
    assert (unclear.returncode, "--take ours" in unclear.stderr) == (1, True)
    done = driven.run(PROGRAM, "resolve", "x.toml", "control.title", "--take", "theirs")
    assert (done.returncode, done.stdout) == (0, "control.title: resolved; none is left\n")
    assert "conflicts" not in driven.text
    driven.commit()
    assert driven.git("log", "--merges", "--oneline")


def test_resolve_takes_a_value_of_the_kind_that_stands_there(driven: Repository) -> None:
    ours, theirs = (
        Set(question="control.created", value="2027-01-01"),
        Set(question="control.created", value="2027-02-02"),
    )
    driven.merge_said(ours, theirs)
    assert driven.run(PROGRAM, "resolve", "x.toml", "1", "--value", "soon").returncode == 1
    assert driven.run(PROGRAM, "resolve", "x.toml", "1", "--value", "2027-03-03").returncode == 0
    assert "created = 2027-03-03\n" in driven.text
    assert driven.run(PROGRAM, "resolve", "x.toml", "1", "--take", "ours").returncode == 1


def test_comments_and_text_of_both_sides_are_in_the_merged_file(driven: Repository) -> None:
    driven.file.write_text(driven.text.replace("[control]\n", "[control]\n# old\n"), encoding="utf-8")

    def ours() -> None:
        text = driven.text.replace("# old\n", "# ours\n").replace('"Seat holds"', "'Seat holds'   # kept")
        driven.file.write_text(text, encoding="utf-8")

    def theirs() -> None:
        new_row = '\n# about buyers\n[[logical.grain]] # block\nentity   = "buyer"\n'
        text = driven.text.replace("[problem]\n", "[problem] # what for\n") + new_row
        driven.file.write_text(
            text.replace('"Ana"', '"Maja" # on leave') + "\n[notes] # asides\n'logical.grain' = 'x'\n# end\n",
            encoding="utf-8",
        )

    assert driven.merge(ours, theirs).returncode == 0
    for said in (
        "# ours\n",
        "'Seat holds'   # kept\n",
        "[problem] # what for\n",
        '\n# about buyers\n[[logical.grain]] # block\nentity   = "buyer"\n',
        'owner = "Maja" # on leave\n',
        "# asides\n",
        "'logical.grain' = 'x'\n",
        "# end\n",
    ):
        assert said in driven.text
    assert "# old" not in driven.text
    assert driven.document.answers.notes == {GRAIN: "x"}


def test_an_unchanged_line_stays_where_it_is(driven: Repository) -> None:
    before = driven.text
    driven.merge_said(row("o", "ours"), row("t", "theirs"))
    added = [line for line in driven.text.splitlines() if line not in before.splitlines()]
    assert added == ['entity = "o"', 'grain = "ours"', 'entity = "t"', 'grain = "theirs"']


def test_unknown_keys_of_both_sides_are_kept(driven: Repository) -> None:
    driven.merge(
        lambda: driven.file.write_text(driven.text + "\n[ours_only]\nkey = 1\n", encoding="utf-8"),
        lambda: driven.file.write_text(driven.text + "\n[theirs_only]\nkey = 2\n", encoding="utf-8"),
    )
    assert driven.document.unread == {("ours_only", "key"): 1, ("theirs_only", "key"): 2}


BAD = {
    "not TOML": "[control\n",
    "half a file": 'format = 1\n[problem]\ngoals = [\n    "No seat is',
    "conflict marks": "<<<<<<< ours\nformat = 1\n=======\nformat = 1\n>>>>>>> theirs\n",
    "not UTF-8": "\udcff\udcfe\n",
    "a newer format": "format = 99\n",
    "another bank": '[bank]\nid = "another-bank"\nversion = "1.0.0"\n[control]\ntitle = "x"\n',
    "an unknown key that both changed": 'unknown = "theirs"\n',
    "a layout that cannot be kept": 'control.title = "Theirs"\n',
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_side_that_cannot_be_read_gives_the_conflict_that_git_gives_by_itself(
    driven: Repository, bad: str
) -> None:
    """Not our side alone, which is what git leaves behind when a driver fails."""

    def theirs() -> None:
        driven.file.write_bytes(bad.encode("utf-8", "surrogateescape"))

    done = driven.merge(
        lambda: driven.file.write_text('unknown = "ours"\n' + driven.text, encoding="utf-8"), theirs
    )
    assert done.returncode == 1
    assert "merged as text" in done.stderr
    assert "Traceback" not in done.stderr
    merged = driven.file.read_bytes().decode("utf-8", "surrogateescape")
    assert "<<<<<<< ours" in merged
    assert all(line in merged for line in bad.splitlines())
    assert 'unknown = "ours"' in merged


def test_text_that_git_can_merge_cleanly_into_a_good_file_is_no_conflict(driven: Repository) -> None:
    driven.file.write_text(
        driven.text + "\n[control.extra]\n\n[control.extra.deep]\na = 1\n", encoding="utf-8"
    )
    driven.file.write_text("unknown.dotted = 1\n" + driven.text, encoding="utf-8")
    done = driven.merge(
        lambda: driven.file.write_text(driven.text.replace("Seat holds", "Ours"), encoding="utf-8"),
        lambda: driven.file.write_text(driven.text.replace("a = 1", "a = 2"), encoding="utf-8"),
    )
    assert done.returncode == 0, done.stderr
    assert "merged as text" in done.stderr
    assert 'title = "Ours"' in driven.text
    assert "a = 2" in driven.text


def test_a_bank_that_cannot_be_loaded_is_no_reason_to_lose_a_side(driven: Repository) -> None:
    driven.git("config", "merge.dbcharter.driver", "dbcharter merge-driver --bank nowhere -- %O %A %B %P")
    done = driven.merge_said(cell("seat", "o"), cell("seat", "t"))
    assert done.returncode == 1
    assert all(word in driven.text for word in ("<<<<<<< ours", '"o"', '"t"'))


def test_a_file_that_both_add_is_merged(driven: Repository) -> None:
    def add(owner: str, goal: str) -> None:
        (driven.folder / "y.toml").write_text(
            'format = 1\n\n[bank]\nid = "database-design"\nversion = "1.0.0"\n\n'
            f'[control]\nowner = "{owner}"\n\n[problem]\ngoals = ["{goal}"]\n'
        )

    assert driven.merge(lambda: add("Ana", "o"), lambda: add("Ana", "t")).returncode == 0
    assert read_document(BANK, driven.folder / "y.toml").answers.values[GOALS] == ("o", "t")


def test_setup_can_be_run_again_and_says_what_it_did(plain: Repository) -> None:
    (plain.folder / ".git/info/exclude").write_text("")
    odd = plain.folder / "sub folder" / 'o"d [1].toml'
    odd.parent.mkdir()
    odd.write_bytes(plain.file.read_bytes())
    (plain.folder / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (plain.folder / ".gitattributes").write_text("*.md text")
    first = plain.run(PROGRAM, "git-setup", "sub folder")
    assert first.returncode == 0
    for said in (
        "git config merge.dbcharter.driver: set",
        ".gitattributes: /x.toml",
        ".gitignore: .dbcharter/",
    ):
        assert said in first.stdout
    before = [(plain.folder / name).read_text() for name in (".gitattributes", ".gitignore", ".git/config")]
    assert plain.run(PROGRAM, "git-setup").returncode == 0
    assert before == [
        (plain.folder / name).read_text() for name in (".gitattributes", ".gitignore", ".git/config")
    ]
    assert before[0].startswith("*.md text\n")
    names = ["x.toml", 'sub folder/o"d [1].toml', "pyproject.toml", "sub/x.toml"]
    told = plain.git("check-attr", "-z", "merge", "eol", "--", *names).split("\0")
    assert [told[at + 2] for at in range(0, len(told) - 1, 3)] == ["dbcharter", "lf"] * 2 + [
        "unspecified"
    ] * 4


def test_setup_takes_patterns_for_files_to_come(plain: Repository) -> None:
    plain.file.unlink()
    nothing = plain.run(PROGRAM, "git-setup")
    assert (nothing.returncode, "--pattern" in nothing.stdout) == (1, True)
    assert plain.run(PROGRAM, "git-setup", "--pattern", "*.charter.toml").returncode == 0
    assert (plain.folder / ".gitattributes").read_text() == "*.charter.toml text eol=lf merge=dbcharter\n"


def test_setup_is_refused_outside_a_repository(
    plain: Repository, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    done = plain.run(PROGRAM, "git-setup", outside)
    assert done.returncode == 2
    assert "is not inside a git repository" in done.stderr
    assert not list(outside.iterdir())


def test_a_merge_with_a_conflict_left_open_can_be_merged_again(driven: Repository) -> None:
    ours, theirs, conflict = CONFLICTS["both edit one answer"]
    driven.merge_said(ours, theirs)
    driven.commit()
    driven.git("checkout", "-q", "-b", "other", "HEAD~1")
    driven.say(row("later", "l"))
    driven.commit()
    driven.git("checkout", "-q", "main")
    assert driven.run("git", "merge", "other").returncode == 0
    assert driven.document.answers.conflicts == (conflict,)
    assert '"later"' in driven.text


def test_the_driver_reports_a_file_that_it_cannot_write(driven: Repository) -> None:
    with pytest.raises(DocumentError):
        read_document(BANK, driven.folder / "missing.toml")
    done = driven.run(PROGRAM, "merge-driver", "x.toml", "missing.toml", "x.toml", "x.toml")
    assert done.returncode == 2
    assert "missing.toml: no such file" in done.stderr
