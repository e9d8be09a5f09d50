"""The files that the DDL of a document lives in, read again only when they changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from app.document.answers import Answers
from app.schema.files import DdlText, read_ddl, stamp_of

DDL = "physical.ddl"
DDL_FILES = "physical.ddl_files"
"""The question that says which files hold DDL beside what is typed."""
EXISTING_FILES = "physical.existing_ddl_files"
"""The question that says which files show what is there already."""
OF_FILES = (DDL_FILES, EXISTING_FILES)
"""The questions that are answered with paths."""

Sources = Mapping[str, DdlText]
"""What was found at each path, as the answers write it."""
NO_SOURCES: Sources = MappingProxyType({})


def references(answers: Answers) -> tuple[str, ...]:
    """The paths that the answers name, each once."""
    said = (path for name in OF_FILES for path in paths_in(answers.values.get(name)))
    return tuple(dict.fromkeys(said))


def paths_in(value: object) -> tuple[str, ...]:
    """The paths of one answer, as written."""
    return tuple(p for p in value if isinstance(p, str) and p.strip()) if isinstance(value, tuple) else ()


class SourceFiles:
    """Reads what documents in one folder refer to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[object, DdlText]] = {}
        self._last: Sources = NO_SOURCES

    def read(self, wanted: Iterable[str]) -> Sources:
        """The text behind each path; the same object as last time while nothing changed."""
        found: dict[str, DdlText] = {}
        for path in wanted:
            stamp = stamp_of(path, self._folder)
            known = self._read.get(path)
            if known is None or known[0] != stamp:
                known = self._read[path] = stamp, read_ddl(path, self._folder)
            found[path] = known[1]
        if found.keys() != self._last.keys() or any(found[path] is not self._last[path] for path in found):
            self._last = MappingProxyType(found)
        return self._last

    def have_changed(self) -> bool:
        """Whether a file is not as it was when it was read last; the next `read` reads it again."""
        return any(stamp_of(path, self._folder) != self._read[path][0] for path in self._last)
