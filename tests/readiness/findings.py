"""What one rule says of a document, and pieces of documents, for tests."""

from __future__ import annotations

import json

from tests.readiness.documents import evaluate


def messages(code: str, toml: str) -> list[str]:
    """Each finding of the rule as `question[row].column: message`."""
    return [f"{f.target}: {f.message}" for f in evaluate(toml).findings if f.code == code]


def reasons(code: str, toml: str) -> list[str]:
    """Why the rule could not look."""
    return [u.reason for u in evaluate(toml).unchecked if u.code == code]


def table(header: str, **cells: str) -> str:
    """A table of TOML; a JSON string is a TOML string too."""
    return f"\n{header}\n" + "".join(
        f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in cells.items()
    )


def ddl(sql: str, engine: str = "postgresql", version: str = "17") -> str:
    return table("[physical]", engine=engine, version=version, ddl=sql)


def step(
    action: str,
    kind: str = "release",
    guard: str = "lock_timeout 2 s",
    rollback: str = "undo it",
    name: str = "1",
    owner: str = "Ilse Brandt",
) -> str:
    """A row of 11.3."""
    return table(
        "[[migration.steps]]",
        step=name,
        kind=kind,
        action=action,
        owner=owner,
        safety_guard=guard,
        rollback=rollback,
    )
