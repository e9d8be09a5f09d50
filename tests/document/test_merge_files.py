"""Merging whole files: the text of both sides, their comments, and what is not understood."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.codec import Document, decode, encode
from app.document.merge import merge
from app.document.merge_files import merge_documents
from app.problems import DocumentError
from app.toml_source import comments_of
from tests.document.test_merge import keyed, sides

BANK = default_bank()
HEAD = '#:schema x.schema.json\nformat = 1\n\n[bank]\nid = "database-design"\nversion = "1.0.0"\n'
ROWS = '\n# of seats\n[[logical.grain]]\nentity = "seat"\ngrain = "one seat" # of a show\n'


def merged(base: str, ours: str, theirs: str) -> Document:
    document, _ = merge_documents(BANK, *(decode(BANK, HEAD + text) for text in (base, ours, theirs)))
    assert decode(BANK, document.text).answers == document.answers
    return document


def test_files_that_only_one_side_changed_are_that_side() -> None:
    changed = "[control] # who\ntitle = 'T'   # odd\n" + ROWS + "# end\n"
    assert merged(ROWS, ROWS, changed).text == HEAD + changed
    assert merged(ROWS, changed, ROWS).text == HEAD + changed


def test_a_row_that_only_theirs_changed_comes_with_their_text_and_our_comments() -> None:
    ours = ROWS.replace("# of seats", "# of all seats")
    theirs = ROWS.replace('"one seat" # of a show', "'one chair' # in a hall")
    text = merged(ROWS, ours, theirs).text
    assert "grain = 'one chair' # in a hall\n" in text
    assert "# of all seats\n" in text
    assert "# of a show" not in text


def test_comments_in_a_row_that_both_changed_are_all_kept() -> None:
    ours = ROWS.replace("one seat", "one chair").replace("# of seats", "# ours")
    theirs = ROWS.replace("grain =", 'example = "A 17"\ngrain =').replace("# of a show", "# theirs")
    text = merged(ROWS, ours, theirs).text
    assert "# ours\n" in text
    assert "# theirs\n" in text


def test_a_comment_goes_with_the_row_that_a_side_removed() -> None:
    assert "#" not in merged(ROWS, '[control]\ntitle = "T"\n' + ROWS, "").text.removeprefix("#:schema")


def test_a_section_that_theirs_removed_leaves_no_header_behind() -> None:
    section = '\n[control]\ntitle = "T"\n'
    assert merged(section, section, "").text == HEAD
    assert "[control]" in merged(section, section + 'owner = "Ana"\n', "").text


def test_a_header_of_ours_with_nothing_under_it_stays() -> None:
    text = merged("", "[problem]\n\n[control]\n", "[notes]\n'logical.grain' = 'x'\n").text
    assert "[problem]\n" in text
    assert "[control]\n" in text


def test_what_only_theirs_has_comes_with_their_text() -> None:
    theirs = "[control]\n# why\ntitle   =   'T' # odd\n" + ROWS
    text = merged("", "[problem]\npain_points = 'p'\n", theirs).text
    assert "# why\ntitle   =   'T' # odd\n" in text
    assert ROWS in text


def test_a_comment_at_a_table_that_became_something_else_is_kept() -> None:
    theirs = "[logical]\n# none yet\ngrain = []\n"
    text = merged(ROWS, ROWS.replace("one seat", "changed"), theirs).text
    assert "# none yet" in text


def test_the_newer_version_of_the_bank_stays() -> None:
    older, newer = HEAD.replace("1.0.0", "0.8.0"), HEAD.replace("1.0.0", "0.9.0")
    title, goals = '[control]\ntitle = "T"\n', '[problem]\ngoals = ["g"]\n'
    for texts in ((older, older + title, newer), (older, newer + title, older + goals)):
        document, _ = merge_documents(BANK, *(decode(BANK, text) for text in texts))
        assert document.heading.bank_version == "0.9.0"
        assert 'version = "0.9.0"' in document.text


def test_waivers_and_conflicts_that_were_not_understood_are_kept_from_both_sides() -> None:
    ours, theirs = '[[waivers]]\ncode = "ours"\n', '[[waivers]]\ncode = "theirs"\n[[conflicts]]\nodd = 1\n'
    document = merged("", ours, theirs)
    assert document.unread[("waivers",)] == ({"code": "ours"}, {"code": "theirs"})
    assert document.unread[("conflicts",)] == ({"odd": 1},)
    assert ("waivers",) not in merged(ours, "", ours + "\n").unread


UNFIT = {
    "unknown on both sides": ("odd = 1\n", "odd = 2\n", "both sides changed odd"),
    "a section and a single value": ("control = 1\n", "[control]\ntitle = 'T'\n", "do not fit into one file"),
    "dotted keys": ("", "a.b.c = 1\n", "cannot be kept"),
}


@pytest.mark.parametrize(("ours", "theirs", "message"), UNFIT.values(), ids=UNFIT)
def test_files_that_would_lose_something_are_refused(ours: str, theirs: str, message: str) -> None:
    documents = [decode(BANK, text) for text in ("", ours, theirs)]
    for order in (documents, [documents[0], documents[2], documents[1]]):
        with pytest.raises(DocumentError, match=message):
            merge_documents(BANK, *order)


@given(sides, sides, sides, st.randoms(use_true_random=False))
def test_the_merged_file_says_the_merged_answers_and_keeps_new_comments(
    base: Answers, ours: Answers, theirs: Answers, chance: random.Random
) -> None:
    """Comments that one side wrote somewhere are in the result, wherever they stood."""
    documents = [
        decode(BANK, commented(encode(BANK, decode(BANK, HEAD), side).text, name, chance))
        for name, side in (("base", base), ("ours", ours), ("theirs", theirs))
    ]
    document, _ = merge_documents(BANK, *documents)
    assert document.answers == merge(BANK, *(side.answers for side in documents)).answers
    for side in documents[1:]:
        missing = {*comments_of(side.text)} - {*comments_of(document.text)}
        assert not {comment for comment in missing if comment.startswith(("# ours", "# theirs"))}
    assert encode(BANK, decode(BANK, document.text), document.answers).text == document.text


def commented(text: str, name: str, chance: random.Random) -> str:
    """`text` with numbered comments on some lines."""
    lines = text.splitlines()
    for number in range(chance.randrange(4)):
        at = chance.randrange(1, len(lines) + 1)
        if not lines[at - 1].startswith("#:"):
            lines.insert(at, f"# {name} {number}")
    return "\n".join(lines) + "\n"


@given(keyed, keyed)
def test_a_file_merged_with_its_base_is_the_file(base: Answers, side: Answers) -> None:
    before, after = (decode(BANK, encode(BANK, decode(BANK, HEAD), a).text) for a in (base, side))
    assert merge_documents(BANK, before, after, before)[0].text == after.text
    assert merge_documents(BANK, before, before, after)[0].text == after.text
