"""Host or join a document in the full-screen application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.bank.model import Bank
from app.cli.full_screen import run
from app.document.machine import person as login
from app.document.store import must_be_new
from app.pairing.codes import read_code
from app.pairing.host import Host
from app.review.desk import FolderDesk

if TYPE_CHECKING:
    from app.cli.pair_host import HostOptions
    from app.session import Session


def host_screens(session: Session, who: str, options: HostOptions) -> int:
    """Host until the author leaves. Raises DocumentError."""
    from screens.pairing.host_app import HostApp

    host = Host(
        session,
        FolderDesk(session.path, who or login()),
        bind=options.bind,
        port=options.port,
        name=options.name,
        certificate=options.certificate,
    )
    return run(HostApp(host))


def join_screens(bank: Bank, code: str, who: str, role: str, keep: Path | None) -> int:
    """Take part until the guest leaves. Raises DocumentError for what is no join code."""
    from screens.pairing.guest_app import GuestApp

    if keep is not None:
        must_be_new(keep)
    text = code or input("Join code: ")
    parsed = read_code(text.removeprefix("dbcharter pair join").strip().strip("'\""))
    return run(GuestApp(bank, parsed, who or login(), role, keep))
