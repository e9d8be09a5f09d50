"""Which program runs: what tells one from another that would make something else of the same text."""

from __future__ import annotations

import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path


def identity(folder: Path, libraries: tuple[str, ...] = ()) -> bytes:
    """A digest of Python, the modules in `folder` and the versions of `libraries`; b"" if it cannot be told.

    Modules are told apart as Python does when it looks whether to compile one anew; libraries, which are not
    imported for that, by what their installer wrote beside them.
    """
    try:
        modules = [(file.name, file.stat()) for file in sorted(folder.glob("*.py"))]
        installed = [_installed(name) for name in libraries]
    except OSError:
        return b""
    if not modules or not all(installed):
        return b""
    seen = [(name, found.st_size, found.st_mtime_ns) for name, found in modules]
    return sha256(repr((sys.version, sys.byteorder, seen, installed)).encode()).digest()


def _installed(library: str) -> list[str]:
    """The names of the folders that an installer keeps the papers of a library in: they hold the version."""
    found = find_spec(library)
    if found is None or found.origin is None:
        return []
    return sorted(path.name for path in Path(found.origin).parent.parent.glob(f"{library}-*.dist-info"))
