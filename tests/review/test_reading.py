"""Files of records as hostile input: each problem is told with its line, everything else counts."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review.model import Records, Reopen, Reply, Resolve, Thread
from app.review.reading import MAX_FILES, read_records, records_of
from app.review.threads import threads

from .people import Room

HEAD = 'format = 1\nperson = "Ana"\n'
GOOD = (
    '\n[[thread]]\nid = "ana-1"\nat = "2026-11-24T08:00:00.000Z"\nquestion = "control.owner"\ntext = "why?"\n'
)


def read(tmp_path: Path, text: str | bytes, name: str = "ana.toml") -> Records:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_records(tmp_path)


def test_no_folder_is_no_records(tmp_path: Path) -> None:
    assert read_records(tmp_path / "none.review") == Records()


BROKEN = {
    "not TOML": ("[[thread]\n", 1, "is not TOML"),
    "nested too deeply": ("x = " + "[" * 3000 + "]" * 3000, 0, "nested too deeply"),
    "another format": ("format = 2\n", 0, "format must be 1"),
    "no format": ('person = "Ana"\n', 0, "format must be 1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_hides_no_other(name: str, tmp_path: Path) -> None:
    text, line, says = BROKEN[name]
    (tmp_path / "bo.toml").write_text(HEAD.replace("Ana", "Bo") + GOOD.replace("ana-", "bo-"))
    found = read(tmp_path, text)
    assert [thread.id for thread in found.of(Thread)] == ["bo-1"]
    (problem,) = found.problems
    assert says in problem.message
    assert problem.file.endswith("/ana.toml")
    assert problem.line == line


ODD = {
    "an id of somebody else": (GOOD.replace("ana-1", "bo-1"), 5, "is not an id of ana"),
    "an id that is no text": (GOOD.replace('"ana-1"', "7"), 5, "is not an id of ana"),
    "no text": (GOOD.replace('text = "why?"\n', ""), 4, "text: Field required"),
    "a text that is none": (GOOD.replace('"why?"', "3"), 8, "text:"),
    "a time without a zone": (GOOD.replace("000Z", "000"), 6, "at:"),
    "a rating that is no whole number": (
        GOOD.replace("[[thread]]", "[[opinion]]")
        .replace('question = "control.owner"', 'subject = "risk"')
        .replace('text = "why?"', "rating = 2.5"),
        8,
        "rating:",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_a_record_that_does_not_fit_is_told_with_its_line_and_left_out(name: str, tmp_path: Path) -> None:
    text, line, says = ODD[name]
    second = GOOD.replace("ana-1", "ana-2")
    found = read(tmp_path, HEAD + text + second)
    assert [thread.id for thread in found.of(Thread)] == ["ana-2"]
    (problem,) = found.problems
    assert says in problem.message
    assert problem.line == line


def test_an_unknown_key_is_told_and_the_record_counts(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + GOOD + 'mood = "x"\n')
    assert len(found.records) == 1
    assert "'mood' is not known here; it is kept" in found.problems[0].message
    assert found.problems[0].line == 9


def test_a_table_of_a_newer_program_is_told_and_its_ids_are_not_given_again(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + GOOD + '\n[[applause]]\nid = "ana-7"\n')
    assert ["applause" in str(problem) for problem in found.problems] == [True]
    assert len(found.records) == 1


def test_one_number_given_twice_is_told_and_both_are_shown(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + GOOD + GOOD.replace("why?", "how?"))
    assert [thread.text for thread in found.of(Thread)] == ["why?", "how?"]
    assert "is there twice" in found.problems[0].message


def test_a_file_is_its_namesakes_whatever_it_says(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD.replace("Ana", "Maja") + GOOD)
    assert [r.name for r in found.reviewers] == ["ana"]
    assert "says it belongs to 'Maja'" in found.problems[0].message


def test_control_characters_are_removed_and_told(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + GOOD.replace("why?", "w\\u001b[31mh\\u202ey"))
    (thread,) = found.of(Thread)
    assert thread.text == "w[31mhy"
    assert "left out U+001B" in found.problems[0].message


def test_a_folder_of_very_many_files_is_read_in_part_and_says_so(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"p{number}.toml").write_text("format = 1\n")
    found = read_records(tmp_path)
    assert len(found.reviewers) == MAX_FILES
    assert "of which" in found.problems[0].message


def test_many_problems_of_one_file_are_told_up_to_a_number(tmp_path: Path) -> None:
    found = read(tmp_path, HEAD + "".join(f'[[thread]]\nid = "{n}"\n' for n in range(500)))
    assert 0 < len(found.problems) < 100


def test_a_reply_whose_thread_is_on_another_branch_keeps_its_words_in_sight(tmp_path: Path) -> None:
    text = '[[reply]]\nid = "ana-1"\nat = "2026-11-24T08:00:00.000Z"\nthread = "bo-1"\ntext = "not so"\n'
    (problem,) = read(tmp_path, HEAD + text).problems
    assert "bo-1" in problem.message
    assert "not so" in problem.message


@given(st.binary(max_size=200))
def test_no_bytes_stop_the_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("r")
    found = read(folder, data)
    assert found.reviewers or found.problems


def talking() -> Room:
    room = Room()
    thread = room.say("ana", Thread, question="control.owner", text="why?").id
    room.say("bo", Reply, thread=thread, text="so")
    room.say("bo", Resolve, thread=thread)
    room.say("ana", Reopen, thread=thread)
    room.say("ana", Thread, question="control.title", text="what?")
    room.say("cy", Resolve, thread="ana-3")
    return room


@given(st.randoms(use_true_random=False))
def test_what_was_said_does_not_depend_on_the_order_of_the_files(random: random.Random) -> None:
    room = talking()
    expected = room.records
    people = list(expected.reviewers)
    said = list(room.said)
    random.shuffle(said)
    random.shuffle(people)
    found = records_of(people, said)
    assert found == expected
    assert threads(found) == threads(expected)
    assert [(t.thread.id, t.is_open) for t in threads(found)] == [("ana-1", True), ("ana-3", False)]


def test_one_persons_records_keep_their_order_when_the_clock_goes_back() -> None:
    room = Room()
    thread = room.say("ana", Thread, question="control.owner", text="why?")
    early = "2026-11-23T00:00:00.000Z"
    resolve = Resolve(id="ana-2", at="2026-11-24T09:00:00.000Z", person="ana", thread=thread.id)
    reopen = Reopen(id="ana-3", at=early, person="ana", thread=thread.id)
    (talk,) = threads(records_of((), [reopen, resolve, thread]))
    assert talk.is_open
