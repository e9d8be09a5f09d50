"""The places where something is wrong, in the order of the interview."""

from __future__ import annotations

from app.readiness.model import Evaluation, Target
from app.session import Session


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
