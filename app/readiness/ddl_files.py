"""The DDL of a document where it lives: typed in an answer, in files that answers name, or both.

Rules read one text, the typed DDL followed by the files. What they say about a line of a file is led
back to that file afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.document.answers import Value
from app.readiness.model import Finding, Found, NotChecked, Severity, Target, Unchecked
from app.schema.files import DdlText
from app.schema.places import Places, has_lines, rank_of
from app.schema.sources import DDL, DDL_FILES, EXISTING_FILES, OF_FILES, Sources, paths_in

_Said = TypeVar("_Said", Finding, Unchecked)


class _Piece(Struct, frozen=True):
    """A file or folder in the joined text: the line, from 1, and the offset at which it begins."""

    line: int
    start: int
    source: DdlText


class Ddl(Struct, frozen=True):
    """The joined text, and where each file in it begins."""

    text: str = ""
    pieces: tuple[_Piece, ...] = ()

    def at_home(self, target: Target) -> Target:
        """The place in a file that a place in the joined text is; other places as they are."""
        inside = target.question == DDL and bool(target.line)
        piece = next((p for p in reversed(self.pieces) if p.line <= target.line), None) if inside else None
        if piece is None:
            return target
        path, line = piece.source.place(target.line - piece.line + 1)
        start = next((file.start for file in piece.source.files if file.path == path), 0)
        return Target(DDL_FILES, path, "", line, max(target.offset - piece.start - start, 0))

    def place(self, line: int) -> tuple[str, int]:
        """In which file, "" for what is typed, and in which line of it a line of the joined text is."""
        home = self.at_home(Target(DDL, line=line))
        return home.row, home.line


def joined(typed: Value | None, files: Value | None, sources: Sources) -> Ddl:
    """The typed DDL, and behind it the text of every file that could be read."""
    text = typed if isinstance(typed, str) else ""
    if not paths_in(files):
        return Ddl(text)
    parts = [text if not text or text.endswith("\n") else f"{text}\n"]
    line, start = parts[0].count("\n") + 1, len(parts[0])
    pieces: list[_Piece] = []
    for source in (sources[path] for path in paths_in(files) if path in sources):
        if not source.text:
            continue
        pieces.append(_Piece(line, start, source))
        parts.append(source.text)
        line, start = line + source.text.count("\n"), start + len(source.text)
    return Ddl("".join(parts), tuple(pieces)) if pieces else Ddl(text)


def unreadable(values: Mapping[str, Value], sources: Sources) -> Iterator[Found | NotChecked]:
    """What could not be read of the files that the answers name, with the path and the reason."""
    for question in OF_FILES:
        for path in paths_in(values.get(question)):
            if path not in sources:
                yield NotChecked("the file was not looked at", Target(question, path))
                continue
            read = {file.path for file in sources[path].files}
            for problem in sources[path].problems:
                name = problem.where or path
                line = f" (line {problem.line})" if problem.line else ""
                said = (
                    f"{problem.message}{line}"
                    if name in read
                    else f"it is not checked: {problem.message}{line}"
                )
                yield Found(
                    Target(question, path), f"{name}: {said}", problem.hint, _severity(question, name in read)
                )


def _severity(question: str, was_read: bool) -> Severity | None:
    """As SQ12 has it, an error, only where the DDL itself is missing."""
    if was_read:
        return Severity.INFO
    return None if question == DDL_FILES else Severity.WARNING


def has_place(said: Finding | Unchecked) -> bool:
    """Whether it is about a line of the DDL, or tells of one."""
    words = said.message if isinstance(said, Finding) else said.reason
    target = said.target
    if has_lines(words) or target is None or not target.line:
        return has_lines(words)
    return target.question == DDL or rank_of(target.line) != 0


class Home(Struct, frozen=True):
    """Where the DDL of a document is written: typed, in files, and in files that show what exists.

    `places` knows where the statements of the joined texts stand.
    """

    ddl: Ddl
    existing: Ddl
    places: Places

    def at_home(self, target: Target) -> Target:
        """The place in a file, or in what is typed, that a place in the DDL is; other places as they are."""
        if not target.line:
            return target
        if target.question != DDL:  # the line is one of the DDL that something else is compared with
            return replace(target, line=0, offset=0) if rank_of(target.line) else target
        places = self.places
        here = replace(target, line=places.line(target.line), offset=places.offset(target.offset))
        if places.in_context(target.line):
            found = self.existing.at_home(replace(here, question=DDL))
            return replace(found, question=EXISTING_FILES) if found.question == DDL_FILES else target
        found = self.ddl.at_home(here)
        return target if found == target else found

    def led(self, said: Iterable[_Said]) -> list[_Said]:
        """What was said, where it is about; the line of a file is told, as it is none of the answer file."""
        return [self._led(one) for one in said]

    def _led(self, one: _Said) -> _Said:
        target = self.at_home(one.target) if one.target else None
        words = one.message if isinstance(one, Finding) else one.reason
        told = self.places.told(words, lambda line: self._line(line, target)) if has_lines(words) else words
        if target is not None and target.question in OF_FILES and target is not one.target:
            told = f"line {target.line}: {told}"
        if told is words and target is one.target:
            return one
        if isinstance(one, Finding):
            return replace(one, target=target or one.target, message=told)
        return replace(one, target=target, reason=told)

    def _line(self, position: int, target: Target | None) -> str:
        """A line as the author has it: the file is named unless what is said stands in it."""
        home = self.at_home(Target(DDL, line=position))
        if not home.row or (target is not None and target.row == home.row):
            return str(home.line)
        return f"{home.line} of {home.row}"
