"""A document with words of reviewers, and the application over it with somebody at the seat."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bank.model import Bank
from screens.application import DbcharterApp
from screens.review.sitting import Seat
from tests.screens.sample import TODAY, write_reviewed

MakeSeated = Callable[[Seat | None], DbcharterApp]


@pytest.fixture
def reviewed(bank: Bank, tmp_path: Path) -> Path:
    """Seats held while buyers pay: Ken and Lea have said something, Ana has changed an answer since."""
    return write_reviewed(bank, tmp_path)


@pytest.fixture
def seated(bank: Bank, reviewed: Path) -> MakeSeated:
    """The application over it, with the author or somebody else at the seat."""
    return lambda seat: DbcharterApp(bank, reviewed, today=lambda: TODAY, seat=seat)
