"""Answer documents for tests, from TOML without its heading."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

from app.bank.load import default_bank
from app.document.answers import Answers
from app.document.codec import decode
from app.readiness.engine import Engine
from app.readiness.model import Evaluation, ItemVerdict
from app.schema.files import DdlFile, DdlText

TODAY = date(2026, 11, 24)


def answers_of(toml: str) -> Answers:
    """The answers that `toml` says; fails on anything that is not an answer of the bank."""
    bank = default_bank()
    heading = f'format = 1\n[bank]\nid = "{bank.id}"\nversion = "{bank.version}"\n'
    document = decode(bank, heading + toml, "case.toml")
    assert not document.problems, document.problems
    return document.answers


@cache
def engine() -> Engine:
    return Engine(default_bank(), strict=True)


def evaluate(toml: str, files: Iterable[tuple[str, str]] = ()) -> Evaluation:
    """The evaluation of a document; `files` are those of DDL that it names, with their text."""
    sources = {path: DdlText(text, (DdlFile(path, 0, 1),)) for path, text in files}
    return engine().evaluate(answers_of(toml), TODAY, sources)


def with_ddl(ddl: str, more: str = "", engine_name: str = "postgresql") -> Evaluation:
    """The evaluation of a document with this DDL; `more` is TOML that follows section 7.1."""
    return evaluate(f"[physical]\nengine = \"{engine_name}\"\nddl = '''\n{ddl}'''\n{more}")


def item(evaluation: Evaluation, item_id: str) -> ItemVerdict:
    """The verdict on a checklist item, smell, cross-check or failure path."""
    everything = (
        *evaluation.checklist,
        *evaluation.smells,
        *evaluation.cross_checks,
        *evaluation.failure_paths,
    )
    return next(verdict for verdict in everything if verdict.id == item_id)


def messages(evaluation: Evaluation, code: str) -> list[str]:
    """The messages of a rule's findings."""
    return [finding.message for finding in evaluation.findings if finding.code == code]


def reasons(evaluation: Evaluation, code: str) -> list[str]:
    """Why a rule could not look."""
    return [unchecked.reason for unchecked in evaluation.unchecked if unchecked.code == code]
