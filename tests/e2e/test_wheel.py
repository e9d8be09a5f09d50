"""The wheel, installed into an empty environment, runs every command outside the checkout."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
DDL = """\
CREATE TABLE seat_hold (
    seat_hold_id bigint PRIMARY KEY,
    seat_id bigint NOT NULL,
    held_until timestamptz NOT NULL
);
"""
GROUPS = ("bank", "pair", "review")
"""Commands that have commands of their own."""

# What is typed, the exit code, and what the output says.
STEPS = [
    ("new x.toml --title Holds --type add_table --risk medium", 0, "26 of 65 subsections"),
    ("set x.toml control.owner Ines", 0, "set"),
    ("add x.toml logical.grain entity=hold 'grain=one hold'", 0, "1 row added"),
    ("remove x.toml 'logical.grain[hold]'", 0, "removed"),
    ("undo x.toml", 0, "undo: "),
    ("redo x.toml", 0, "redo: "),
    ("log x.toml", 0, "control.owner"),
    ("show x.toml control.owner", 0, "Ines"),
    ("status x.toml", 1, "Due now"),
    ("checklist x.toml", 0, "CHK01"),
    ("import x.toml schema.sql", 0, "1 table of PostgreSQL"),
    ("accept x.toml --all", 0, "0 left"),
    ("add x.toml physical.ddl_files schema.sql", 0, "1 line added"),
    ("confirm x.toml", 0, "no answer is older"),
    ("ask x.toml control.owner", 0, "1 question to ask"),
    ("resume", 0, "questions to ask"),
    ("render x.toml", 0, r"x\.md: \d+ of \d+ required questions answered"),
    ("render x.toml --template full -o -", 0, "22. Final Review Checklist"),
    ("schema x.toml", 0, "x.schema.json: written"),
    ("check x.toml", 1, r"^x\.toml: readiness \d+ %"),
    ("check x.toml --format sarif --fail-on never", 0, "sarif"),
    ("explain CP01", 0, "section-required-missing"),
    ("bank check", 0, "No problem"),
    ("migrate x.toml --yes", 0, "up to date"),
    ("resolve x.toml", 0, "no conflict is open"),
    ("merge-driver base.toml x.toml theirs.toml x.toml", 0, ""),
    ("git-setup", 0, "gitattributes"),
    ("review x.toml", 1, "not approved"),
    ("review comment x.toml control.owner 'Who stands in?' --as Ada --role database", 0, "ada-1"),
    ("review reply x.toml ada-1 'Bo does.' --as Ines", 0, "ines-1"),
    ("review resolve x.toml ada-1 --as Ada", 0, "ada-1"),
    ("review reopen x.toml ada-1 --as Ada", 0, "ada-1"),
    ("review suggest x.toml control.owner Bo --as Ada", 0, "ada-4"),
    ("review accept x.toml ada-4 --as Ines", 0, "ada-4"),
    ("review suggest x.toml control.owner Cy --as Ada", 0, "ada-5"),
    ("review reject x.toml ada-5 --as Ines", 0, "ada-5"),
    ("review rate x.toml risk 3 --as Ada", 0, "Ada 3"),
    ("review disagreements x.toml", 0, "far apart"),
    ("review check x.toml", 0, "RVW03"),
    ("review approve x.toml logical --as Ada --role database", 0, "Logical Model: approved"),
    ("review request-changes x.toml control 'Say more.' --as Ada --role database", 0, "changes requested"),
    ("review changes x.toml --as Ada", 0, "nothing has changed"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script of the wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder)]
    subprocess.run([*build, str(ROOT)], check=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    binaries = environment / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    return binaries / "dbcharter"


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """One in which nothing leads to the checkout, and with folders of its own for what dbcharter keeps."""
    own = {"DBCHARTER_STATE_DIR": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    return {**os.environ, **own, "PYTHONPATH": ""}


def commands(shown: str) -> set[str]:
    """The commands that a help text lists."""
    listed = shown.partition("Commands")[2].partition("╰")[0]
    return set(re.findall(r"^│ ([a-z][a-z-]*)  ", listed, re.MULTILINE))


def test_every_command_runs_from_the_wheel(
    program: Path, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    def run(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    (tmp_path / "schema.sql").write_text(DDL, encoding="utf-8")
    assert run("--version").startswith("dbcharter ")
    unseen = {(name,) for name in commands(run("--help")) - set(GROUPS)}
    unseen |= {(group, name) for group in GROUPS for name in commands(run(group, "--help"))}
    unseen -= {("pair", "host"), ("pair", "join")}  # they need each other
    assert len(unseen) > 35
    for line, code, says in STEPS:
        words = shlex.split(line)
        shown = run(*words, code=code)
        assert re.search(says, shown, re.MULTILINE), (line, shown)
        unseen.discard(tuple(words[: 2 if words[0] in GROUPS else 1]))
        if words[0] == "new":
            for copy in ("base.toml", "theirs.toml"):
                (tmp_path / copy).write_bytes((tmp_path / "x.toml").read_bytes())
    assert unseen == set()
    assert "Holds" in (tmp_path / "x.md").read_text(encoding="utf-8")
    assert (tmp_path / "x.schema.json").is_file()


def test_people_pair_and_the_screens_open_from_the_wheel(
    program: Path, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    def opened(*arguments: str) -> Terminal:
        terminal = Terminal(arguments, tmp_path, size=(250, 40), environment=environment, program=program)
        terminals.append(terminal)
        return terminal

    terminals: list[Terminal] = []
    new = [program, "new", "x.toml", "--title", "Seat holds", "--type", "add_table"]
    subprocess.run(new, cwd=tmp_path, env=environment, check=True, stdin=subprocess.DEVNULL)
    try:
        host = opened("pair", "host", "x.toml", "--as", "Mika", "--plain")
        found = re.search(r"pair://\S+", host.wait_for(r"pair://\S+ *$"))
        assert found is not None
        guest = opened("pair", "join", found[0].strip("'"), "--as", "Ada", "--plain")
        host.wait_for("asks to take part")
        host.line("y")
        guest.wait_for("with Mika")
        host.line("end")
        assert host.finish() == 0
        opened("x.toml").wait_for("Seat holds")
    finally:
        for terminal in terminals:
            terminal.kill()
