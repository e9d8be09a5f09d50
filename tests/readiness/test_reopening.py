"""A changed file of DDL asks for the answers again that rest on it, until somebody looked at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.document.operations import Accept, AddRow, Set, SetCell
from app.document.store import read_document
from app.readiness.registry import load_rules, questions_beside
from app.session import Session
from tests.readiness.documents import TODAY

BERTH = "CREATE TABLE berth (berth_id bigint PRIMARY KEY, length_m integer NOT NULL);\n"
STAY = """CREATE TABLE stay (
    stay_id bigint PRIMARY KEY,
    berth_id bigint NOT NULL REFERENCES berth,
    leaves_on date
);
CREATE INDEX ix_stay_berth ON stay (berth_id);
"""
STRICT = STAY.replace("leaves_on date", "leaves_on date NOT NULL")
GRAIN = {"entity": "stay", "grain": "one visit of one boat at one berth"}
LEAVES = {"table": "stay", "column": "leaves_on", "type": "date", "nullable": True, "meaning": "the last day"}
BERTH_OF = {"table": "stay", "column": "berth_id", "type": "bigint", "nullable": False, "meaning": "where"}
GRAIN_AT = "logical.grain[stay]"
LEAVES_AT = "physical.column_semantics[stay/leaves_on]"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "db" / "schema.sql"
    path.parent.mkdir()
    path.write_text(BERTH + STAY)
    return path


@pytest.fixture
def session(tmp_path: Path, schema: Path) -> Iterator[Session]:
    operations = [
        Set(question="physical.engine", value="postgresql"),
        Set(question="physical.existing_ddl_files", value=["db/schema.sql"]),
        Set(question="logical.grain", value=[GRAIN]),
        Set(question="physical.column_semantics", value=[LEAVES, BERTH_OF]),
    ]
    with Session.create(default_bank(), tmp_path / "stays.toml", operations) as session:
        session.evaluate(TODAY)
        session.apply(Set(question="control.title", value="Stays"))
        yield session


def again(session: Session) -> list[str]:
    """The places that are to be looked at again."""
    return [str(f.target) for f in session.evaluate(TODAY).findings if f.code == "SQ15"]


def test_nothing_is_asked_again_while_the_file_says_the_same(session: Session, schema: Path) -> None:
    assert again(session) == []
    schema.write_text("-- a comment\n" + BERTH + "\n\n" + STAY.replace("    ", "\t"))
    assert again(session) == []


def test_a_changed_table_reopens_the_answers_that_name_it(session: Session, schema: Path) -> None:
    schema.write_text(BERTH + STRICT)
    assert again(session) == [GRAIN_AT, LEAVES_AT]


def test_a_change_of_a_table_that_no_answer_names_reopens_nothing(session: Session, schema: Path) -> None:
    schema.write_text(
        BERTH.replace("integer", "numeric(5,1)") + STAY + "CREATE TABLE crane (crane_id int);\n"
    )
    assert again(session) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("leaves_on date", "leaves_on date NOT NULL", "column leaves_on is date not null, it was date"),
        ("leaves_on date", "leaves_on date, paid boolean", "column paid was added (boolean)"),
        (",\n    leaves_on date", "", "column leaves_on is gone (it was date)"),
        (" REFERENCES berth", "", "foreign key stay_berth_id_fkey is gone (it was (berth_id) → berth)"),
        ("CREATE INDEX ix_stay_berth ON stay (berth_id);", "", "index ix_stay_berth is gone"),
        ("bigint PRIMARY KEY", "bigint", "primary key is gone"),
        ("leaves_on date", "leaves_on date, UNIQUE (berth_id)", "unique stay_berth_id_key was added"),
    ],
)
def test_it_says_what_changed_with_file_and_line(
    session: Session, schema: Path, old: str, new: str, told: str
) -> None:
    schema.write_text(BERTH + STAY.replace(old, new))
    (finding,) = [
        f for f in session.evaluate(TODAY).findings if f.code == "SQ15" and str(f.target) == GRAIN_AT
    ]
    assert told in finding.message
    assert "stay (db/schema.sql:2)" in finding.message


def test_a_table_that_is_gone_reopens_all_that_names_it(session: Session, schema: Path) -> None:
    schema.write_text(BERTH)
    assert len(again(session)) == 3


def test_a_file_that_is_gone_reopens_nothing(session: Session, schema: Path) -> None:
    schema.unlink()
    assert again(session) == []
    assert [f.code for f in session.evaluate(TODAY).findings if f.code == "SQ12"]


def test_a_new_table_in_a_migration_is_told_at_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "1.sql").write_text(BERTH)
    operations = [
        Set(question="physical.engine", value="postgresql"),
        Set(question="physical.ddl_files", value=["migrations"]),
    ]
    with Session.create(default_bank(), tmp_path / "stays.toml", operations) as session:
        session.evaluate(TODAY)
        session.apply(Set(question="control.title", value="Stays"))
        (folder / "2.sql").write_text(STAY)
        assert again(session) == ["physical.ddl_files[migrations/2.sql]"]
        session.confirm(TODAY)
        assert again(session) == []


def test_an_edited_row_counts_as_looked_at_and_the_others_stay_open(session: Session, schema: Path) -> None:
    schema.write_text(BERTH + STRICT)
    session.evaluate(TODAY)
    session.apply(
        SetCell(question="physical.column_semantics", row="stay/leaves_on", column="nullable", value=False)
    )
    assert again(session) == [GRAIN_AT]


def test_an_undone_edit_is_open_again(session: Session, schema: Path) -> None:
    schema.write_text(BERTH + STRICT)
    session.evaluate(TODAY)
    session.apply(SetCell(question="logical.grain", row="stay", column="grain", value="one night"))
    assert GRAIN_AT not in again(session)
    session.undo()
    assert GRAIN_AT in again(session)


def test_an_answer_confirmed_is_open_again_when_the_table_changes_again(
    session: Session, schema: Path
) -> None:
    schema.write_text(BERTH + STRICT)
    assert session.confirm(TODAY, ("logical.grain",)) == (GRAIN_AT,)
    assert again(session) == [LEAVES_AT]
    schema.write_text(BERTH + STRICT.replace("stay_id bigint", "stay_id uuid"))
    assert again(session) == [GRAIN_AT, LEAVES_AT]


def test_once_everything_was_looked_at_only_the_tables_are_kept(session: Session, schema: Path) -> None:
    before = session.answers.values
    schema.write_text(BERTH + STRICT)
    session.confirm(TODAY, ("logical.grain",))
    assert session.answers.looked
    session.confirm(TODAY)
    assert again(session) == []
    assert not session.answers.looked
    assert "leaves_on: date not null" in session.answers.seen["stay"]
    assert session.answers.values == before


def test_a_row_that_was_written_after_the_change_is_not_in_doubt(session: Session, schema: Path) -> None:
    schema.write_text(BERTH + STRICT)
    session.evaluate(TODAY)
    session.apply(AddRow(question="physical.column_semantics", row={**LEAVES, "column": "stay_id"}))
    assert "physical.column_semantics[stay/stay_id]" not in again(session)


def test_a_draft_is_in_no_doubt_until_it_is_accepted(session: Session, schema: Path) -> None:
    session.apply(AddRow(question="logical.keys", row={"entity": "stay", "draft": True}))
    schema.write_text(BERTH + STRICT)
    assert "logical.keys[stay]" not in again(session)
    session.apply(Accept(question="logical.keys"))
    assert "logical.keys[stay]" not in again(session)


def test_a_colleague_sees_the_same_from_the_answer_file_alone(
    session: Session, schema: Path, tmp_path: Path
) -> None:
    session.save()
    copy = tmp_path / "clone"
    (copy / "db").mkdir(parents=True)
    (copy / "stays.toml").write_bytes(session.path.read_bytes())
    (copy / "db" / "schema.sql").write_text(BERTH + STRICT)
    with Session.open(default_bank(), copy / "stays.toml", write=False) as theirs:
        assert again(theirs) == [GRAIN_AT, LEAVES_AT]
    assert read_document(default_bank(), copy / "stays.toml").problems == ()


def test_reopened_questions_are_due_and_open_in_the_survey(session: Session, schema: Path) -> None:
    schema.write_text(BERTH + STRICT)
    assert not session.survey().questions["logical.grain"].again
    session.evaluate(TODAY)
    view = session.survey().questions["logical.grain"]
    assert (view.again, view.due, view.open) == (True, True, True)
    session.confirm(TODAY)
    assert not session.survey().questions["logical.grain"].open


def test_the_questions_that_rest_on_the_schema_are_those_that_rules_read_beside_it() -> None:
    load_rules()
    found = questions_beside(default_bank(), "schema")
    assert {
        "logical.grain",
        "logical.keys",
        "logical.cardinality",
        "physical.column_semantics",
        "physical.indexes",
        "workload.queries",
        "invariants.matrix",
    } <= found
    assert not {"physical.ddl", "control.title", "recovery.objectives"} & found
