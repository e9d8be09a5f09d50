"""The wheel, installed into an empty environment, runs every command outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console script of the wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=True)
    binaries = environment / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([binaries / "python", "-m", "pip", "install", "--quiet", str(wheel)], check=True)
    return binaries / "dbcharter"


def test_every_command_runs_from_the_wheel(program: Path, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["DBCHARTER_STATE_DIR"] = str(tmp_path / "state")

    def run(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout

    assert "26 of 65 subsections" in run(
        "new", "x.toml", "--title", "Holds", "--type", "add_table", "--risk", "medium"
    )
    run("set", "x.toml", "control.owner", "Ines")
    run("add", "x.toml", "logical.grain", "entity=hold", "grain=one hold")
    run("remove", "x.toml", "logical.grain[hold]")
    assert "control.owner" in run("show", "x.toml", "control.owner")
    assert "Due now" in run("status", "x.toml", code=1)
    run("render", "x.toml")
    assert "Holds" in (tmp_path / "x.md").read_text(encoding="utf-8")
    run("schema", "x.toml")
    assert (tmp_path / "x.schema.json").is_file()
    run("bank", "check")
    run("ask", "x.toml", "control.owner")
    assert run("--version").startswith("dbcharter ")
