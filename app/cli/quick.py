"""The few command lines that are typed or run most, understood without the command line library.

That library takes longer to import than a small document to check. What is not plainly one of the forms
below, help, mistakes and every other command among them, is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.bank.load import default_bank

FLAGS = frozenset({"--skip-others", "--require-approvals"})
"""Options of `check` that take no value."""
CHOICES = {
    "--format": frozenset({"text", "json", "sarif", "github", "junit"}),
    "--fail-on": frozenset({"error", "warning", "never"}),
}
"""Options of `check` that take one of some words."""
TEXTS = frozenset({"--today"})
"""Options of `check` that take any text."""


def command(words: Sequence[str]) -> Callable[[], int] | None:
    """The command that the words after `dbcharter` plainly are; None when the library has to look."""
    if not words:
        return lambda: _start(None)
    if words[0] == "check":
        return _check(words[1:])
    if len(words) == 1 and words[0].endswith(".toml") and not words[0].startswith("-"):
        return lambda: _start(Path(words[0]))
    return None


def _start(file: Path | None) -> int:
    from app.cli.full_screen import offers_plain, open_screens

    if offers_plain():
        from app.cli.talk import talk

        return talk(default_bank(), file)
    return open_screens(default_bank(), file)


def _check(words: Sequence[str]) -> Callable[[], int] | None:
    said = check_options(words)
    if said is None:
        return None
    files, options = said

    def run() -> int:
        from app.cli.check import Options, check_files, day

        today = day(str(options.pop("today", "")))
        return check_files(default_bank(), files, Options(**options), today)

    return run


def check_options(words: Sequence[str]) -> tuple[list[Path], dict[str, Any]] | None:
    """The files of a plain `check`, and its options by the names of their fields; None for another one."""
    files: list[Path] = []
    options: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        field = name[2:].replace("-", "_")
        if not word.startswith("-") and word:
            files.append(Path(word))
        elif field in options or not word:
            return None
        elif word in FLAGS:
            options[field] = True
        elif name in CHOICES or name in TEXTS:
            options[field] = value if equals else next(rest, "")
            if options[field].startswith("-") or options[field] not in CHOICES.get(name, options[field]):
                return None
        else:
            return None
    return (files, options) if files and "" not in options.values() else None
