"""A bank that was loaded before is there at once, and never an older one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from app.bank import load, remembered
from app.bank.load import default_folder, load_bank, remembered_bank
from app.problems import BankError

from .small import BANK, PARCEL, changed, write


@pytest.fixture(autouse=True)
def _writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bank that is remembered."""
    found = write(tmp_path / "bank")
    remembered_bank(found)
    return found


def kept_in(folder: Path) -> Path:
    (found,) = (folder.parent / "__pycache__").iterdir()
    return found


def never_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(load, "parse", parse)


def test_the_same_files_are_not_parsed_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    never_parse(monkeypatch)
    assert list(remembered_bank(folder).questions) == ["parcel.size", "parcel.sizes", "parcel.crate"]


@pytest.mark.parametrize("shipped", [True, False])
def test_what_is_remembered_is_what_was_loaded(
    shipped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bank"
    if shipped:
        shutil.copytree(default_folder(), folder)
    else:
        write(folder)
    remembered_bank(folder)
    loaded = load_bank(folder)
    never_parse(monkeypatch)
    found = remembered_bank(folder)
    assert (found.file, found.sections) == (loaded.file, loaded.sections)
    assert repr((found.file, found.sections)) == repr((loaded.file, loaded.sections))


@pytest.mark.parametrize(
    ("name", "old", "new"), [("bank.toml", "One more", "One less"), ("parcel.toml", "must fit", "must fat")]
)
def test_a_changed_file_is_seen(folder: Path, name: str, old: str, new: str) -> None:
    """Also where its size and its time are as before."""
    file = folder / name
    before = file.stat()
    file.write_text(changed(file.read_text(encoding="utf-8"), old, new), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    bank = remembered_bank(folder)
    assert new in bank.file.change_types[0].help + bank.questions["parcel.size"].why


def test_a_file_more_or_less_is_seen(folder: Path) -> None:
    more = (
        PARCEL.replace("parcel", "letter").replace("number = 1\n", "number = 2\n").replace('"1.1"', '"2.1"')
    )
    (folder / "letter.toml").write_text(more, encoding="utf-8")
    assert "letter.size" in remembered_bank(folder).questions
    (folder / "letter.toml").unlink()
    assert "letter.size" not in remembered_bank(folder).questions


def test_a_bank_that_has_become_wrong_is_refused(folder: Path) -> None:
    (folder / "parcel.toml").write_text(changed(PARCEL, 'kind = "table"', 'kind = "tabel"'), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BankError, match="tabel"):
            remembered_bank(folder)


def test_a_file_that_cannot_be_read_is_told_each_time(folder: Path) -> None:
    (folder / "letter.toml").write_bytes(b"\xff")
    for _ in range(2):
        with pytest.raises(BankError, match="UTF-8"):
            remembered_bank(folder)


def test_another_program_does_not_take_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The rules by which a bank was found whole are those of one version of these modules."""
    other = shutil.copytree(Path(remembered.__file__).parent, tmp_path / "other")
    (other / "check.py").write_text("# stricter\n", encoding="utf-8")
    sources = {"bank.toml": BANK, "parcel.toml": PARCEL}
    key = remembered.key_of(sources)
    assert remembered.recall(folder, key) is not None
    monkeypatch.setattr(remembered, "__file__", str(other / "remembered.py"))
    assert remembered.key_of(sources) != key
    assert remembered.recall(folder, remembered.key_of(sources)) is None


def test_a_program_that_cannot_be_told_apart_remembers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "__file__", str(tmp_path / "empty" / "remembered.py"))
    assert remembered.key_of({"bank.toml": BANK}) == ""
    assert remembered_bank(write(tmp_path / "bank")).id == "small"
    assert not (tmp_path / "__pycache__").exists()


def test_texts_that_only_look_alike_when_joined_have_another_key() -> None:
    keys = {
        remembered.key_of(sources)
        for sources in ({"a": "bc"}, {"ab": "c"}, {"a": "b", "c": ""}, {"a": "b\n'c' 0\n"}, {})
    }
    assert len(keys) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:0],
        lambda text: text[: len(text) // 2],
        lambda text: text.split("\n")[0],
        lambda text: "0" * 64 + text[64:],
        lambda text: text.replace('"questions":[', '"questions":[7,'),
        lambda text: text.replace('"kind":"text"', '"kind":"test"').replace('"kind":"choice"', '"kind":7'),
        lambda text: text.replace('"why"', '"whi"'),
        lambda text: text.split("\n")[0] + "\n[]",
        lambda text: text.split("\n")[0] + "\n[1, 2]",
        lambda text: text.split("\n")[0] + "\n" + "[" * 100_000,
    ],
)
def test_what_is_damaged_counts_for_nothing(folder: Path, damage: object) -> None:
    assert callable(damage)
    file = kept_in(folder)
    text = file.read_text(encoding="utf-8")
    assert damage(text) != text
    file.write_text(damage(text), encoding="utf-8")
    assert list(remembered_bank(folder).questions) == ["parcel.size", "parcel.sizes", "parcel.crate"]
    assert file.read_text(encoding="utf-8") == text


def test_bytes_that_are_no_text_count_for_nothing(folder: Path) -> None:
    kept_in(folder).write_bytes(b"\xff\xfe")
    assert remembered_bank(folder).id == "small"


def test_where_nothing_can_be_written_a_bank_loads_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").write_text("a file", encoding="utf-8")
    folder = write(tmp_path / "bank")
    assert remembered_bank(folder).id == "small"
    assert (tmp_path / "__pycache__").read_text(encoding="utf-8") == "a file"


def test_nothing_half_written_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "bank")

    def no_space(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(Path, "replace", no_space)
    assert remembered_bank(folder).id == "small"
    assert list((tmp_path / "__pycache__").iterdir()) == []


def test_nothing_is_written_where_python_may_not_write_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    remembered_bank(write(tmp_path / "bank"))
    assert not (tmp_path / "__pycache__").exists()


def test_a_bank_of_a_team_leaves_nothing_beside_it(tmp_path: Path) -> None:
    load_bank(write(tmp_path / "bank"))
    assert not (tmp_path / "__pycache__").exists()
