"""What comes from standard input and from arguments is taken whole, or it is told why not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.store import read_document
from tests.e2e.terminal import PROGRAM


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new = ["new", "x.toml", "--title", "Seat holds", "--type", "add_table", "--risk", "medium"]
    assert run(tmp_path, *new)[0] == 0
    assert run(tmp_path, "set", "x.toml", "problem.goals", "before")[0] == 0
    return tmp_path


def run(folder: Path, *arguments: str | bytes, stdin: bytes = b"") -> tuple[int, str]:
    """The exit code, and what is printed anywhere."""
    done = subprocess.run([PROGRAM, *arguments], cwd=folder, input=stdin, capture_output=True)
    shown = (done.stdout + done.stderr).decode()
    assert "defect" not in shown
    return done.returncode, shown


def values(folder: Path) -> dict[str, object]:
    return dict(read_document(default_bank(), folder / "x.toml").answers.values)


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "says"),
    [
        (("set", "x.toml", "problem.goals", "-"), b"", 1, "standard input is empty"),
        (("set", "x.toml", "problem.goals", "-"), b" \n\r\n", 1, "standard input is empty"),
        (("set", "x.toml", "problem.goals", ""), b"", 1, "dbcharter remove FILE problem.goals"),
        (("set", "x.toml", "problem.situation.domain", " "), b"", 1, "the value says nothing"),
        (("set", "x.toml", "--from", "-"), b"", 1, "standard input is empty"),
        (("add", "x.toml", "logical.grain", "-"), b"", 1, "standard input is empty"),
        (("add", "x.toml", "logical.grain", "-"), b"{}", 1, "a row says nothing"),
        (
            ("add", "x.toml", "logical.grain", "-"),
            b'[{"entity": "hold"}, {"entity": " "}]',
            1,
            "says nothing",
        ),
        (("add", "x.toml", "logical.grain", "entity="), b"", 1, "a row says nothing"),
        (("add", "x.toml", "logical.grain", "entity=z", "entity=zz"), b"", 1, "entity is said twice"),
        (("add", "x.toml", "problem.goals", ""), b"", 1, "the lines say nothing"),
        (("set", "x.toml", "problem.goals", "-"), b"one\nM\xfcller", 2, "is not UTF-8 behind 'M'"),
        (("set", "x.toml", "problem.goals", b"M\xfcller"), b"", 1, "the text is not UTF-8"),
        (("add", "x.toml", "logical.grain", b"entity=M\xfcller"), b"", 1, "the text is not UTF-8"),
    ],
)
def test_what_says_nothing_or_is_no_text_changes_nothing(
    folder: Path, arguments: tuple[str | bytes, ...], stdin: bytes, code: int, says: str
) -> None:
    before = (folder / "x.toml").read_bytes()
    ended, shown = run(folder, *arguments, stdin=stdin)
    assert (ended, says in shown) == (code, True), shown
    assert (folder / "x.toml").read_bytes() == before


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_utf8_is_read_whatever_the_locale(folder: Path, monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    run(folder, "set", "x.toml", "problem.goals", "-", stdin="\ufeffMüller\r\nzwei\n".encode())
    assert values(folder)["problem.goals"] == ("Müller", "zwei")


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("set", "x.toml", "control.owner", "a\x1bb"), b""),
        (("set", "x.toml", "control.owner", "-"), b"a\x1bb"),
        (("add", "x.toml", "logical.grain", "-"), b'[{"entity": "a\\u001bb"}]'),
    ],
)
def test_characters_that_are_removed_are_told(folder: Path, arguments: tuple[str, ...], stdin: bytes) -> None:
    code, shown = run(folder, *arguments, stdin=stdin)
    assert (code, "removed from the text: U+001B" in shown) == (0, True)
    assert "ab" in (folder / "x.toml").read_text(encoding="utf-8")


def test_the_interview_keeps_what_was_said_before_bytes_that_are_no_text(folder: Path) -> None:
    asked = ["ask", "x.toml", "control.owner", "problem.non_goals", "problem.goals"]
    code, shown = run(folder, *asked, stdin=b"Ines\none\ntwo\nM\xfcller\n\nmore\n\n")
    assert (code, "is not UTF-8 behind 'M'" in shown) == (2, True)
    assert values(folder)["control.owner"] == "Ines"
    assert "one" in str(values(folder))


def test_an_answer_that_counts_for_nothing_is_told(folder: Path) -> None:
    mark = ["status", "x.toml", "control.owner", "--not-applicable", "unchanged", "--note", "as before"]
    assert run(folder, *mark)[0] == 0
    _, shown = run(folder, "set", "x.toml", "control.owner", "Ines")
    assert "dbcharter status x.toml control.owner --clear" in shown
    _, shown = run(folder, "add", "x.toml", "integration.derived_stores", "store=index")
    assert "integration.derived_stores is not asked because the data is not copied" in " ".join(shown.split())
    assert "not asked" not in run(folder, "set", "x.toml", "control.title", "T")[1]


def test_from_takes_the_profile_as_the_file_says_it(folder: Path) -> None:
    more = folder / "more.toml"
    run(folder, "set", "x.toml", "profile.traits", "multi_tenant")
    more.write_text('[profile]\nrisk = "high"\ntemplate = "full"\n', encoding="utf-8")
    assert "the profile set from more.toml" in run(folder, "set", "x.toml", "--from", "more.toml")[1]
    profile = read_document(default_bank(), folder / "x.toml").answers.profile
    assert (profile.template, profile.risk, profile.traits) == ("full", "high", ("multi_tenant",))
    more.write_text("[profile]\ntraits = []\n", encoding="utf-8")
    run(folder, "set", "x.toml", "--from", "more.toml")
    assert read_document(default_bank(), folder / "x.toml").answers.profile.traits == ()


def test_from_takes_a_file_in_any_layout_and_rows_that_refer_to_none(folder: Path) -> None:
    (folder / "more.toml").write_text('control = {owner = "Ines"}\n', encoding="utf-8")
    assert run(folder, "set", "x.toml", "--from", "more.toml")[0] == 0
    assert values(folder)["control.owner"] == "Ines"
    rows = '[[logical.grain]]\nentity = "seat"\n[[logical.keys]]\nentity = "hold"\n'
    (folder / "more.toml").write_text(rows, encoding="utf-8")
    assert run(folder, "set", "x.toml", "--from", "more.toml") == (0, "2 answers set from more.toml\n")


def test_from_says_where_something_does_not_fit_and_which_file_is_not_there(folder: Path) -> None:
    (folder / "bad.toml").write_text("[problem]\n\ngoals = 7\n", encoding="utf-8")
    code, shown = run(folder, "set", "x.toml", "--from", "bad.toml")
    assert (code, "bad.toml:3: problem.goals: must be a list" in shown) == (1, True)
    code, shown = run(folder, "set", "x.toml", "--from", "missing.toml")
    assert (code, shown) == (2, "dbcharter: missing.toml: no such file\n")


def test_from_and_an_address_exclude_each_other(folder: Path) -> None:
    before = (folder / "x.toml").read_bytes()
    code, shown = run(folder, "set", "x.toml", "--from", "x.toml", "control.owner", "Ines")
    assert (code, "not both" in shown) == (1, True)
    assert (folder / "x.toml").read_bytes() == before


@pytest.mark.parametrize(
    "arguments", [("status", "x.toml"), ("render", "x.toml", "-o", "-"), ("check", "x.toml")]
)
def test_output_that_cannot_be_written_is_told(folder: Path, arguments: tuple[str, ...]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs a device that is always full")
    with full.open("wb") as nowhere:
        done = subprocess.run(
            [PROGRAM, *arguments], cwd=folder, stdout=nowhere, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, done.stderr) == (
        2,
        "dbcharter: the output cannot be written: No space left on device\n",
    )


def test_a_missing_argument_is_called_as_in_the_help(folder: Path) -> None:
    assert run(folder, "status") == (2, "dbcharter: status needs FILE\nsee: dbcharter status --help\n")
    assert "add needs QUESTION" in run(folder, "add", "x.toml")[1]
    assert "--until requires an argument" in run(folder, "status", "x.toml", "--until")[1]
