"""The commands as a person or a script runs them: results, exit codes, errors that say what to do."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.store import read_document
from tests.e2e.terminal import PROGRAM

BANK = default_bank()


class Cli:
    """Runs dbcharter in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "DBCHARTER_STATE_DIR": str(folder / "state")}

    def __call__(self, *arguments: str, code: int = 0, stdin: str = "") -> str:
        """Standard output when it ends with 0, standard error otherwise."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr if code and done.stderr else done.stdout

    @property
    def answers(self) -> dict[str, object]:
        return dict(read_document(BANK, self.folder / "x.toml").answers.values)


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    run = Cli(tmp_path)
    run("new", "x.toml", "--title", "Seat holds", "--type", "add_table", "--risk", "medium")
    return run


def test_new_says_how_long_the_interview_is(tmp_path: Path) -> None:
    shown = Cli(tmp_path)("new", "y.toml", "--title", "T", "--type", "add_table", "--type", "add_column")
    assert "3 to 6 pages" in shown
    assert "required questions" in shown


def test_new_never_overwrites_a_file(cli: Cli) -> None:
    before = (cli.folder / "x.toml").read_bytes()
    assert "is already there" in cli("new", "x.toml", "--type", "add_table", code=2)
    assert (cli.folder / "x.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("new", "z.toml", "--type", "add_tabel"), "did you mean 'add_table'?"),
        (("set", "x.toml", "control.ownr", "Ines"), "did you mean 'control.owner'?"),
        (("set", "x.toml", "control.created", "soon"), "write it as 2026-03-31"),
        (("set", "x.toml", "control.status", "aproved"), "did you mean 'approved'?"),
        (("set", "x.toml", "profile.risk", "hihg"), "did you mean 'high'?"),
        (("set", "x.toml", "logical.grain", "one"), "dbcharter add"),
        (("set", "x.toml", "problem.situation", "x"), "say which slot"),
        (("add", "x.toml", "logical.grain", "entiti=x"), "columns: entity"),
        (("add", "x.toml", "control.owner", "x"), "has no rows"),
        (("remove", "x.toml", "logical.grain[nobody]"), "has no row 'nobody'"),
        (("status", "x.toml", "control.owner", "--not-applicable", "unchanged"), "say in a sentence"),
        (("status", "x.toml", "control.owner", "--deferred"), "needs an owner and a date"),
        (("show", "x.toml", "securty"), "did you mean 'security'?"),
    ],
)
def test_a_wrong_word_is_named_with_what_to_type_instead(
    cli: Cli, arguments: tuple[str, ...], says: str
) -> None:
    before = (cli.folder / "x.toml").read_bytes()
    assert says in cli(*arguments, code=1)
    assert (cli.folder / "x.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("status", "nowhere.toml"), "start one with: dbcharter new"),
        (("status", "."), "is a directory"),
        (("status", "broken.toml"), "broken.toml:2: not TOML"),
        (("frobnicate", "x.toml"), "dbcharter --help"),
        (("bank", "check", "--bank", "nowhere"), "nowhere"),
    ],
)
def test_what_could_not_run_ends_with_2(cli: Cli, arguments: tuple[str, ...], says: str) -> None:
    (cli.folder / "broken.toml").write_text("format = 1\n[bank\n", encoding="utf-8")
    assert says in cli(*arguments, code=2)


def test_set_add_remove_change_answers_rows_cells_and_slots(cli: Cli) -> None:
    cli("set", "x.toml", "control.owner", "Ines [b]", "Duarte")
    cli("set", "x.toml", "problem.goals", "first", "second, with comma")
    cli("add", "x.toml", "problem.goals", "third")
    cli("set", "x.toml", "problem.situation.domain", "seat holds")
    cli("add", "x.toml", "logical.grain", "entity=hold", "grain=one hold = one seat")
    cli("add", "x.toml", "logical.grain", "entity=seat", "grain=one seat", "--before", "hold")
    cli("set", "x.toml", "logical.grain[hold].example", "H-7")
    assert cli.answers["control.owner"] == "Ines [b] Duarte"
    assert cli.answers["problem.goals"] == ("first", "second, with comma", "third")
    assert dict(cli.answers["problem.situation"]) == {"domain": "seat holds"}  # type: ignore[call-overload]
    rows = cli.answers["logical.grain"]
    assert isinstance(rows, tuple)
    assert [dict(row) for row in rows] == [  # type: ignore[call-overload]
        {"entity": "seat", "grain": "one seat"},
        {"entity": "hold", "grain": "one hold = one seat", "example": "H-7"},
    ]
    cli("remove", "x.toml", "logical.grain[hold].example")
    cli("remove", "x.toml", "logical.grain[seat]")
    cli("remove", "x.toml", "problem.situation.domain")
    cli("remove", "x.toml", "control.owner")
    assert "control.owner" not in cli.answers
    assert "problem.situation" not in cli.answers
    rows = cli.answers["logical.grain"]
    assert isinstance(rows, tuple)
    assert [dict(row) for row in rows] == [{"entity": "hold", "grain": "one hold = one seat"}]  # type: ignore[call-overload]


def test_values_come_from_standard_input(cli: Cli) -> None:
    cli("set", "x.toml", "physical.ddl", "-", stdin="create table hold (\n  id int primary key\n);\n")
    cli("add", "x.toml", "logical.grain", "-", stdin='[{"entity": "hold", "grain": "one hold"}]')
    cli("add", "x.toml", "logical.keys", "-", stdin='[[row]]\nentity = "hold"\nprimary_identity = "id"\n')
    assert cli.answers["physical.ddl"] == "create table hold (\n  id int primary key\n);"
    assert len(cli.answers["logical.keys"]) == 1  # type: ignore[arg-type]


def test_answers_come_from_a_file_all_or_none(cli: Cli) -> None:
    (cli.folder / "more.toml").write_text(
        '[profile]\nrisk = "high"\n[control]\nowner = "Ines"\n[[logical.grain]]\nentity = "hold"\n',
        encoding="utf-8",
    )
    cli("set", "x.toml", "--from", "more.toml")
    assert cli.answers["control.owner"] == "Ines"
    (cli.folder / "bad.toml").write_text(
        '[control]\ntarget_release = "r1"\nowmer = "x"\ncreated = "soon"\n', encoding="utf-8"
    )
    before = (cli.folder / "x.toml").read_bytes()
    shown = cli("set", "x.toml", "--from", "bad.toml", code=1)
    assert "control.owmer" in shown
    assert "control.created" in shown
    assert (cli.folder / "x.toml").read_bytes() == before


def test_what_is_wrong_in_a_table_is_shown_with_its_row(cli: Cli) -> None:
    cli("add", "x.toml", "logical.grain", "entity=hold")
    cli("add", "x.toml", "logical.grain", "grain=one seat")
    shown = cli("show", "x.toml", "logical.grain")
    assert "! [hold] Grain is empty" in shown
    assert "! [#1] Logical Entity is empty" in shown
    assert "! [hold] Grain is empty" in cli("ask", "x.toml", "logical.grain", stdin="")


def test_states_are_said_and_taken_back(cli: Cli) -> None:
    cli(
        "status",
        "x.toml",
        "problem.non_goals",
        "--not-applicable",
        "unchanged",
        "--note",
        "as in the last one",
    )
    shown = json.loads(cli("show", "x.toml", "problem.non_goals", "--json"))
    assert shown["problem.non_goals"]["state"] == "not_applicable"
    cli("status", "x.toml", "problem.non_goals", "--deferred", "--owner", "Ines", "--until", "2027-01-31")
    assert "Ines answers it by 2027-01-31" in cli("show", "x.toml", "problem.non_goals")
    cli("status", "x.toml", "problem.non_goals", "--clear")
    shown = json.loads(cli("show", "x.toml", "problem.non_goals", "--json"))
    assert shown["problem.non_goals"]["state"] == "unanswered"


def test_status_as_data_names_what_is_due_and_what_is_skipped_and_why(cli: Cli) -> None:
    data = json.loads(cli("status", "x.toml", "--json", code=1))
    assert "physical.ddl" in data["due"]
    assert "12.3" in data["skipped"]
    assert data["required"] > data["done"] > 0
    assert data["pages"] == [3, 6]


def test_a_value_of_a_wrong_type_is_kept_and_reported_with_its_line(cli: Cli) -> None:
    path = cli.folder / "x.toml"
    path.write_text(
        path.read_text(encoding="utf-8") + '\n[problem]\ngoals = 7\nmystery = "kept"\n', encoding="utf-8"
    )
    line = path.read_text(encoding="utf-8").splitlines().index("goals = 7") + 1
    shown = cli("status", "x.toml", code=1)
    assert f"x.toml:{line}: problem.goals: must be a list of lines, not a number" in shown
    cli("set", "x.toml", "control.owner", "Ines")
    assert 'goals = 7\nmystery = "kept"' in path.read_text(encoding="utf-8")


def test_escape_sequences_in_a_file_do_not_reach_the_terminal(cli: Cli) -> None:
    path = cli.folder / "x.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            'title = "Seat holds"', r'title = "a\u001b]0;b\u0007c\u009bd"'
        )
        + '\n["evil\\u001b[31m"]\nx = 1\n',
        encoding="utf-8",
    )
    for arguments in (
        ("status", "x.toml"),
        ("show", "x.toml", "control.title"),
        ("render", "x.toml", "-o", "-"),
    ):
        done = subprocess.run([PROGRAM, *arguments], cwd=cli.folder, capture_output=True, env=cli.environment)
        assert b"\x1b" not in done.stdout + done.stderr
        assert b"\x9b" not in (done.stdout + done.stderr).decode("utf-8").encode("latin-1", "replace")


def test_help_is_there_for_every_command(cli: Cli) -> None:
    shown = cli("--help")
    for name in ("new", "ask", "set", "add", "remove", "status", "show", "render", "schema", "bank"):
        assert name in shown
        assert "Usage" in cli(name, "--help")


def test_rendering_replaces_nothing_that_it_did_not_write(cli: Cli) -> None:
    (cli.folder / "other.toml").write_text("format = 1\n", encoding="utf-8")
    (cli.folder / "schema.ddl").write_text("CREATE TABLE t (id int);\n", encoding="utf-8")
    (cli.folder / "templates").mkdir()
    cli("add", "x.toml", "physical.ddl_files", "schema.ddl")
    journal = next((cli.folder / ".dbcharter").glob("*.journal"))
    for name in ("x.toml", "other.toml", "schema.ddl", str(journal), "templates/full.md.jinja"):
        path = cli.folder / name
        before = path.read_bytes() if path.exists() else None
        templates = ("--templates", "templates") if name.startswith("templates") else ()
        (cli.folder / "templates" / "compact.md.jinja").write_text("{{ document.title }}", encoding="utf-8")
        told = cli("render", "x.toml", "-o", name, "--template", "compact", *templates, code=2)
        assert re.fullmatch(rf"dbcharter: {re.escape(name)}: not written: .*\nname another file\n", told), (
            told
        )
        assert (path.read_bytes() if path.exists() else None) == before
    assert "set" in cli("set", "x.toml", "control.owner", "Ines")
    cli("render", "x.toml", "-o", "x.md")
    cli("render", "x.toml", "-o", "x.md")


def test_a_schema_is_written_beside_an_answer_file_that_is_there(cli: Cli) -> None:
    assert "nowhere.toml: no such file" in cli("schema", "nowhere.toml", code=2)
    assert not (cli.folder / "nowhere.schema.json").exists()
    assert "is a directory" in cli("schema", ".", code=2)
    cli("schema", "x.toml")
    assert json.loads((cli.folder / "x.schema.json").read_text(encoding="utf-8"))["type"] == "object"


def test_what_conflicts_is_told_by_every_command_that_writes(cli: Cli) -> None:
    path = cli.folder / "x.toml"
    text = path.read_text(encoding="utf-8")
    conflict = '\n[[conflicts]]\nquestion = "control.owner"\nours = "Ines Duarte"\ntheirs = "Jon Berg"\n'
    path.write_text(text + conflict, encoding="utf-8")
    done = subprocess.run(
        [PROGRAM, "set", "x.toml", "problem.pain_points", "Seats are sold twice."],
        cwd=cli.folder,
        env=cli.environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0
    assert "! 1 answer was changed on both sides: dbcharter resolve x.toml" in done.stderr
