"""Writing an answer in an editor: what it leaves, and what is kept when it fails."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from app.editor import edit_text
from app.problems import DocumentError


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No editor is set; returns the folder that temporary files are in."""
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    """Have an editor that runs `code`, where `path` is the file it is given."""
    script = tmp_path / "editor.py"
    script.write_text(
        f"import os, pathlib, sys\npath = pathlib.Path(sys.argv[1])\n{code}\n", encoding="utf-8"
    )
    monkeypatch.setenv("EDITOR", f'"{Path(sys.executable).as_posix()}" "{script.as_posix()}"')


def test_the_text_as_the_editor_leaves_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: Path
) -> None:
    editor(monkeypatch, tmp_path, "path.write_bytes(path.read_bytes() + b' and\\r\\nmore' + bytes([7]))")
    assert edit_text("before", ".md") == "before and\r\nmore\a"
    assert list(places.iterdir()) == []


def test_no_editor_is_told() -> None:
    with pytest.raises(DocumentError, match="neither VISUAL nor EDITOR"):
        edit_text("before", ".md")


def test_a_blank_visual_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    editor(monkeypatch, tmp_path, "path.write_text('after')")
    monkeypatch.setenv("VISUAL", " ")
    assert edit_text("before", ".md") == "after"


def test_a_byte_order_mark_is_not_taken_for_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    editor(monkeypatch, tmp_path, "path.write_text('après', encoding='utf-8-sig')")
    assert edit_text("before", ".md") == "après"


@pytest.mark.parametrize("name", ["VISUAL", "EDITOR"])
def test_a_command_that_cannot_be_read_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, 'vim "')
    with pytest.raises(DocumentError) as raised:
        edit_text("before", ".md")
    assert str(raised.value) == f"{name} is not a command: a quotation mark or backslash lacks its other half"


def test_an_editor_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, places: Path) -> None:
    monkeypatch.setenv("EDITOR", "no-such-editor-anywhere")
    with pytest.raises(DocumentError, match="no-such-editor-anywhere"):
        edit_text("before", ".md")
    assert list(places.iterdir()) == []


@pytest.mark.parametrize(
    ("code", "encoding", "why"),
    [
        ("path.write_text('une heure après', encoding='latin-1')", "latin-1", "not UTF-8"),
        ("path.write_text('une heure après', encoding='utf-8'); sys.exit(3)", "utf-8", "ended with 3"),
    ],
)
def test_what_cannot_be_taken_over_is_kept_and_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: Path, code: str, encoding: str, why: str
) -> None:
    """Text in another encoding, and what was written before an editor failed."""
    editor(monkeypatch, tmp_path, code)
    with pytest.raises(DocumentError, match=f"{why}; the answer is as it was") as raised:
        edit_text("before", ".md")
    (kept,) = places.rglob("*.md")
    assert kept.read_text(encoding=encoding) == "une heure après"
    assert str(kept) in str(raised.value)


@pytest.mark.parametrize("code", ["", "path.unlink(); "])
def test_an_editor_that_fails_and_wrote_nothing_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: Path, code: str
) -> None:
    editor(monkeypatch, tmp_path, f"{code}sys.exit(1)")
    with pytest.raises(DocumentError, match=r"ended with 1; the answer is as it was$"):
        edit_text("before", ".md")
    assert list(places.iterdir()) == []


def test_an_editor_that_takes_the_file_away_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, places: Path
) -> None:
    editor(monkeypatch, tmp_path, "path.unlink()")
    with pytest.raises(DocumentError, match="took the file away; the answer is as it was"):
        edit_text("before", ".md")
    assert list(places.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_an_interrupt_while_the_editor_runs_is_the_editors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = signal.getsignal(signal.SIGINT)
    editor(monkeypatch, tmp_path, f"os.kill({os.getpid()}, {int(signal.SIGINT)}); path.write_text('after')")
    assert edit_text("before", ".md") == "after"
    assert signal.getsignal(signal.SIGINT) is before
