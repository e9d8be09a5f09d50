"""A bank that was loaded and found whole, remembered beside its files so that the next start need not again.

It stands where Python keeps the compiled form of a source file, and is trusted as far: whoever can write
there can change the program. It is used only for the very same files, program and Python. What is not
there, or damaged, or for something else, is as if it had never been.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import MISSING, fields
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

from app.bank import model
from app.bank.model import Bank, Data

_KIND = ""
"""The key under which the name of a part's class stands."""
_CLASSES = {
    name: thing
    for name, thing in vars(model).items()
    if isinstance(thing, type) and issubclass(thing, Data) and thing is not Data
}


def key_of(sources: Mapping[str, str]) -> str:
    """What a bank that was made of these texts, by file name, is remembered under; "" if it cannot be."""
    digest = sha256(repr((sys.version, sys.byteorder)).encode())
    try:
        modules = [(file.name, file.stat()) for file in sorted(Path(__file__).parent.glob("*.py"))]
    except OSError:
        modules = []
    if not modules:  # which program this is cannot be told
        return ""
    for name, seen in modules:
        digest.update(f"{name} {seen.st_size} {seen.st_mtime_ns}\n".encode())
    for name, text in sources.items():
        data = text.encode()
        digest.update(f"{name!r} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def recall(folder: Path, key: str) -> Bank | None:
    """The bank of `folder` that is remembered under `key`; None when there is none that can be read."""
    try:
        kept, text = _file(folder).read_text(encoding="utf-8").split("\n", 1)
        if not key or kept != key:
            return None
        file, sections = json.loads(text, object_hook=_part)
        return Bank(file, tuple(sections))
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, NotImplementedError):
        return None


def remember(folder: Path, key: str, bank: Bank) -> None:
    """Remember a bank that is whole; does nothing where nothing can be written, or should."""
    if not key or sys.dont_write_bytecode:
        return
    text = json.dumps([_plain(bank.file), _plain(bank.sections)], ensure_ascii=False, separators=(",", ":"))
    with contextlib.suppress(OSError, NotImplementedError):
        target = _file(folder)
        target.parent.mkdir(exist_ok=True)
        temporary = target.with_name(f"{target.name}.{os.getpid()}")
        try:
            temporary.write_text(f"{key}\n{text}", encoding="utf-8")
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _file(folder: Path) -> Path:
    return Path(cache_from_source(str(folder.parent / f"{folder.name}.toml"))).with_suffix(".json")


def _plain(thing: object) -> object:
    """A part as an object with the name of its class; what a field has anyway is left out."""
    if isinstance(thing, Data):
        said = {f.name: getattr(thing, f.name) for f in fields(thing)}
        left_out = {f.name for f in fields(thing) if f.default is not MISSING and f.default == said[f.name]}
        kept = {name: _plain(value) for name, value in said.items() if name not in left_out}
        return {_KIND: type(thing).__name__, **kept}
    if isinstance(thing, tuple):
        return [_plain(one) for one in thing]
    return thing


def _part(read: dict[str, object]) -> Data:
    """The reverse of `_plain`, for an object in which everything inside has been reversed."""
    kind = _CLASSES[str(read.pop(_KIND))]
    return kind(**{name: tuple(v) if type(v) is list else v for name, v in read.items()})
