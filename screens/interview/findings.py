"""The places where something is wrong, in the order of the interview, and what is waived there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.document.answers import Waiver
from app.readiness.model import Evaluation, Finding, Target
from app.session import Session
from screens.found import SAID_ALREADY


def finding_places(session: Session, evaluation: Evaluation | None) -> list[Target]:
    """Open findings, or without an evaluation the answers that do not fit; one place for each question."""
    found: dict[str, Target] = {}
    if evaluation is not None:
        for finding in evaluation.findings:
            if not finding.waived and finding.target.question in session.bank.questions:
                found.setdefault(finding.target.question, finding.target)
    for name, view in session.survey().questions.items():
        if view.misfits and view.applies:
            found.setdefault(name, Target(name, column=view.misfits[0].column))
    return [found[name] for name in session.bank.questions if name in found]


def finding_to_waive(findings: Sequence[Finding], row: str = "") -> Finding | None:
    """Which of the findings at a question a waiver is most likely meant for.

    Open ones come before waived ones, then those of the row with the cursor, then those that are listed.
    """
    return min(
        findings,
        key=lambda f: (f.waived, bool(row) and f.target.row != row, f.code in SAID_ALREADY),
        default=None,
    )


def waiver_of(waivers: Sequence[Waiver], finding: Finding, today: date) -> Waiver | None:
    """The waiver that accepts a finding on the day `today`, the narrowest one first."""
    from app.readiness.engine import waiver_targets

    valid = {
        (waiver.code, waiver.target): waiver
        for waiver in waivers
        if waiver.expires is None or waiver.expires >= today
    }
    found = (valid.get((finding.code, target)) for target in waiver_targets(finding))
    return next((waiver for waiver in found if waiver is not None), None)
