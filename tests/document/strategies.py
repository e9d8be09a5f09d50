"""Random texts, values, operations and answer files of the bank that ships."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from app.bank.load import default_bank
from app.bank.model import Column, Question
from app.document import operations as ops
from app.document.answers import NOT_APPLICABLE_REASONS, Answers
from app.document.values import row_addresses

BANK = default_bank()
TABLES = [qid for qid, question in BANK.questions.items() if question.has_rows]
SENTENCES = [qid for qid, question in BANK.questions.items() if question.kind == "sentence"]

AWKWARD = (
    *(
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\\n",
        "\\u0041",
        "[a]",
        "[[a.b]]",
        "#",
        "a = 1",
        "]",
        "{",
        "}",
        "=",
        ",",
    ),
    *(
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "  \n",
        "\x00",
        "\x1b[31m",
        "\x85",
        "\u2028",
        "\u202e",
        "é",
        "日本",
        "🦉",
    ),
)
awkward = st.sampled_from(AWKWARD)
texts = st.one_of(
    st.text(max_size=20), st.lists(st.one_of(awkward, st.text(max_size=6)), max_size=8).map("".join)
)
dates = st.dates()
numbers = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
junk = st.recursive(
    st.one_of(texts, st.booleans(), numbers, dates),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
"""Values that need not fit any question."""


def fitting(thing: Question | Column) -> st.SearchStrategy[Any]:
    """Values of the kind that a question or column asks for."""
    options = BANK.options_of(thing)
    option = st.sampled_from(list(options.by_id)) if options else texts
    match thing.kind:
        case "flag":
            return st.booleans()
        case "number":
            return numbers
        case "date":
            return dates
        case "list":
            return st.lists(texts, max_size=4)
        case "choice":
            return option
        case "choices":
            return st.lists(option, max_size=3)
        case "table" | "records":
            return st.lists(rows(thing), max_size=4)
        case "sentence":
            return st.dictionaries(st.sampled_from([slot.id for slot in thing.slots]), texts)
    return texts


def rows(question: Question) -> st.SearchStrategy[dict[str, Any]]:
    """Rows with few different keys, so that some are there twice, and now and then a strange cell."""
    few = st.sampled_from(["a", "A", "b", "", "a#2", "#1", " / "])
    columns = {
        column.id: st.one_of(few, fitting(column)) if column.id in question.key_columns else fitting(column)
        for column in question.columns
    }
    known = st.fixed_dictionaries({}, optional={**columns, "draft": st.just(True)})
    strange = st.dictionaries(st.one_of(texts, st.sampled_from(list(columns))), junk, max_size=1)
    return st.tuples(known, strange).map(lambda both: both[0] | both[1])


@st.composite
def operations(draw: Callable[..., Any], answers: Answers) -> ops.Operation:
    """An operation that fits the bank and these answers."""
    question_id = draw(st.sampled_from(list(BANK.questions)))
    question = BANK.questions[question_id]
    kind = draw(
        st.sampled_from(["set", "set", "slot", "clear", "rows", "rows", "state", "note", "waive", "profile"])
    )
    match kind:
        case "set":
            return ops.Set(question=question_id, value=draw(st.one_of(fitting(question), junk)))
        case "clear":
            said = list(answers.values) or [question_id]
            return ops.Clear(question=draw(st.sampled_from(said)))
        case "slot":
            sentence = draw(st.sampled_from(SENTENCES))
            slot = draw(st.sampled_from([slot.id for slot in BANK.questions[sentence].slots]))
            if not isinstance(answers.values.get(sentence, {}), Mapping):
                return ops.Clear(question=sentence)
            return ops.SetSlot(question=sentence, slot=slot, value=draw(texts))
        case "rows":
            return draw(row_operations(answers))
        case "note":
            return ops.SetNote(question=question_id, note=draw(texts))
        case "profile":
            return ops.SetProfile(
                change_types=draw(st.none() | st.lists(st.sampled_from(list(BANK.change_types)))),
                risk=draw(st.none() | st.sampled_from(["", *BANK.risks])),
                traits=draw(st.none() | st.lists(st.sampled_from(list(BANK.traits)))),
                template=draw(st.sampled_from([None, "full", "compact"])),
            )
        case "state":
            return draw(state_operations(question_id))
    if answers.waivers and draw(st.booleans()):
        waiver = draw(st.sampled_from(answers.waivers))
        return ops.Unwaive(code=waiver.code, target=waiver.target)
    said = texts.map(lambda text: "x" + text)
    code, expires = draw(st.sampled_from(["A1", "B2"])), draw(st.none() | dates)
    return ops.Waive(code=code, target=draw(said), reason=draw(said), owner=draw(said), expires=expires)


@st.composite
def state_operations(draw: Callable[..., Any], question_id: str) -> ops.SetState:
    state = draw(st.sampled_from([None, "not_applicable", "deferred"]))
    return ops.SetState(
        question=question_id,
        state=state,
        reason=draw(st.sampled_from(list(NOT_APPLICABLE_REASONS))),
        note="why " + draw(texts),
        owner="Ada " + draw(texts),
        until=draw(dates) if state == "deferred" else draw(st.none() | dates),
    )


@st.composite
def row_operations(draw: Callable[..., Any], answers: Answers) -> ops.Operation:
    question_id = draw(st.sampled_from([qid for qid in TABLES if qid in answers.values] or TABLES))
    question = BANK.questions[question_id]
    present = answers.rows(question_id)
    value = answers.values.get(question_id, ())
    if not isinstance(value, tuple) or len(present) != len(value):
        return ops.Clear(question=question_id)
    names = row_addresses(question, present)
    before = draw(st.sampled_from([None, *names]))
    kind = draw(st.sampled_from(["add", "cell", "remove", "move", "accept"])) if names else "add"
    if kind == "add":
        return ops.AddRow(question=question_id, row=draw(rows(question)), before=before)
    row = draw(st.sampled_from(names))
    if kind == "remove":
        return ops.RemoveRow(question=question_id, row=row)
    if kind == "accept":
        return ops.Accept(question=question_id, row=draw(st.sampled_from([None, row])))
    if kind == "move":
        return ops.MoveRow(question=question_id, row=row, before=before)
    column = draw(st.sampled_from(question.columns))
    value = draw(st.one_of(st.none(), fitting(column), junk))
    return ops.SetCell(question=question_id, row=row, column=column.id, value=value)
