"""The list of recent documents: newest first, bounded, and never a reason to fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.document.places import STATE_VARIABLE
from app.document.recent import LIMIT, Recent, recent_documents, remember


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(STATE_VARIABLE, str(tmp_path / "state"))
    return tmp_path / "state"


def entry(path: str, question: str = "control.title", done: int = 1) -> Recent:
    return Recent(path, question, done, 9, "2026-01-02T03:04:05.000Z")


def test_the_last_document_comes_first_and_each_once() -> None:
    for path in ("/a", "/b", "/a"):
        remember(entry(path))
    assert [found.path for found in recent_documents()] == ["/a", "/b"]


def test_the_place_and_progress_are_those_of_the_last_time() -> None:
    remember(entry("/a", "control.title", 1))
    remember(entry("/a", "logical.grain", 4))
    assert recent_documents() == [entry("/a", "logical.grain", 4)]


def test_no_more_than_fifty_are_kept() -> None:
    for number in range(LIMIT + 5):
        remember(entry(f"/{number}"))
    found = recent_documents()
    assert len(found) == LIMIT == 50
    assert found[0].path == f"/{LIMIT + 4}"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b'{"documents": 3}', b'{"documents": [3, {"path": 1}]}', b"[" * 100_000],
)
def test_a_damaged_list_is_an_empty_one_and_is_written_anew(state: Path, content: bytes) -> None:
    state.mkdir()
    (state / "recent.json").write_bytes(content)
    assert recent_documents() == []
    remember(entry("/a"))
    assert [found.path for found in recent_documents()] == ["/a"]


def test_entries_that_cannot_be_read_are_passed_over(state: Path) -> None:
    remember(entry("/a"))
    said = json.loads((state / "recent.json").read_text())
    said["documents"].insert(0, {"path": "/b"})
    (state / "recent.json").write_text(json.dumps(said))
    assert [found.path for found in recent_documents()] == ["/a"]


def test_a_state_folder_that_cannot_be_written_is_no_error(state: Path) -> None:
    state.write_text("a file where the folder would be")
    remember(entry("/a"))
    assert recent_documents() == []


def test_a_document_that_is_gone_is_known_to_be(tmp_path: Path) -> None:
    (tmp_path / "there.toml").touch()
    assert entry(str(tmp_path / "there.toml")).is_there
    assert not entry(str(tmp_path / "gone.toml")).is_there
    assert not entry("\0").is_there


def test_the_readiness_is_kept_and_one_that_makes_no_sense_is_none(state: Path) -> None:
    for path, readiness in (("/a", 62), ("/b", None)):
        remember(Recent(path, "control.title", 1, 9, "2026-01-02T03:04:05.000Z", readiness))
    assert {found.path: found.readiness for found in recent_documents()} == {"/a": 62, "/b": None}
    said = json.loads((state / "recent.json").read_text())
    said["documents"][1]["readiness"] = 4000
    (state / "recent.json").write_text(json.dumps(said))
    assert [found.readiness for found in recent_documents()] == [None, None]
