"""A place for what can be written neither to the answer file nor to the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.document.files import Disk
from app.document.places import STATE_VARIABLE
from app.document.rescue import rescue
from app.problems import DocumentError


class FullDisk(Disk):
    """A disk that has no room in some folders."""

    def __init__(self, *full: Path) -> None:
        self.full = full

    def write_temporary(self, target: Path, data: bytes) -> Path:
        if any(target.is_relative_to(folder) for folder in self.full):
            raise OSError(28, "No space left on device")
        return super().write_temporary(target, data)


def test_it_stands_beside_the_document_under_a_name_that_is_not_taken(tmp_path: Path) -> None:
    document = tmp_path / "seats.toml"
    document.write_text("format = 1\n")
    first, second = rescue(document, "one\n"), rescue(document, "two\n")
    assert [first.name, second.name] == ["seats.rescued-1.toml", "seats.rescued-2.toml"]
    assert [first.read_text(), second.read_text()] == ["one\n", "two\n"]
    assert document.read_text() == "format = 1\n"


def test_it_goes_elsewhere_when_the_folder_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, state = tmp_path / "full", tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv(STATE_VARIABLE, str(state))
    kept = rescue(folder / "seats.toml", "said\n", FullDisk(folder))
    assert kept == state / "rescued" / "seats.rescued-1.toml"
    assert kept.read_text() == "said\n"


def test_when_every_place_is_full_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="nowhere else"):
        rescue(tmp_path / "seats.toml", "said\n", FullDisk(Path("/")))
    assert not list(tmp_path.glob("*.rescued-*"))
