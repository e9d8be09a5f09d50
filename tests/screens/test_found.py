"""Findings begin alike wherever they are shown."""

from __future__ import annotations

import pytest

from app.bank.model import Bank
from app.readiness.model import Finding, Severity, Target
from screens.found import finding_lines

COLOURS = {"error": "red", "warning": "yellow"}


@pytest.mark.parametrize(
    ("severity", "waived", "begins", "style"),
    [
        (Severity.ERROR, False, "⚠ CP03 error 1.2: ", "red"),
        (Severity.INFO, False, "⚠ CP03 info 1.2: ", "yellow"),
        (Severity.ERROR, True, "– waived CP03 1.2: ", "dim"),
    ],
)
def test_a_finding_says_how_much_it_matters_or_that_it_is_waived(
    bank: Bank, severity: Severity, waived: bool, begins: str, style: str
) -> None:
    finding = Finding("CP03", "x", severity, Target("problem.goals"), "a message", "mend it", waived)
    line, fix = finding_lines(bank, finding, COLOURS, " 1.2")
    assert (line.plain, line.style) == (f"{begins}a message", style)
    assert fix.plain == "  mend it"
