"""The JSON Schema of answer files: what fits the bank is valid, what does not is pointed at."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from app.document.answers import Answers
from app.document.codec import encode, new_document
from app.document.operations import AddRow, Set, SetProfile, SetState, Waive, apply
from app.document.schema import json_schema
from tests.document.strategies import BANK, fitting

SCHEMA = json_schema(BANK)
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


def as_json(value: Any) -> Any:
    """Parsed TOML as an editor hands it to the schema: dates and times are ISO texts."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def errors(text: str) -> list[str]:
    """The path and message of each complaint about a file."""
    return [
        f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(as_json(tomli.loads(text)))
    ]


def definition(reference: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["$defs"][reference["$ref"].rpartition("/")[2]]
    return found


def test_it_is_a_schema_of_2020_12() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_every_question_and_column_has_its_title_and_prompt() -> None:
    for section in BANK.sections:
        keys = definition(SCHEMA["properties"][section.id])["properties"] if section.questions else {}
        assert list(keys) == [question.id for question in section.questions]
        for question in section.questions:
            key = keys[question.id]
            titled = key if "title" in key else definition(key)
            assert titled["title"] == question.title
            assert key["description"].startswith(question.prompt)
            if question.has_rows:
                columns = definition(key["items"])["properties"]
                titles = {c.id: c.title for c in question.columns} | {"draft": "Draft"}
                assert {name: c["title"] for name, c in columns.items()} == titles


def test_nothing_has_a_default_or_may_be_null() -> None:
    text = repr(SCHEMA)
    assert "'default'" not in text
    assert "'null'" not in text


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_valid(path: Path) -> None:
    assert errors(path.read_text(encoding="utf-8")) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_answers_of_the_right_kind_are_valid(data: st.DataObject) -> None:
    answers = Answers()
    for question_id in data.draw(st.lists(st.sampled_from(list(BANK.questions)), max_size=4, unique=True)):
        question = BANK.questions[question_id]
        if question.has_rows:
            row = {column.id: data.draw(fitting(column)) for column in question.columns if not column.options}
            answers = apply(BANK, answers, AddRow(question=question_id, row=row))
        else:
            answers = apply(BANK, answers, Set(question=question_id, value=data.draw(fitting(question))))
    assert errors(encode(BANK, new_document(BANK, "x", answers), answers).text) == []


def test_all_that_operations_can_say_beside_answers_is_valid() -> None:
    answers = Answers()
    for operation in (
        SetProfile(
            change_types=list(BANK.change_types), risk="high", traits=list(BANK.traits), template="compact"
        ),
        SetState(question="logical.grain", state="not_applicable", reason="unchanged", note="n"),
        SetState(question="logical.keys", state="deferred", owner="Ada", until=date(2026, 1, 1)),
        Waive(code="A1", target="t", reason="r", owner="o", expires=date(2026, 1, 1)),
    ):
        answers = apply(BANK, answers, operation)
    assert errors(encode(BANK, new_document(BANK, "x", answers), answers).text) == []


@pytest.mark.parametrize(
    "text",
    [
        "[control]\nmine = 1\n",
        "[mine]\nx = 1\n",
        "[[logical.grain]]\nentity = 'a'\nmine = 1\n",
        "[profile]\nmine = 1\n",
        "[status]\nmine = 1\n",
        "[notes]\nmine = 1\n",
        "mine = 1\n",
    ],
)
def test_keys_that_the_bank_does_not_have_are_allowed(text: str) -> None:
    assert errors(text) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("format = 2\n", "$.format: 1 was expected"),
        ("[bank]\nid = 'other'\n", "$.bank.id: 'database-design' was expected"),
        ("[control]\ntitle = 5\n", "$.control.title: 5 is not of type 'string'"),
        ("[control]\nstatus = 'finished'\n", "$.control.status: 'finished' is not one of"),
        ("[control]\ncreated = 'soon'\n", "$.control.created: 'soon' is not a 'date'"),
        ("[control]\ncreated = 2026-01-02T03:04:05\n", "is not a 'date'"),
        ("[problem]\ngoals = 'one'\n", "$.problem.goals: 'one' is not of type 'array'"),
        ("[problem]\ngoals = ['one', 2]\n", "$.problem.goals[1]: 2 is not of type 'string'"),
        (
            "[problem.situation]\n" + BANK.questions["problem.situation"].slots[0].id + " = 1\n",
            "is not of type 'string'",
        ),
        ("[logical]\ngrain = 'x'\n", "$.logical.grain: 'x' is not of type 'array'"),
        ("[[logical.grain]]\nentity = 1\n", "$.logical.grain[0].entity: 1 is not of type 'string'"),
        ("[[failure.risks]]\nlikelihood = 9\n", "$.failure.risks[0].likelihood: 9 is not one of"),
        (
            "[[logical.states]]\ninitial = 'yes'\n",
            "$.logical.states[0].initial: 'yes' is not of type 'boolean'",
        ),
        ("[profile]\nrisk = 'hihg'\n", "$.profile.risk: 'hihg' is not one of"),
        ("[profile]\ntraits = ['no_such']\n", "$.profile.traits[0]: 'no_such' is not one of"),
        ("[profile]\ntemplate = 'short'\n", "$.profile.template: 'short' is not one of"),
        ("[status]\n'logical.grain' = {state = 'later'}\n", "is not valid under any of the given schemas"),
        ("[status]\n'logical.grain' = {state = 'deferred'}\n", "is not valid under any of the given schemas"),
        ("[notes]\n'logical.grain' = 1\n", "1 is not of type 'string'"),
        ("[[waivers]]\ncode = 'A1'\n", "$.waivers[0]: 'target' is a required property"),
    ],
)
def test_what_does_not_fit_is_pointed_at(text: str, complaint: str) -> None:
    assert any(complaint in error for error in errors(text)), errors(text)


def test_an_open_enumeration_proposes_its_values_and_takes_others() -> None:
    key = definition(definition(SCHEMA["properties"]["operations"])["properties"]["metrics"]["items"])
    proposed = key["properties"]["signal"]["anyOf"]
    assert proposed[0]["enum"] == list(BANK.enumerations["signal"].by_id)
    assert proposed[1] == {"type": "string"}
