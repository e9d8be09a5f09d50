"""A bank that was loaded and found whole, remembered beside its files so that the next start need not again.

It stands where Python keeps the compiled form of a source file, and is trusted as far: whoever can write
there can change the program. It is used only for the very same files, program and Python. What is not
there, or damaged, or for something else, is as if it had never been.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

from msgspec import DecodeError, json

from app.bank.model import Bank, BankFile, Section
from app.program import identity


def key_of(sources: Mapping[str, str]) -> str:
    """What a bank that was made of these texts, by file name, is remembered under; "" if it cannot be."""
    program = identity(Path(__file__).parent)
    if not program:
        return ""
    digest = sha256(program)
    for name, text in sources.items():
        data = text.encode()
        digest.update(f"{name!r} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def recall(folder: Path, key: str) -> Bank | None:
    """The bank of `folder` that is remembered under `key`; None when there is none that can be read."""
    try:
        kept, data = _file(folder).read_bytes().split(b"\n", 1)
        if not key or kept != key.encode():
            return None
        return Bank(*json.decode(data, type=tuple[BankFile, tuple[Section, ...]]))
    except (OSError, ValueError, DecodeError, RecursionError, NotImplementedError):
        return None


def remember(folder: Path, key: str, bank: Bank) -> None:
    """Remember a bank that is whole; does nothing where nothing can be written, or should."""
    if not key or sys.dont_write_bytecode:
        return
    data = json.encode((bank.file, bank.sections))
    with contextlib.suppress(OSError, NotImplementedError):
        target = _file(folder)
        target.parent.mkdir(exist_ok=True)
        temporary = target.with_name(f"{target.name}.{os.getpid()}")
        try:
            temporary.write_bytes(key.encode() + b"\n" + data)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return Path(cache_from_source(str(folder.parent / f"{folder.name}.toml"))).with_suffix(".json")
