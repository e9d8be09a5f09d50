"""DDL in files beside the answers: one schema, findings at the file, and nothing passed over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems import Problem
from app.readiness.ddl_files import joined
from app.readiness.model import Evaluation, Severity, Target
from app.schema.files import DdlFile, DdlText
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES
from app.session import Session
from tests.readiness.documents import TODAY, answers_of, engine

CHILD = """CREATE TABLE loan (
    loan_id bigint PRIMARY KEY,
    copy_id bigint NOT NULL,
    CONSTRAINT fk_loan_copy FOREIGN KEY (copy_id) REFERENCES copy (copy_id)
);
"""
PARENT = "CREATE TABLE copy (copy_id bigint PRIMARY KEY);\n"
KEYLESS = "CREATE TABLE copy (copy_id bigint NOT NULL);\n"


def source(text: str, path: str = "a.sql") -> DdlText:
    return DdlText(text, (DdlFile(path, 0, 1),))


def evaluated(toml: str, sources: Mapping[str, DdlText]) -> Evaluation:
    return engine().evaluate(answers_of(f'[physical]\nengine = "postgresql"\n{toml}'), TODAY, sources)


def told(evaluation: Evaluation, code: str) -> list[str]:
    return [f"{f.target}: {f.message}" for f in evaluation.findings if f.code == code]


def test_a_finding_in_a_file_names_the_file_and_its_line() -> None:
    text = DdlText("SELECT 1;\n" + CHILD + KEYLESS, (DdlFile("m/1.sql", 0, 1), DdlFile("m/2.sql", 10, 2)))
    found = evaluated("ddl = 'SELECT 0;'\nddl_files = ['m']", {"m": text})
    (finding,) = told(found, "SQ01")
    assert finding.startswith("physical.ddl_files[m/2.sql]: line 4: ")


def test_a_finding_about_something_that_the_ddl_contradicts_has_no_line_in_that() -> None:
    """The line is one of the DDL; the finding is at a row of the index plan."""
    plan = '[[physical.indexes]]\nindex = "ix_loan (loaned_at)"\npurpose = "loans of a day"\n'
    ddl = f"ddl = '''\n{CHILD}CREATE INDEX ix_loan ON loan (copy_id);\n'''\n"
    (finding,) = [f for f in evaluated(f"{ddl}{plan}", {}).findings if f.code == "XS06"]
    assert finding.target.question == "physical.indexes"
    assert (finding.target.line, finding.target.offset) == (0, 0)


def test_typed_ddl_comes_first_and_keeps_its_lines() -> None:
    found = evaluated(f"ddl = '''\n{CHILD}'''\nddl_files = ['a.sql']", {"a.sql": source(KEYLESS)})
    (finding,) = [f for f in found.findings if f.code == "SQ01"]
    assert finding.target.question == DDL
    assert finding.target.line == 4
    assert not told(
        evaluated(f"ddl = '''\n{CHILD}'''\nddl_files = ['a.sql']", {"a.sql": source(PARENT)}), "SQ01"
    )


def test_a_changed_file_changes_the_evaluation() -> None:
    toml = f"ddl = '''\n{CHILD}'''\nddl_files = ['a.sql']"
    verdicts = [bool(told(evaluated(toml, {"a.sql": source(text)}), "SQ01")) for text in (KEYLESS, PARENT)]
    assert verdicts == [True, False]


def test_existing_tables_are_looked_up_and_nothing_is_asked_of_them() -> None:
    toml = f"ddl = '''\n{CHILD}'''\nexisting_ddl_files = ['a.sql']"
    assert not told(evaluated(toml, {"a.sql": source(PARENT)}), "SQ01")
    assert told(evaluated(toml, {"a.sql": source(KEYLESS)}), "SQ01")
    grain = [
        message for message in told(evaluated(toml, {"a.sql": source(PARENT)}), "CP07") if "copy" in message
    ]
    assert not grain


@pytest.mark.parametrize(
    ("question", "severity"), [("ddl_files", Severity.ERROR), ("existing_ddl_files", Severity.WARNING)]
)
def test_a_file_that_cannot_be_read_is_told_with_path_and_reason(question: str, severity: Severity) -> None:
    broken = DdlText(problems=(Problem("there is no such file or folder", where="a.sql"),))
    found = evaluated(f"{question} = ['a.sql']", {"a.sql": broken})
    (finding,) = [f for f in found.findings if f.code == "SQ12"]
    assert str(finding.target) == f"physical.{question}[a.sql]"
    assert finding.message == "a.sql: it is not checked: there is no such file or folder"
    assert finding.severity == severity


def test_a_file_that_was_read_in_spite_of_something_is_information() -> None:
    odd = DdlText(PARENT, (DdlFile("a.sql", 0, 1),), (Problem("characters were left out", where="a.sql"),))
    (finding,) = [f for f in evaluated("ddl_files = ['a.sql']", {"a.sql": odd}).findings if f.code == "SQ12"]
    assert (finding.message, finding.severity) == ("a.sql: characters were left out", Severity.INFO)


def test_a_file_that_nobody_read_is_not_checked() -> None:
    (blind,) = [u for u in evaluated("ddl_files = ['a.sql']", {}).unchecked if u.code == "SQ12"]
    assert str(blind.target) == "physical.ddl_files[a.sql]"


_TEXTS = st.text(alphabet="ab;\né", max_size=8)


@given(_TEXTS, st.lists(st.tuples(_TEXTS.filter(bool), _TEXTS.filter(bool)), max_size=3))
def test_every_line_of_the_joined_text_is_led_to_the_line_it_came_from(
    typed: str, folders: list[tuple[str, str]]
) -> None:
    sources: dict[str, DdlText] = {}
    lines = [(DDL, "", n) for n, _ in enumerate(typed.split("\n") if typed else [], 1)]
    if typed.endswith("\n"):
        lines.pop()
    for number, texts in enumerate(folders):
        files, whole = [], ""
        for name, text in zip("xy", texts, strict=True):
            text = text if text.endswith("\n") else f"{text}\n"
            files.append(DdlFile(f"{number}/{name}", len(whole), whole.count("\n") + 1))
            lines += [(DDL_FILES, f"{number}/{name}", n) for n in range(1, text.count("\n") + 1)]
            whole += text
        sources[str(number)] = DdlText(whole, tuple(files))
    ddl = joined(typed, tuple(sources), sources)
    assert len(lines) == len(ddl.text.splitlines()) or not folders
    for number, (question, path, line) in enumerate(lines, 1):
        home = ddl.at_home(Target(DDL, line=number))
        assert (home.question, home.row, home.line) == (question, path, line)


def test_the_session_reads_the_files_and_sees_them_change(tmp_path: Path) -> None:
    bank = engine().bank
    path, sql = tmp_path / "x.toml", tmp_path / "db" / "schema.sql"
    with Session.create(bank, path) as session:
        from app.document.operations import Set

        session.apply(Set(question=DDL, value=CHILD))
        session.apply(Set(question="physical.engine", value="postgresql"))
        session.apply(Set(question=EXISTING_FILES, value=["db/schema.sql"]))
        heard: list[object] = []
        session.subscribe(lambda _session, operation: heard.append(operation))
        assert told(session.evaluate(TODAY), "SQ12")
        sql.parent.mkdir()
        sql.write_text(KEYLESS, encoding="utf-8")
        assert session.check_outside()
        assert heard == [None]
        before = session.evaluate(TODAY)
        assert told(before, "SQ01")
        assert session.evaluate(TODAY) is before
        assert not session.check_outside()
        sql.write_text(PARENT, encoding="utf-8")
        assert not told(session.evaluate(TODAY), "SQ01")
