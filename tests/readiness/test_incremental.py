"""An engine that saw a document before says the same of it after an edit as one that never did."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, Row, freeze
from app.document.store import read_document
from app.readiness.engine import Engine
from app.readiness.model import Evaluation, Finding, Unchecked
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


# A document whose DDL and rows are edited in any order, statement by statement and row by row.

NAMES = ["berth", "stay", "crane", "Stay", "crew_member", "crane_log"]


def _statements_about(name: str, other: str) -> list[str]:
    return [
        f"CREATE TABLE {name} ({name}_id bigint PRIMARY KEY, {other}_id bigint, state text, at timestamp);",
        f"CREATE TABLE IF NOT EXISTS {name} (is_active boolean, is_closed boolean, email text);",
        f"CREATE TABLE {name}_part PARTITION OF {name} FOR VALUES IN (1);",
        f"CREATE TABLE {name}_copy (LIKE {name} INCLUDING ALL, label_count int);",
        f"CREATE INDEX ix_{name} ON {name} ({other}_id);",
        f"CREATE INDEX ix_{name}_twice ON {name} ({other}_id, state);",
        f"ALTER TABLE {name} ADD CONSTRAINT fk_{name} FOREIGN KEY ({other}_id) REFERENCES {other};",
        f"ALTER TABLE {name} ADD COLUMN tenant_id uuid NOT NULL, ADD CHECK (state IN ('open', 'shut'));",
        f"ALTER TABLE {name} ALTER COLUMN state SET NOT NULL;",
        f"ALTER TABLE {name} RENAME TO {other}_s;",
        f"ALTER TABLE {name} RENAME COLUMN state TO phase;",
        f"UPDATE {name} SET state = 'x' WHERE state IS NOT NULL;",
        f"DROP TABLE {name};",
        f"COMMENT ON TABLE {name} IS 'see {other}';",
    ]


STATEMENTS = [
    *(statement for one in NAMES for other in NAMES[:2] for statement in _statements_about(one, other)),
    "CREATE TYPE kind AS ENUM ('open', 'shut');",
    "CREATE DOMAIN moment AS timestamp;",
    "SET search_path TO harbour, public;",
    "CREATE VIEW busy AS SELECT 1;",
    "-- TODO: `auto_increment` and INV-7, see [INV-1](#inv-002)",
    "CREATE TABLE broken (a int,;",
    "nonsense REFERENCES berth;",
]
_WORDS = st.sampled_from(
    [*NAMES, "state", "created_at", "one stay", "all tables", "berths, cranes", "", "INV-7"]
)
ROWS: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "logical.grain": {"entity": _WORDS, "grain": st.sampled_from(["one berth per day", "a log", ""])},
    "physical.column_semantics": {
        "table": _WORDS,
        "column": st.sampled_from(["state", "created_at", "berth_id, state", "nothing"]),
        "meaning": st.sampled_from(["when the row was inserted", "when it happened", "local time"]),
        "nullable": st.booleans(),
    },
    "workload.queries": {
        "id": st.sampled_from(["Q-1", "Q-2", "Q-7"]),
        "sql": st.sampled_from(
            [
                "SELECT berth_id FROM berth WHERE state = :state ORDER BY created_at LIMIT 9",
                "UPDATE stay SET state = :s WHERE version = :v",
                "SELECT FROM WHERE",
                "SELECT * FROM busy LIMIT 5",
            ]
        ),
    },
    "invariants.matrix": {
        "id": st.sampled_from(["INV-1", "INV-7"]),
        "invariant": st.sampled_from(["at most one stay per berth", "one crane"]),
        "mechanism": st.sampled_from(["ix_berth", "UNIQUE (state)", "CHECK", "berth_pkey"]),
        "enforcement": st.sampled_from(["database_constraint", "application"]),
    },
    "physical.indexes": {
        "index": st.sampled_from(["ix_berth (berth_id)", "ix_other (state)", "PRIMARY (berth_id)"]),
        "reason": st.sampled_from(["exists already", "covering", ""]),
    },
    "glossary.terms": {"term": st.sampled_from(["berth", "cranes", "stai", "crane log"])},
    "migration.steps": {
        "step": st.sampled_from(["1", "2"]),
        "kind": st.sampled_from(["backfill", "expand"]),
        "action": st.sampled_from(["`ALTER TABLE berth ADD COLUMN x int`", "drop berth.state", "wait"]),
    },
}
SINGLE: dict[str, list[object]] = {
    "physical.engine": ["postgresql", "mysql", "sqlite", "cassandra"],
    "problem.existing_tables": [("berth: the berths",), ("none",), ("crane", "stay_s")],
    "physical.index_count": ["no index is needed for fk_berth", "four"],
    "glossary.table_names": ["plural, except stay", "singular"],
    "security.tenant_key": ["tenant_id", "none"],
    "migration.chunk_key": ["WHERE tenant_id IS NOT NULL", "by id"],
}
_Edit = Callable[[Answers], Answers]


def _to_ddl(where: float, gone: int, new: list[str]) -> _Edit:
    def edit(answers: Answers) -> Answers:
        statements = str(answers.values[DDL]).split("\n\n")
        at = int(where * len(statements))
        return answers.with_value(DDL, "\n\n".join([*statements[:at], *new, *statements[at + gone :]]))

    return edit


def _to_rows(question: str, where: float, gone: int, new: list[Row]) -> _Edit:
    def edit(answers: Answers) -> Answers:
        rows = answers.rows(question)
        at = int(where * len(rows))
        return answers.with_value(question, (*rows[:at], *new, *rows[at + gone :]) or None)

    return edit


def _row_edits(question: str) -> st.SearchStrategy[_Edit]:
    row = st.fixed_dictionaries(ROWS[question]).map(freeze)
    return st.builds(
        partial(_to_rows, question), st.floats(0, 1), st.integers(0, 2), st.lists(row, max_size=3)
    )


EDITS: st.SearchStrategy[_Edit] = st.one_of(
    st.builds(_to_ddl, st.floats(0, 1), st.integers(0, 3), st.lists(st.sampled_from(STATEMENTS), max_size=4)),
    st.sampled_from(sorted(ROWS)).flatmap(_row_edits),
    st.sampled_from([(q, value) for q, values in SINGLE.items() for value in [*values, None]]).map(
        lambda pair: lambda answers: answers.with_value(*pair)
    ),
)
"""The first has to be as likely as all others: what it changes reaches furthest."""


def harbour(tables: int) -> Answers:
    """A document with so many tables that a stretch of them is looked at as one."""
    made = [
        f"CREATE TABLE quay_{n} (quay_{n}_id int PRIMARY KEY, depth int NOT NULL,"
        " dredged_on date NOT NULL);\n"
        f"CREATE INDEX ix_quay_{n} ON quay_{n} (depth);"
        for n in range(tables)
    ]
    rows = {
        "logical.grain": [{"entity": f"quay_{n}", "grain": f"one quay {n}"} for n in range(tables)],
        "physical.column_semantics": [
            {"table": f"quay_{n}", "column": name, "type": "x", "nullable": False, "source": "system"}
            | {"meaning": f"{name} as the harbour master measured it, corrected by nobody"}
            for n in range(tables)
            for name in (f"quay_{n}_id", "depth", "dredged_on")
        ],
        "workload.queries": [
            {"id": f"Q-{n}", "sql": f"SELECT state FROM quay_{n} ORDER BY state LIMIT 9"}
            for n in range(tables)
        ],
    }
    answers = Answers().with_value("physical.engine", "postgresql").with_value(DDL, "\n\n".join(made))
    for question, found in rows.items():
        answers = answers.with_value(question, tuple(map(freeze, found)))
    return answers


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EDITS, min_size=2, max_size=7))
def test_any_edits_of_statements_and_rows(edits: list[_Edit]) -> None:
    bank = default_bank()
    engine, answers = Engine(bank, strict=True), harbour(12)
    whole(engine.evaluate(answers, TODAY))
    for edit in edits:
        answers = edit(answers)
        assert whole(engine.evaluate(answers, TODAY)) == whole(
            Engine(bank, strict=True).evaluate(answers, TODAY)
        )


STAY = "CREATE TABLE stay (stay_id bigint PRIMARY KEY, berth_id bigint NOT NULL, due_on date, note text);"
FIRST_OF_TWO = [
    (
        "physical.column_semantics",
        [{"table": "stay", "column": "due_on", "nullable": True}],
        [False],
        "nullable",
    ),
    ("physical.column_semantics", [{"table": "stay", "column": "due_on"}], ["gone"], "column"),
    ("logical.grain", [{"entity": "stay", "grain": "one stay"}], ["mooring"], "entity"),
    ("logical.grain", [{"entity": "stay", "grain": "one stay"}], ["one per berth"], "grain"),
    (
        "logical.keys",
        [{"entity": "stay", "natural_identifier": "none"}],
        ["(berth_id)"],
        "natural_identifier",
    ),
    ("glossary.terms", [{"term": "stay"}], ["crane"], "term"),
    (
        "capacity.growth",
        [{"entity": "stay", "current_rows": "9", "year_estimate": "9"}],
        ["9 M"],
        "year_estimate",
    ),
]


@pytest.mark.parametrize(("question", "rows", "values", "column"), FIRST_OF_TWO)
def test_what_a_row_says_counts_for_tables_that_stay_the_same(
    question: str, rows: list[dict[str, object]], values: list[object], column: str
) -> None:
    bank = default_bank()
    foreign = "ALTER TABLE stay ADD FOREIGN KEY (berth_id) REFERENCES berth;"
    ddl = f"CREATE TABLE berth (berth_id bigint PRIMARY KEY);\n{STAY}\n{foreign}"
    before = Answers().with_value("physical.engine", "postgresql").with_value(DDL, ddl)
    before = before.with_value(question, tuple(map(freeze, rows)))
    engine = Engine(bank, strict=True)
    found = engine.evaluate(before, TODAY)
    after = before.with_value(question, (freeze({**rows[0], column: values[0]}),))
    again = engine.evaluate(after, TODAY)
    assert whole(again) == whole(Engine(bank, strict=True).evaluate(after, TODAY))
    assert again.findings != found.findings


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "CREATE TABLE crane (at date);"),
        (
            "CREATE TABLE berth (berth_id bigint PRIMARY KEY);",
            "CREATE TABLE berth (berth_id uuid PRIMARY KEY);",
        ),
        ("CREATE DOMAIN moment AS timestamptz;", "CREATE DOMAIN moment AS timestamp;"),
        ("CREATE DOMAIN word AS int;", "CREATE DOMAIN word AS text;"),
        ("", "CREATE VIEW busy AS SELECT 1 AS n;"),
        ("CREATE TABLE berth (berth_id int);", "CREATE TABLE berth (berth_id int, n int UNIQUE);"),
        ("CREATE TABLE Berth (n int);", "CREATE TABLE berths (n int);"),
    ],
)
def test_what_other_statements_say_counts_for_those_that_stay_the_same(before: str, after: str) -> None:
    bank, engine = default_bank(), Engine(default_bank(), strict=True)
    queries = [
        {"id": "Q-1", "description": "busy ones", "sql": "SELECT n FROM busy ORDER BY n LIMIT 5"},
        {"id": "Q-2", "description": "berths", "sql": "SELECT n FROM berth ORDER BY n LIMIT 5"},
    ]
    answers = Answers(Profile(("add_table",), "high", ("existing_data",)))
    answers = answers.with_value("physical.engine", "postgresql")
    answers = answers.with_value("workload.queries", tuple(map(freeze, queries)))
    said = []
    for text in (before, after):
        ddl = f"{STAY}\nCREATE INDEX ix_crane ON crane (at);\nCREATE TABLE tide (at moment, phase word);"
        ddl += f"\nALTER TABLE stay ADD FOREIGN KEY (berth_id) REFERENCES berth;\n{text}"
        answers = answers.with_value(DDL, ddl)
        said.append(engine.evaluate(answers, TODAY))
        assert whole(said[-1]) == whole(Engine(bank, strict=True).evaluate(answers, TODAY))
    assert (said[0].findings, said[0].unchecked) != (said[1].findings, said[1].unchecked)


def whole(evaluation: Evaluation) -> dict[str, object]:
    """All that an evaluation says; of the schema, places within statements are numbered as they came."""
    return {name: getattr(evaluation, name) for name in evaluation.__struct_fields__ if name != "schema"}


def _cell(question: str, column: str, text: str) -> _Edit:
    def edit(answers: Answers) -> Answers:
        first, *others = answers.rows(question)
        return answers.with_value(question, (freeze({**first, column: text}), *others))

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        lambda answers: answers.with_value("problem.pain_points", "boats wait"),
        lambda answers: answers.with_value(DDL, str(answers.values[DDL]).replace("ix_quay_3 ", "ix_third ")),
        lambda answers: answers.with_value(
            DDL, f"CREATE TABLE pier (pier_id bigint);\n{answers.values[DDL]}"
        ),
        _cell("physical.column_semantics", "meaning", "when it was repaired"),
        _cell("workload.queries", "sql", "SELECT dredged_on FROM quay_1 WHERE quay_1_id = :q"),
        _cell("logical.grain", "example", "the quay in the north"),
    ],
    ids=["prose", "a statement", "another statement", "a cell", "a query", "an entity"],
)
def test_an_edit_takes_hardly_more_steps_in_a_large_document_than_in_a_small_one(edit: _Edit) -> None:
    small, large = _steps_after(edit, harbour(30)), _steps_after(edit, harbour(120))
    assert large < 1.5 * small


def _steps_after(edit: _Edit, answers: Answers) -> int:
    """How many functions in Python an evaluation calls after an edit."""
    engine = Engine(default_bank(), strict=True)
    for number in range(2):
        # What is different for the first time is looked for in more than what is again.
        engine.evaluate(answers, TODAY)
        answers = answers.with_value("control.owner", f"Ana {number}")
    engine.evaluate(edit(answers), TODAY)
    engine.evaluate(answers, TODAY)
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event == "call"

    edited = edit(answers)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        engine.evaluate(edited, TODAY)
    finally:
        sys.setprofile(before)
    return counted


def test_each_use_of_the_memo_of_facts_and_rules_has_a_name_of_its_own() -> None:
    names: list[str] = []
    for path in sorted((Path(__file__).resolve().parents[2] / "app" / "readiness").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if called in ("each", "each_of_several", "all_of", "union_of", "at_rows") and isinstance(
                node, ast.Call
            ):
                names.append(ast.unparse(node.args[1]))
    assert len(names) > 40
    assert sorted(names) == sorted({*names, "name"})
