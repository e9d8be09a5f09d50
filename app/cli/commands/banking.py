"""Commands about question banks."""

from __future__ import annotations

from app.cli.opening import BankFolder, Json
from app.cli.registry import bank_app


@bank_app.command
def check(*, json: Json = False, bank: BankFolder = None) -> int:
    """Prove a question bank: references, conditions, reachability, coverage; print its interviews."""
    from app.cli.bank import check_bank

    return check_bank(bank, json)
