"""Host or join a document in the full-screen application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.bank.model import Bank
from app.cli.full_screen import run
from app.document.machine import person as login
from app.document.store import must_be_new
from app.pairing.codes import read_code

if TYPE_CHECKING:
    from app.cli.pair_host import HostOptions
    from app.session import Session


def host_screens(session: Session, who: str, options: HostOptions) -> int:
    """Host until the author leaves. Raises DocumentError."""
    from app.cli.pair_host import host_of
    from screens.pairing.host_app import HostApp

    return run(HostApp(host_of(session, who, options)))


def join_screens(bank: Bank, code: str, who: str, role: str, keep: Path | None) -> int:
    """Take part until the guest leaves. Raises DocumentError for what is no join code."""
    from screens.pairing.guest_app import GuestApp

    if keep is not None:
        must_be_new(keep)
    text = code or input("Join code: ")
    return run(GuestApp(bank, read_code(text), who or login(), role, keep))
