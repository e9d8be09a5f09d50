"""The lines in which two texts differ, and changes that are kept as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.document.answers import Answers
from app.document.changes import difference, from_text, redo, to_text, undo
from app.document.text_runs import LONG, run_between
from app.problems import OperationError

texts = st.text(alphabet="ab\nß", max_size=30)
DDL = "".join(f"CREATE TABLE t{number} (id bigint PRIMARY KEY);\n" for number in range(200))


def said(text: str) -> Answers:
    return Answers().with_value("physical.ddl", text)


@given(texts, texts)
def test_a_run_leads_from_one_text_to_the_other_and_back(old: str, new: str) -> None:
    run = run_between(old, new)
    assert old[: run.at] + run.new + old[run.at + len(run.old) :] == new
    assert new[: run.at] + run.old + new[run.at + len(run.new) :] == old


@given(texts, texts)
def test_a_run_is_made_of_whole_lines(old: str, new: str) -> None:
    run = run_between(old, new)
    assert run.at == 0 or old[run.at - 1] == "\n"
    rest = old[run.at + len(run.old) :]
    assert not rest or rest.startswith("\n")


def test_a_run_has_nothing_but_the_line_that_differs() -> None:
    run = run_between("one\ntwo\nthree\n", "one\ntw0\nthree\n")
    assert (run.old, run.new) == ("two", "tw0")


@given(texts, texts)
def test_changes_of_long_texts_can_be_written_down_taken_back_and_done_again(old: str, new: str) -> None:
    before, after = said(DDL + old + DDL), said(DDL + new + DDL)
    changes = from_text(to_text(difference(before, after)))
    assert redo(before, changes) == after
    assert undo(after, changes) == before


def test_a_key_typed_into_a_long_text_is_a_small_change() -> None:
    text = to_text(difference(said(DDL), said(DDL.replace("t100", "t100x"))))
    assert len(DDL) > LONG
    assert len(text) < 400


def test_what_was_written_to_another_place_of_a_long_text_is_not_undone_over() -> None:
    changes = difference(said(DDL), said(DDL.replace("t100 ", "t1oo ")))
    since = said(DDL.replace("t100 ", "t1oo ").replace("t7 ", "t8 "))
    with pytest.raises(OperationError, match="changed since"):
        undo(since, changes)


def test_a_journal_of_whole_texts_can_still_be_read() -> None:
    old, new = DDL, DDL + "-- more\n"
    text = (
        f"[[change]]\npart = \"value\"\nquestion = \"physical.ddl\"\nold = '''{old}'''\nnew = '''{new}'''\n"
    )
    assert redo(said(old), from_text(text)) == said(new)
    assert undo(said(new), from_text(text)) == said(old)
