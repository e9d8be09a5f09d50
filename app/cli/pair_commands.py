"""The words of `dbcharter pair`: parsed here, done in `app.cli.pair_host` and `app.cli.pair_guest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from app.cli.opening import BankFolder, bank_in, open_to_write

pair_app = App(name="pair", help="Work on one document at the same time, over the network.")

As = Annotated[str, Parameter(name="--as", help="Who you are; as in the setup, or your login, otherwise.")]
Role = Annotated[str, Parameter(name="--role", help="The role you speak for, such as database or security.")]
Plain = Annotated[bool, Parameter(negative="", help="Line by line, also in a terminal that can do more.")]


@pair_app.command
def host(
    file: Path,
    *,
    bind: str = "127.0.0.1",
    port: int = 0,
    name: str = "",
    cert: Path | None = None,
    key: Path | None = None,
    as_: As = "",
    plain: Plain = False,
    bank: BankFolder = None,
) -> int:
    """Let others take part in your document. It shows the code with which they join; you admit each one.

    Parameters
    ----------
    file
        The answer file.
    bind
        The address to listen at. Other than your own machine, the connection is encrypted.
    port
        The port to listen at; one that is free otherwise.
    name
        The name or address under which guests reach this machine.
    cert
        A certificate in PEM; one is made for the session otherwise.
    key
        Its key in PEM.
    """
    from app.cli.full_screen import offers_plain
    from app.cli.pair_host import HostOptions, host_lines
    from app.problems import DocumentError

    if (cert is None) != (key is None):
        raise DocumentError(
            "a certificate needs its key, and a key its certificate", "--cert FILE --key FILE"
        )
    certificate = None if cert is None or key is None else (cert, key)
    options = HostOptions(bind, port, name, certificate)
    with open_to_write(file, bank, as_) as session:
        if plain or offers_plain():
            return host_lines(session, as_, options)
        from app.cli.pair_screens import host_screens

        return host_screens(session, as_, options)


@pair_app.command
def join(
    code: str = "",
    *,
    as_: As = "",
    role: Role = "",
    keep: Path | None = None,
    plain: Plain = False,
    bank: BankFolder = None,
) -> int:
    """Take part in somebody's document. Nothing of it is kept here unless you ask for a copy.

    Parameters
    ----------
    code
        What the host shows; asked for otherwise, so that it stays out of the list of processes.
    keep
        Write a copy of the document there at the end.
    """
    from app.cli.full_screen import offers_plain

    if plain or offers_plain():
        from app.cli.pair_guest import join_lines

        return join_lines(bank_in(bank), code, as_, role, keep)
    from app.cli.pair_screens import join_screens

    return join_screens(bank_in(bank), code, as_, role, keep)
