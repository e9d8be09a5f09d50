"""Commands about answers that files of DDL reopened: which they are, and that they are still right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.cli.output import say
from app.document.text import one_line, plural
from app.interview.navigation import select
from app.readiness.model import Finding
from app.session import Session

RULE = "SQ15"
_WIDTH = 300


def list_again(session: Session) -> int:
    """Say what is to be looked at again and why: 1 when there is something."""
    found = _findings(session)
    if not found:
        say(f"{session.path}: no answer is older than the DDL in its files")
        return 0
    for finding in found:
        say(one_line(f"{finding.target}: {finding.message}", _WIDTH))
    say(f"correct them, or say that they are right: dbcharter confirm {session.path} --all, or QUESTION")
    return 1


def confirm_answers(session: Session, what: Sequence[str]) -> int:
    """Say that the answers which `what` names, or all, are still right; 1 when some are left."""
    chosen = select(session.bank, session.survey(), what) if what else None
    addresses = session.confirm(date.today(), chosen)
    session.save()
    left = len(_findings(session))
    say(f"{session.path}: {plural(len(addresses), 'answer')} confirmed, {left} left")
    return 1 if left else 0


def _findings(session: Session) -> list[Finding]:
    return [finding for finding in session.evaluate(date.today()).findings if finding.code == RULE]
