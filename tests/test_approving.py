"""A document says that it is approved only when it is, whatever would make it say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.approving import may_apply, must_be_true, turn
from app.bank.load import default_bank
from app.document.operations import Resolve, Set, apply
from app.problems import OperationError
from app.review.model import Records, Verdict
from app.review.names import review_folder
from app.review.saying import verdict_words
from app.review.writing import append
from app.session import Session

BANK = default_bank()
EXAMPLE = Path(__file__).parent.parent / "examples" / "parcel-instructions.toml"
TODAY = date(2026, 11, 24)
DRAFT, APPROVED = (Set(question="control.status", value=value) for value in ("draft", "approved"))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    path = tmp_path / "parcels.toml"
    path.write_bytes(EXAMPLE.read_bytes())
    with Session.open(BANK, path) as opened:
        opened.apply(DRAFT)
        opened.apply(
            Set(
                question="control.reviewers",
                value=["backend: Ada", "database: Ada", "SRE: Ada", "security: Ada"],
            )
        )
        yield opened


def approve_all(session: Session) -> None:
    for section in BANK.section_by_id:
        words = verdict_words(BANK, session.answers, section, "approve")
        append(review_folder(session.path), "Ada", Verdict, words)


def test_it_is_refused_with_the_reasons_until_it_is_true(session: Session) -> None:
    with pytest.raises(OperationError, match="waits for Ada"):
        may_apply(session, APPROVED, TODAY)
    approve_all(session)
    may_apply(session, APPROVED, TODAY)


def test_other_answers_are_not_asked_about(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise AssertionError("the DDL was read")

    monkeypatch.setattr(session, "sources", fail)
    may_apply(session, Set(question="control.owner", value="approved"), TODAY)
    may_apply(session, DRAFT, TODAY)


def test_the_other_side_of_a_conflict_does_not_approve_either(session: Session) -> None:
    text = session.path.read_text(encoding="utf-8")
    session.save()
    session.apply(Set(question="control.status", value="in_review"))
    text = session.path.read_text(encoding="utf-8")
    session.path.write_text(text.replace('status = "draft"', 'status = "approved"'), encoding="utf-8")
    session.check_outside()
    assert session.answers.conflicts
    with pytest.raises(OperationError, match="it is not approved"):
        may_apply(session, Resolve(question="control.status", take="theirs"), TODAY)
    may_apply(session, Resolve(question="control.status", take="ours"), TODAY)


def test_an_undo_that_would_approve_what_is_not_approved_any_more_changes_nothing(session: Session) -> None:
    session.apply(APPROVED)
    session.apply(DRAFT)
    before = session.answers
    with pytest.raises(OperationError, match="it is not approved"):
        turn(session, "undo", TODAY)
    assert session.answers.values == before.values
    approve_all(session)
    turn(session, "undo", TODAY)
    assert session.answers.values["control.status"] == "approved"
    turn(session, "redo", TODAY)
    assert session.answers.values["control.status"] == "draft"


def test_records_may_come_from_elsewhere_than_the_folder(session: Session) -> None:
    approve_all(session)
    after = apply(BANK, session.answers, APPROVED)
    must_be_true(session, session.answers, after, TODAY)
    with pytest.raises(OperationError):
        must_be_true(session, session.answers, after, TODAY, Records())
