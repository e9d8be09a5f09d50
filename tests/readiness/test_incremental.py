"""An engine that saw a document before says the same of it after an edit as one that never did."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.store import read_document
from app.readiness.engine import Engine
from app.readiness.model import Finding, Unchecked
from app.schema.files import DdlFile, DdlText
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES, Sources
from tests.readiness.documents import TODAY

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.toml"))
BEHIND = "CREATE TABLE depot (depot_id bigint, code text);\n\nALTER TABLE nowhere ADD COLUMN a_id bigint;\n"
BEFORE = "CREATE TABLE district (district_id bigint);\n"
SOURCES: Sources = {
    "behind.sql": DdlText(BEHIND, (DdlFile("behind.sql", 0, 1),)),
    "before.sql": DdlText(BEFORE, (DdlFile("before.sql", 0, 1),)),
}
PIECES = [
    "\n",
    "-- a line\n",
    ";",
    "'",
    "CREATE TABLE extra (extra_id bigint, district_id bigint REFERENCES district, at timestamp);\n",
    "ALTER TABLE extra ADD COLUMN state text;\n",
    "CREATE INDEX ix_extra ON extra (extra_id);\n",
    "DROP TABLE extra;\n",
    "nonsense;\n",
]


def said(engine: Engine, answers: Answers) -> tuple[tuple[Finding, ...], tuple[Unchecked, ...]]:
    evaluation = engine.evaluate(answers, TODAY, SOURCES)
    return evaluation.findings, evaluation.unchecked


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from(PIECES)), max_size=4))
def test_edits_of_the_ddl(path: Path, edits: list[tuple[float, int, str]]) -> None:
    bank = default_bank()
    answers = read_document(bank, path).answers
    answers = answers.with_value(DDL_FILES, ("behind.sql",)).with_value(EXISTING_FILES, ("before.sql",))
    engine = Engine(bank, strict=True)
    text = str(answers.values[DDL])
    said(engine, answers)
    for where, gone, new in edits:
        at = int(where * len(text))
        text = text[:at] + new + text[at + gone :]
        answers = answers.with_value(DDL, text)
        assert said(engine, answers) == said(Engine(bank, strict=True), answers)


def test_a_line_in_a_message_is_that_of_the_present_text() -> None:
    bank = default_bank()
    ddl = "CREATE TABLE a_b (a_b_id bigint PRIMARY KEY);\nCREATE TABLE c_d (c_d_id bigint PRIMARY KEY);"
    answers = Answers().with_value("physical.engine", "postgresql").with_value(DDL, ddl)
    answers = answers.with_value("logical.grain", ({"entity": "a_b", "grain": "one thing"},))
    engine = Engine(bank, strict=True)

    def lines(answers: Answers) -> list[str]:
        found = engine.evaluate(answers, TODAY, SOURCES).findings
        return [f.message for f in found if "nothing says what one row of" in f.message]

    assert lines(answers) == ["nothing says what one row of c_d (DDL line 2) stands for"]
    later = answers.with_value(DDL, "-- first\n\n" + ddl)
    assert lines(later) == ["nothing says what one row of c_d (DDL line 4) stands for"]
    in_a_file = later.with_value(DDL_FILES, ("behind.sql",))
    assert lines(in_a_file)[1] == "nothing says what one row of depot (DDL line 1 of behind.sql) stands for"
