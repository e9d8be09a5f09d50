"""Documents and applications for tests of the screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.bank.load import default_bank
from app.bank.model import Bank
from app.document.operations import Operation, Set, SetProfile
from app.document.who import remember_name
from app.session import Session
from screens.application import DbcharterApp

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="session")
def bank() -> Bank:
    return default_bank()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """State and configuration of nobody but Ana Costa; returns the configuration folder."""
    monkeypatch.setenv("DBCHARTER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("DBCHARTER_USER", raising=False)
    remember_name("Ana Costa")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path / "config" / "dbcharter"


@pytest.fixture
def path(bank: Bank, tmp_path: Path) -> Path:
    """A new document: a table added at high risk."""
    file = tmp_path / "holds.toml"
    operations: list[Operation] = [
        SetProfile(change_types=("add_table",), risk="high", traits=("existing_data",)),
        Set(question="control.title", value="Seat holds"),
        Set(question="control.status", value="draft"),
    ]
    with Session.create(bank, file, operations):
        pass
    return file


@pytest.fixture
def make_app(bank: Bank) -> Callable[[Path | None], DbcharterApp]:
    return lambda file: DbcharterApp(bank, file, today=lambda: TODAY)


@pytest.fixture
def app(make_app: Callable[[Path | None], DbcharterApp], path: Path) -> DbcharterApp:
    """The application with the new document."""
    return make_app(path)


@pytest.fixture
def good_path(tmp_path: Path) -> Path:
    """A copy of a complete document."""
    file = tmp_path / "meter-readings.toml"
    file.write_bytes((Path(__file__).parents[2] / "examples/meter-readings.toml").read_bytes())
    return file
