"""What programs read is UTF-8 and whole, whatever the terminal is and whatever a file is called."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.e2e.terminal import PROGRAM

NAME = "pr\u00fcf\u2264.toml"
UNREADABLE = os.fsdecode(b"bad\xff.toml")
LATIN = {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [PROGRAM, *words], cwd=folder, env={**os.environ, **environment}, capture_output=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (NAME, UNREADABLE):
        (tmp_path / name).write_text("format = 1\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_a_report_for_programs_is_utf_8_on_any_terminal(folder: Path, form: str) -> None:
    said = run(folder, "check", NAME, "--format", form, **LATIN).stdout
    if form == "junit":
        assert ElementTree.fromstring(said)[0].get("name") == NAME
    elif form == "json":
        assert json.loads(said.decode())["files"][0]["file"] == NAME
    else:
        assert json.loads(said.decode())["version"] == "2.1.0"


def test_a_report_for_people_is_in_the_encoding_of_the_terminal(folder: Path) -> None:
    assert b"pr\xfcf?.toml: readiness" in run(folder, "check", NAME, **LATIN).stdout


def test_a_name_that_is_no_text_is_found_again_in_a_report(folder: Path) -> None:
    done = run(folder, "check", UNREADABLE, "--format", "json", "--fail-on", "never", "-o", "report")
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "report").read_text(encoding="utf-8"))["files"][0]["file"] == UNREADABLE
    shown = run(folder, "check", UNREADABLE, "--format", "json", "--fail-on", "never").stdout
    assert json.loads(shown)["files"][0]["file"] == UNREADABLE
    again = run(folder, "check", UNREADABLE, "--since", "report")
    assert again.returncode == 0
    assert b"baseline does not know" not in again.stdout


@pytest.mark.parametrize("form", ["text", "github", "sarif", "junit"])
def test_a_name_that_is_no_text_stops_no_report(folder: Path, form: str) -> None:
    for more in ((), ("-o", "report")):
        done = run(folder, "check", UNREADABLE, "--format", form, "--fail-on", "never", *more)
        assert b"defect" not in done.stderr
        assert done.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device without room")
@pytest.mark.parametrize("words", ["check --help", "check gone.toml", "check x --nope", "explain"])
def test_a_disk_without_room_is_no_defect(folder: Path, words: str) -> None:
    for where in (">/dev/full", "2>/dev/full", ">/dev/full 2>&1"):
        done = subprocess.run(
            ["bash", "-c", f'"{PROGRAM}" {words} {where}'], cwd=folder, capture_output=True, check=False
        )
        assert b"defect" not in done.stderr + done.stdout
        assert done.returncode in (0, 2)
        assert done.returncode == 2 or where == "2>/dev/full"


def test_the_name_of_a_file_ends_no_line(folder: Path) -> None:
    name = "a\n::error::b\n.toml"
    (folder / name).write_text("format = 1\n", encoding="utf-8")
    for form in ("text", "github"):
        said = run(folder, "check", name, "--format", form).stdout.decode()
        assert not [line for line in said.splitlines() if line.startswith("::error::b")]
