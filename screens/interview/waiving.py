"""Accepting a finding of the present question on purpose: which one, and then why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from app.document.operations import Operation
from app.readiness.model import Finding
from screens.interview.findings import findings_to_waive, waiver_of

if TYPE_CHECKING:
    from screens.interview.screen import InterviewScreen


async def waive(screen: InterviewScreen) -> None:
    """Waive the finding under the cursor in the pane, or one of this question, which is asked for."""
    chosen = screen.pane.chosen_finding
    await screen.settle()
    session, application = screen.session, screen.dbcharter
    evaluation = await asyncio.to_thread(session.evaluation_job(application.today()))
    here = screen.form.here
    found = [chosen] if chosen else findings_to_waive(session, evaluation.findings_at(here.question), here)
    if not screen.is_active:
        return
    if not found:
        application.tell("Nothing was found at this question")
    elif len(found) == 1:
        _ask(screen, found[0])
    else:
        from screens.dialogs.which_finding import WhichFindingDialog

        application.push_screen(
            WhichFindingDialog(session, found), lambda one: _ask(screen, one) if one else None
        )


def _ask(screen: InterviewScreen, finding: Finding) -> None:
    from screens.dialogs.waive import WaiveDialog

    def keep(operation: Operation | None) -> None:
        if operation is not None:
            application.apply(operation)

    session, application = screen.session, screen.dbcharter
    waiver = waiver_of(session.answers.waivers, finding, application.today())
    author = application.sitting.author.person if application.sitting is not None else ""
    application.push_screen(WaiveDialog(session, finding, waiver, application.today(), author), keep)
