"""Problems and errors that a person can act on: where it is, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct


class Problem(Struct, frozen=True):
    """One thing that is wrong at one place.

    `file` and `line` (from 1) say where in a file, `where` names the question, key or rule,
    `message` says what is wrong and `hint` what to do about it.
    """

    message: str
    where: str = ""
    file: str = ""
    line: int = 0
    hint: str = ""

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.file and self.line else "")
        head = ": ".join(part for part in (place, self.where, self.message) if part)
        return f"{head}; {self.hint}" if self.hint else head


class DbcharterError(Exception):
    """Something that stops a command; its message is meant for the person who ran it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class BankError(DbcharterError):
    """A question bank that cannot be used; `problems` holds each reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DocumentError(DbcharterError):
    """An answer file that cannot be read or written."""


class OperationError(DbcharterError):
    """A change of the answers that does not fit the question bank or the answers."""


class TemplateError(DbcharterError):
    """An output template that is refused or fails."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the known name nearest to `name`, or "" when none is near."""
    import difflib  # only where something is wrong

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""
