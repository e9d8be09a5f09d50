"""Records on disk: added behind what is there, read again as they were said, nobody else's words touched."""

from __future__ import annotations

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.files import Disk
from app.document.text import clean
from app.problems import DocumentError
from app.review.model import Opinion, Reply, Suggestion, Thread, Verdict
from app.review.names import review_folder
from app.review.reading import read_records
from app.review.writing import append

TEXTS = st.text(min_size=1).filter(lambda text: clean(text).strip())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return review_folder(tmp_path / "payments.toml")


def begin(folder: Path, person: str = "Ana Costa", text: str = "why?") -> Thread:
    return append(folder, person, Thread, {"question": "control.owner", "text": text})


def test_the_first_record_makes_the_file_with_name_and_role(folder: Path) -> None:
    record = append(folder, "Ana Costa", Thread, {"question": "control.owner", "text": "why?"}, role="SRE")
    assert folder.name == "payments.review"
    assert record.id == "ana-costa-1"
    (reviewer,) = read_records(folder).reviewers
    assert (reviewer.slug, reviewer.name, reviewer.role) == ("ana-costa", "Ana Costa", "SRE")


def test_ids_of_two_people_never_meet(folder: Path) -> None:
    ids = [begin(folder, name).id for name in ("Ana", "Bo", "Ana", "Bo")]
    assert ids == ["ana-1", "bo-1", "ana-2", "bo-2"]
    assert not read_records(folder).problems


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_what_stands_in_the_file_stays_its_beginning_byte_for_byte(texts: list[str]) -> None:
    with TemporaryDirectory() as name:
        folder = review_folder(Path(name) / "x.toml")
        before = b""
        for text in texts:
            begin(folder, "Ana", text)
            after = (folder / "ana.toml").read_bytes()
            assert after.startswith(before)
            assert len(after) > len(before)
            before = after
        found = read_records(folder)
        assert [thread.text for thread in found.of(Thread)] == [clean(text) for text in texts]
        assert not found.problems


VALUES = st.recursive(
    st.one_of(st.text().map(clean), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.dates()),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(VALUES)
def test_a_suggested_value_comes_back_in_its_type(value: object) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "x.review"
        words = {"question": "control.owner", "new": value, "old_digest": "0" * 64}
        if value == "":
            return
        append(folder, "Bo", Suggestion, words)
        (found,) = read_records(folder).of(Suggestion)
        assert found.new == value
        assert type(found.new) is type(value)


def test_a_file_that_a_person_wrote_on_by_hand_is_kept_as_it_is(folder: Path) -> None:
    begin(folder, "Ana")
    file = folder / "ana.toml"
    by_hand = file.read_bytes().replace(b"\n", b"\r\n") + b"# to think about\r\nmood = 'x'"
    file.write_bytes(by_hand)
    begin(folder, "Ana", "and?")
    assert file.read_bytes().startswith(by_hand)
    assert [thread.id for thread in read_records(folder).of(Thread)] == ["ana-1", "ana-2"]


@pytest.mark.parametrize(
    "content",
    [b"format = 1\nthread = [", b"\xff\xfe", b"format = 2\n", b"format = 1\nthread = []\n"],
    ids=["not TOML", "not UTF-8", "a newer format", "no room for a block"],
)
def test_nothing_is_added_to_a_file_that_cannot_be_gone_on_with(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "ana.toml").write_bytes(content)
    with pytest.raises(DocumentError, match="nothing was added"):
        begin(folder, "Ana")
    assert (folder / "ana.toml").read_bytes() == content


@pytest.mark.parametrize(
    ("model", "words", "says"),
    [
        (Thread, {"question": "control.owner", "text": " \n "}, "text"),
        (Opinion, {"subject": "risk", "rating": 6}, "rating"),
        (Verdict, {"section": "s", "verdict": "fine", "digest": "0" * 64, "answers": ""}, "verdict"),
        (Verdict, {"section": "s", "verdict": "approve", "digest": "short", "answers": ""}, "digest"),
        (Reply, {"text": "x"}, "thread"),
    ],
)
def test_words_that_do_not_fit_are_refused_and_leave_no_file(
    folder: Path, model: type[Thread], words: dict[str, object], says: str
) -> None:
    with pytest.raises(DocumentError, match=says):
        append(folder, "Ana", model, words)
    assert not folder.exists()


def test_a_name_without_a_letter_is_nobody(folder: Path) -> None:
    with pytest.raises(DocumentError, match="--as NAME"):
        begin(folder, "../..")


class FullDisk(Disk):
    def write_temporary(self, target: Path, data: bytes) -> Path:  # noqa: ARG002 - it fails for any
        raise OSError(28, "No space left on device")


def test_a_disk_that_fails_leaves_the_file_as_it_was(folder: Path) -> None:
    begin(folder, "Ana")
    before = (folder / "ana.toml").read_bytes()
    with pytest.raises(DocumentError, match="not saved: No space left"):
        append(folder, "Ana", Thread, {"question": "control.owner", "text": "x"}, files=FullDisk())
    assert (folder / "ana.toml").read_bytes() == before


def test_two_who_write_one_file_at_once_both_get_a_number_of_their_own(folder: Path) -> None:
    threads = [threading.Thread(target=begin, args=(folder, "Ana", str(n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = list(read_records(folder).of(Thread))
    assert sorted(thread.id for thread in found) == [f"ana-{n}" for n in range(1, 9)]
    assert sorted(thread.text for thread in found) == [str(n) for n in range(8)]
