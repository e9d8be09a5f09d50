"""What the screens remember about a person: the theme and the pane. Losing it does no harm."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from app.document.files import DISK
from app.document.places import state_root, write_state

_MAX_BYTES = 10_000


class Settings(Struct, frozen=True):
    """The name of the theme, and what the right pane shows."""

    theme: str = "dbcharter-dark"
    pane: str = "checklist"


def read_settings() -> Settings:
    """What is remembered; the defaults when it is not there or cannot be read."""
    try:
        said = json.loads(DISK.read_bytes(_file(), _MAX_BYTES))
        known = {name: str(said[name]) for name in asdict(Settings()) if name in said}
    except (OSError, ValueError, TypeError, RecursionError):
        return Settings()
    return Settings(**known)


def write_settings(settings: Settings) -> None:
    """Remember `settings`; that they cannot be written is no error."""
    write_state(_file(), json.dumps(asdict(settings), indent=1).encode())


def _file() -> Path:
    return state_root() / "screens.json"
