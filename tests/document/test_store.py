"""Answer files on disk: written whole or not at all, read with limits and clear errors."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from app.document.answers import Answers
from app.document.codec import decode, encode, new_document
from app.document.operations import Set, apply
from app.document.store import MAX_BYTES, read_document, read_text, write_document, write_text
from app.problems import DocumentError
from tests.document.strategies import BANK

TEXT = 'format = 1\n\n[bank]\nid = "database-design"\nversion = "1.0.0"\n'
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def save_title(path: Path, title: str = "T") -> None:
    document = read_document(BANK, path)
    answers = apply(BANK, document.answers, Set(question="control.title", value=title))
    write_document(BANK, path, document, answers)


def failing(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
@pytest.mark.parametrize("there", [True, False])
def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, there: bool
) -> None:
    path = tmp_path / "a.toml"
    if there:
        path.write_text("old")
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", failing)
    elif step == "replace":
        monkeypatch.setattr(os, "replace", failing)
        monkeypatch.setattr(Path, "replace", failing)
    else:
        opened = Path.open
        monkeypatch.setattr(
            Path, "open", lambda self, mode="r", **k: opened(self, mode, **k) if "r" in mode else failing()
        )
    with pytest.raises(DocumentError, match=r"a\.toml: not saved: No space left on device"):
        write_text(path, "new")
    monkeypatch.undo()
    assert [file.name for file in tmp_path.iterdir()] == (["a.toml"] if there else [])
    assert not there or path.read_text() == "old"


def test_text_that_cannot_be_encoded_is_found_before_any_file_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\udcff")
    assert [file.name for file in tmp_path.iterdir()] == ["a.toml"]
    assert path.read_text() == "old"


def test_the_file_is_synced_before_it_takes_its_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    write_text(tmp_path / "a.toml", "new")
    assert steps == ["file", "rename", "folder"]


def test_a_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    write_text(tmp_path / "a.toml", "new")
    (tmp_path / "other").touch()
    assert (tmp_path / "a.toml").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.touch()
    path.chmod(0o640)
    write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link_and_what_it_names_is_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "real.toml", tmp_path / "link.toml"
    target.write_text(TEXT)
    link.symlink_to(target)
    save_title(link)
    assert link.is_symlink()
    assert 'title = "T"' in target.read_text()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["folder", "link.toml"]


def test_a_link_to_nothing_makes_the_file_it_names(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "real.toml")
    write_text(link, "new")
    assert (tmp_path / "real.toml").read_text() == "new"


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    one.symlink_to(two)
    two.symlink_to(one)
    with pytest.raises(DocumentError, match="cannot be read"):
        read_text(one)
    with pytest.raises(DocumentError, match="not saved"):
        write_text(one, "x")


def test_a_long_name_leaves_room_for_the_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250 + ".toml")
    write_text(path, "new")
    assert path.read_text() == "new"


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="not saved: No such file or directory"):
        write_text(tmp_path / "gone" / "a.toml", "x")


def test_windows_line_ends_stay_and_new_lines_get_them(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    text = TEXT + '\n[problem]\n# why\ngoals = ["a"]\n'
    path.write_bytes(text.replace("\n", "\r\n").encode())
    save_title(path, "one\ntwo")
    data = path.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert b'title = """\r\none\r\ntwo"""\r\n' in data
    assert data.startswith(TEXT.replace("\n", "\r\n").encode())
    assert read_document(BANK, path).answers.values["control.title"] == "one\ntwo"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert read_document(BANK, path).problems == ()


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_what_is_not_utf8_is_named_with_its_line(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(start + b"a = 1\n\nb = '\xff'\n")
    with pytest.raises(DocumentError, match=r"a\.toml:3: is not UTF-8"):
        read_text(path)


def test_what_is_no_answer_file_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as missing:
        read_text(tmp_path / "gone.toml")
    assert "no such file" in missing.value.message
    assert "dbcharter new" in missing.value.hint
    with pytest.raises(DocumentError, match="is a directory"):
        read_text(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(DocumentError, match="larger than 16 MB"):
        read_text(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="the platform has no endless file")
def test_a_file_without_end_is_not_read() -> None:
    with pytest.raises(DocumentError, match="larger than 16 MB"):
        read_text(Path("/dev/zero"))


@pytest.mark.skipif(AS_ROOT, reason="root may read and write everything")
def test_a_file_or_folder_that_may_not_be_touched_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(TEXT)
    document = read_document(BANK, path)
    path.chmod(0)
    with pytest.raises(DocumentError, match="cannot be read: Permission denied"):
        read_text(path)
    path.chmod(0o644)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(DocumentError, match="not saved: Permission denied"):
            write_document(BANK, path, document, Answers())
    finally:
        tmp_path.chmod(0o755)
    assert path.read_text() == TEXT


def test_a_file_of_a_newer_format_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("format = 2\n")
    with pytest.raises(DocumentError, match="not written: the file has format 2"):
        save_title(path)
    assert path.read_text() == "format = 2\n"


UNUSUAL = "problem.goals = ['a'] # why\n"


def test_the_original_of_a_file_that_is_written_anew_is_kept_out_of_git(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(UNUSUAL)
    save_title(path)
    state = tmp_path / ".dbcharter"
    assert (state / "a.original-1.toml").read_text() == UNUSUAL
    assert (state / ".gitignore").read_text() == "*\n"
    save_title(path, "other")
    path.write_text(UNUSUAL.replace("'a'", "'b'"))
    save_title(path)
    assert sorted(file.name for file in state.glob("*.toml")) == ["a.original-1.toml", "a.original-2.toml"]


def test_the_same_original_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    for title in ("one", "two"):
        path.write_text(UNUSUAL)
        save_title(path, title)
    assert len(list((tmp_path / ".dbcharter").glob("*.toml"))) == 1


def test_a_file_written_anew_is_untouched_when_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(UNUSUAL)
    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(DocumentError):
        save_title(path)
    assert path.read_text() == UNUSUAL


def test_a_file_whose_original_cannot_be_kept_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(UNUSUAL)
    (tmp_path / ".dbcharter").write_text("a file where the folder should be")
    with pytest.raises(DocumentError, match="the original cannot be kept"):
        save_title(path)
    assert path.read_text() == UNUSUAL


def test_what_was_written_is_what_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    document: Any = new_document(BANK, "a", Answers())
    document = write_document(BANK, path, document, Answers().with_value("control.title", "T"))
    assert path.read_text() == document.text
    assert encode(BANK, decode(BANK, document.text), document.answers).text == document.text
