"""What holds for every sequence of operations and every layout of a file."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.document.answers import Answers, same
from app.document.codec import Document, decode, encode, new_document
from app.document.operations import Set, apply
from app.problems import DocumentError
from app.toml_source import comments_of
from tests.document.strategies import BANK, operations, texts

relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def after_operations(data: st.DataObject, answers: Answers, most: int) -> Answers:
    for _ in range(data.draw(st.integers(0, most))):
        answers = apply(BANK, answers, data.draw(operations(answers)))
    return answers


def decoded(text: str) -> Document | None:
    """The document, or None when it is refused in the one way that callers expect."""
    try:
        return decode(BANK, text)
    except DocumentError:
        return None


def assert_says(document: Document, answers: Answers) -> None:
    """The text of the document, read again, says exactly these answers."""
    again = decode(BANK, document.text).answers
    assert again.profile == answers.profile
    assert again.states == answers.states
    assert again.notes == answers.notes
    assert again.waivers == answers.waivers
    assert set(again.values) == set(answers.values)
    for question_id, value in answers.values.items():
        assert same(again.values[question_id], value), question_id


@relaxed
@given(st.data())
def test_what_is_written_reads_back_as_the_same_answers(data: st.DataObject) -> None:
    document = new_document(BANK, "x", Answers())
    answers = Answers()
    for _ in range(3):
        answers = after_operations(data, answers, 4)
        document = encode(BANK, document, answers)
        assert_says(document, answers)


@relaxed
@given(st.data())
def test_encoding_the_same_answers_again_changes_no_byte(data: st.DataObject) -> None:
    answers = after_operations(data, Answers(), 6)
    document = encode(BANK, new_document(BANK, "x", Answers()), answers)
    assert encode(BANK, document, answers).text == document.text
    read = decode(BANK, document.text)
    assert encode(BANK, read, read.answers).text == document.text


PIECES: dict[str, list[str]] = {
    "head": ["#:schema x.schema.json\n", "# by hand\n\n", ""],
    "format": ["format = 1\n", '"format"=1 # c1\n', "\n\n  format   =   1\n"],
    "root": ["", "mine = [1, # c2\n 2]\n", "\"odd key\" = '''x\n# no comment\n'''\n"],
    "bank": ['[bank]\nid = "database-design"\nversion = "1.0.0"\n', "[ bank ] # c3\nid='database-design'\n"],
    "profile": [
        "",
        '[profile]\nrisk = "high"\n',
        '# c4\n[profile]\ntraits = []\ntemplate = "full"\n\tchange_types=[ # c5\n  "add_table", # c6\n]\n',
    ],
    "problem": [
        "",
        '[problem]\ngoals = ["a", "b"]\n# c7\n',
        "[problem] # c8\n# c9\n'goals' = [\n  'a', # c10\n  # c11\n  \"b # no\",\n]\n"
        '"mine"={a=1,b=[{c=2}]} # c12\n',
        "problem-extra = 3\n",
    ],
    "problem.situation": [
        "",
        "\n[problem.situation] # c13\nwhy = 1\n",
        '[ problem . "situation" ]\n\n# c14\nx.y = 1\n',
    ],
    "logical": [
        "",
        "[logical]\ngrain = [{entity = 'a', grain = 'one'}, {entity = 'b'}] # c15\n"
        'other = """\\\n   x"""\n',
        '[[logical.grain]] # c16\nentity = "a"\n# c17\ngrain = "one" # c18\n\n'
        '[[logical.grain]]\nentity="b"\n',
    ],
    "unknown": [
        "",
        "# c19\n[unknown]\n",
        "[unknown]\n# c20\nx=1 # c21\n[unknown.y]\nz = 2\n",
        "[[unknown]]\na.b = 1\n",
    ],
    "grain.more": ["", "[[logical.grain]]\nentity = 'c' # c22\n[[logical.grain.sub]]\nx=1\n"],
    "status": [
        "",
        '[status]\n"problem.goals" = { note = "n", reason = "unchanged", state = "not_applicable" } # c23\n',
        '[status."problem.goals"] # c24\nstate="deferred"\nowner="Ada"\nuntil=2026-01-02\n',
        '[status]\n"problem.goals" = "wrong" # c25\n"no.such" = {}\n',
    ],
    "notes": ["", '[notes] # c26\n"problem.goals" = """\nlong\n"""\n', "[notes]\nx = 1 # c27\n"],
    "waivers": [
        "",
        "waivers-like = 1\n",
        '[[waivers]]\nowner = "o"\ncode = "A1"\ntarget = "t"\nreason = "r"\n# c28\n[[waivers]]\ncode = 5\n'
        '[[waivers]]\ncode="B2" # c29\ntarget="t"\nreason="r"\nowner="o"\nexpires=2026-01-02\n',
    ],
    "tail": ["", "# the end", "\n\n# c30\n\n"],
}
FIRST = ("head", "format", "root")


@st.composite
def hand_made(draw: Any) -> str:
    """A valid answer file as people write them: any order of sections, any spacing, comments anywhere."""
    middle = [name for name in PIECES if name not in (*FIRST, "tail")]
    order = [*FIRST, *draw(st.permutations(middle)), "tail"]
    text = "".join(draw(st.sampled_from(PIECES[name])) for name in order)
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        order = list(PIECES)
        text = "".join(draw(st.sampled_from(PIECES[name][:2])) for name in order)
    return text


def parses(text: str) -> bool:
    try:
        tomli.loads(text)
    except tomli.TOMLDecodeError:
        return False
    return True


files = hand_made().filter(parses)


@relaxed
@given(files, st.booleans())
def test_a_hand_made_file_that_says_the_same_is_not_touched(text: str, crlf: bool) -> None:
    """It gets its final newline, and what every file must say where that is missing."""
    text = text.replace("\n", "\r\n") if crlf else text
    document = decode(BANK, text)
    kept = encode(BANK, document, document.answers)
    if not document.rewritten_layout:
        said = kept.text
        for line in ("format = 1\n", "\n[bank]\n", 'version = "1.0.0"\n'):
            # what every file must say is added where it is not there
            if line.strip() not in text.replace("\r\n", "\n"):
                said = said.replace(line.replace("\n", "\r\n") if crlf else line, "", 1)
        assert said.rstrip("\r\n") == text.rstrip("\r\n")
    assert_says(kept, document.answers)


@relaxed
@given(files, st.data())
def test_after_any_change_the_file_says_it_and_keeps_all_comments(text: str, data: st.DataObject) -> None:
    document = decode(BANK, text)
    answers = after_operations(data, document.answers, 4)
    encoded = encode(BANK, document, answers)
    assert_says(encoded, answers)
    assert not Counter(comments_of(text)) - Counter(comments_of(encoded.text))


@relaxed
@given(files, texts)
def test_one_changed_answer_moves_no_other_line(text: str, said: str) -> None:
    """Lines of the fragments that did not change are still there, in the same order."""
    document = decode(BANK, text)
    if document.rewritten_layout:
        return
    answers = apply(BANK, document.answers, Set(question="problem.goals", value=[said]))
    encoded = encode(BANK, document, answers)
    untouched = [f.text for f in document.layout.fragments if f.path != ("problem", "goals")]
    position = 0
    for fragment in untouched:
        for line in fragment.splitlines(keepends=True):
            found = encoded.text.find(line, position)
            assert found >= 0, line
            position = found + len(line)


@settings(relaxed, max_examples=200)
@given(st.text())
def test_any_text_is_read_or_refused_with_a_document_error(text: str) -> None:
    document = decoded(text)
    assert document is None or isinstance(document, Document)


@settings(relaxed, max_examples=200)
@given(files, st.data())
def test_a_damaged_file_is_read_or_refused_with_a_document_error(text: str, data: st.DataObject) -> None:
    """Cut, doubled or overwritten somewhere; what is read can be written and read again."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    damaged = (
        text[:start] + data.draw(st.sampled_from(["", text[start:end] * 2])) + data.draw(texts) + text[end:]
    )
    document = decoded(damaged)
    if document is None:
        return
    encoded = encode(BANK, document, document.answers)
    assert_says(encoded, document.answers)
    assert decode(BANK, encoded.text).unread == document.unread


@pytest.mark.parametrize("name", [name for name, variants in PIECES.items() if any(variants)])
def test_the_pieces_of_hand_made_files_are_valid_toml(name: str) -> None:
    assert all(parses(piece) for piece in PIECES[name])
