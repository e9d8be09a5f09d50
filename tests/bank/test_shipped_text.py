"""The words of the bank that ships: its examples are answers that the bank itself would accept."""

from __future__ import annotations

import re

import pytest

from app.bank.load import default_bank
from app.bank.model import Column, Question, Section
from app.document.typed import parse_text

BANK = default_bank()
ROWS = {qid: q for qid, q in BANK.questions.items() if q.kind == "table"}
RECORDS = {qid: q for qid, q in BANK.questions.items() if q.kind == "records"}
SENTENCES = {qid: q for qid, q in BANK.questions.items() if q.kind == "sentence"}
STRICT = ("choice", "choices", "flag", "number", "date")
SINGLE = {qid: q for qid, q in BANK.questions.items() if q.kind in STRICT}


def cells(example: str) -> list[str]:
    """A row of an example, taken apart at the bars between blanks."""
    return [cell.strip() for cell in re.split(r"\s\|(?=\s)", f"{example} ")]


def accept(thing: Question | Column, text: str) -> None:
    """Fail unless `text` is a value of the kind of `thing`."""
    try:
        parse_text(thing, BANK.options_of(thing), text)
    except ValueError as error:
        pytest.fail(f"{thing.id}: {error}")


@pytest.mark.parametrize("question_id", ROWS)
@pytest.mark.parametrize("which", ["good", "weak"])
def test_an_example_row_has_a_cell_for_every_column(question_id: str, which: str) -> None:
    question = ROWS[question_id]
    assert len(cells(getattr(question, which))) == len(question.columns)


@pytest.mark.parametrize("question_id", ROWS)
def test_the_cells_of_a_good_row_fit_their_columns(question_id: str) -> None:
    question = ROWS[question_id]
    for column, cell in zip(question.columns, cells(question.good), strict=True):
        assert cell or not column.required, column.id
        if column.kind in STRICT and cell:
            accept(column, cell)


@pytest.mark.parametrize("question_id", SINGLE)
def test_a_good_single_value_fits_its_kind(question_id: str) -> None:
    accept(SINGLE[question_id], SINGLE[question_id].good)


@pytest.mark.parametrize("question_id", [q for q in SINGLE if SINGLE[q].kind in ("choice", "choices")])
def test_a_good_choice_is_one_of_the_options(question_id: str) -> None:
    """Also where text of one's own is allowed, apart from fields that only this system logs."""
    question = SINGLE[question_id]
    options = BANK.options_of(question)
    assert options is not None
    chosen = [text for text in question.good.split(",") if options.find(text) is None]
    own = [" rental ID"] if question_id == "operations.log_fields" else []
    assert chosen == own


@pytest.mark.parametrize("question_id", RECORDS)
def test_a_good_record_names_its_fields_in_order(question_id: str) -> None:
    question = RECORDS[question_id]
    titles = {column.title: column for column in question.columns}
    started = [line.split(":")[0] for line in question.good.splitlines() if line.split(":")[0] in titles]
    order = list(titles)
    assert [order.index(title) for title in started] == sorted(order.index(title) for title in started)
    assert {column.title for column in question.columns if column.required} <= set(started)


def gaps(question: Question) -> re.Pattern[str]:
    words = " ".join(question.sentence.split())
    pattern = re.sub(r"\\\{[a-z_]+\\\}", "(.+)", re.escape(words))
    return re.compile(pattern)


@pytest.mark.parametrize("question_id", SENTENCES)
@pytest.mark.parametrize("which", ["good", "weak"])
def test_an_example_sentence_fills_every_gap(question_id: str, which: str) -> None:
    question = SENTENCES[question_id]
    found = gaps(question).fullmatch(" ".join(getattr(question, which).split()))
    assert found is not None
    assert len(found.groups()) == len(question.slots)


@pytest.mark.parametrize("question_id", BANK.questions)
def test_the_words_of_a_question_are_finished(question_id: str) -> None:
    question = BANK.questions[question_id]
    assert question.prompt.rstrip().endswith("?"), "a prompt asks"
    assert question.good != question.weak
    for text in (question.prompt, question.why, question.help, question.good):
        assert not re.search(r"\b(TODO|TBD|FIXME)\b|<[a-z ]+>", text)
        assert "!" not in text.replace("!=", "")
    for reason in (question.because, question.because_not):
        assert not reason or (reason[0].islower() and reason[-1] not in ".?!"), "it completes a sentence"


BRITISH = re.compile(
    r"\b(colou?rs?(?<!colors)(?<!color)|behaviours?|favour\w*|neighbour\w*|centre\w*|catalogue\w*|cancelled|"
    r"cancelling|labelled|modelling|\w+isation\w*|organis\w+|recognis\w+|normalis\w+|anonymis\w+|"
    r"minimis\w+|authoris\w+|licence|grey|programme|whilst|e-mail)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("section", BANK.sections, ids=lambda section: section.id)
def test_the_spelling_is_american(section: Section) -> None:
    assert BRITISH.findall(str(section)) == []
