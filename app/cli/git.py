"""Merging answer files inside git: the merge driver, and setting a repository up for it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import tomli

from app.bank.model import Bank
from app.cli.output import say
from app.document.answers import Conflict
from app.document.codec import decode
from app.document.merge_files import merge_documents
from app.document.store import STATE_FOLDER, read_text, write_text
from app.document.text import plural
from app.problems import DbcharterError, DocumentError

ATTRIBUTES = "text eol=lf merge=dbcharter"
UNREADABLE = 2
"""The exit code for sides that could not be merged as answers; git shows a conflict for any but 0."""
_MAX_SUBJECTS = 10_000


def merge_driver(load: Callable[[], Bank], base: Path, ours: Path, theirs: Path, name: str) -> int:
    """Merge three versions of an answer file into `ours`; git calls this with %A as `ours`.

    0 without conflicts, 1 when the file holds new ones. What cannot be merged as answers is merged as
    text, as git does by itself, because git takes `ours` as it is for the result of a failed driver:
    0 when that leaves a good answer file, otherwise UNREADABLE.
    """
    try:
        bank = load()
        sides = [decode(bank, read_text(path), name) for path in (base, ours, theirs)]
        merged, conflicts = merge_documents(bank, *sides)
        write_text(ours, merged.text)
    except Exception as error:  # whatever goes wrong, a side must not be lost without a word
        reason = str(error) if isinstance(error, DbcharterError) else repr(error)
        say(f"dbcharter: {name}: merged as text: {reason}", error=True)
        return _merge_as_text(load, base, ours, theirs, name)
    _tell(name, conflicts)
    return 1 if conflicts else 0


def _tell(name: str, conflicts: Sequence[Conflict]) -> None:
    for conflict in conflicts:
        say(f"dbcharter: {name}: {conflict.address}: was changed on both sides", error=True)
    if conflicts:
        say(f"dbcharter: choose with: dbcharter resolve {shlex.quote(name)}", error=True)


def _merge_as_text(load: Callable[[], Bank], base: Path, ours: Path, theirs: Path, name: str) -> int:
    labels = [part for label in ("ours", "base", "theirs") for part in ("-L", label)]
    result = _git(Path(), "merge-file", *labels, "--", str(ours), str(base), str(theirs))
    if result.returncode == 0:
        try:
            decode(load(), read_text(ours), name)
        except DbcharterError as error:
            say(f"dbcharter: {error}", error=True)
        else:
            return 0
    elif result.returncode > 127:
        say(f"dbcharter: {name}: holds our side only: {result.stderr.strip()}", error=True)
    return UNREADABLE


def git_setup(folder: Path, patterns: Sequence[str], bank: Path | None) -> int:
    """Have git merge answer files with dbcharter in the repository of `folder`; may be run again.

    Raises DocumentError outside a repository.
    """
    top = _top(folder)
    files = [] if patterns else _answer_files(top)
    wanted = list(patterns) or [_pattern(file) for file in files]
    _set_config(top, "merge.dbcharter.driver", _driver_command(bank))
    _set_config(top, "merge.dbcharter.name", "merge of answer files by question and row")
    _add_lines(top / ".gitattributes", [f"{pattern} {ATTRIBUTES}" for pattern in wanted])
    parents = {(top / file).parent for file in files} or {top}
    if not all(_is_ignored(top, parent / STATE_FOLDER / "journal") for parent in parents):
        _add_lines(top / ".gitignore", [f"{STATE_FOLDER}/"])
    if not wanted:
        say("there is no answer file yet; say which are to come with: --pattern '*.charter.toml'")
        return 1
    say(f"{plural(len(wanted), 'pattern')} of answer files merged by dbcharter; commit .gitattributes")
    say("every clone has to run dbcharter git-setup once: git does not share the driver's command")
    return 0


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git in `folder`. Raises DocumentError when there is no git."""
    program = shutil.which("git")
    if program is None:
        raise DocumentError("git is not installed, or not on the PATH")
    return subprocess.run(  # noqa: S603 - the program is git and nothing goes through a shell
        [program, "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


def _top(folder: Path) -> Path:
    result = _git(folder, "rev-parse", "--show-toplevel")
    if result.returncode != 0:
        raise DocumentError(f"{folder}: is not inside a git repository", "make one with: git init")
    return Path(result.stdout.removesuffix("\n"))


def _answer_files(top: Path) -> list[str]:
    """The answer files that git tracks or would track, relative to `top`."""
    listed = _git(top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.toml")
    names = sorted(set(filter(None, listed.stdout.split("\0"))))[:_MAX_SUBJECTS]
    return [name for name in names if _is_answer_file(top / name)]


def _is_answer_file(path: Path) -> bool:
    try:
        data = tomli.loads(read_text(path))
    except (DocumentError, ValueError, RecursionError):
        return False
    bank = data.get("bank")
    return isinstance(data.get("format"), int) and isinstance(bank, dict) and isinstance(bank.get("id"), str)


def _pattern(name: str) -> str:
    """A line of .gitattributes begins with this to mean the file `name` and no other."""
    escaped = re.sub(r"([\\*?\[])", r"\\\1", name)
    if re.search(r'[\s"\\]', escaped):
        return '"/' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"/{escaped}"


def _driver_command(bank: Path | None) -> str:
    program = shutil.which("dbcharter")
    start = ["dbcharter"] if program else [sys.executable, "-m", "app.cli.main"]
    option = ["--bank", str(bank.resolve())] if bank else []
    return f"{shlex.join([*start, 'merge-driver', *option])} -- %O %A %B %P"


def _set_config(top: Path, key: str, value: str) -> None:
    if _git(top, "config", "--local", "--get", key).stdout.removesuffix("\n") == value:
        return
    result = _git(top, "config", "--local", key, value)
    if result.returncode != 0:
        raise DocumentError(f"git config cannot be written: {result.stderr.strip()}")
    say(f"git config {key}: set")


def _add_lines(path: Path, lines: Iterable[str]) -> None:
    """Append the lines that the file does not hold yet."""
    text = read_text(path) if path.exists() else ""
    there = text.splitlines()
    new = [line for line in lines if line not in there]
    if new:
        gap = "\n" if text and not text.endswith("\n") else ""
        write_text(path, text + gap + "".join(f"{line}\n" for line in new))
        for line in new:
            say(f"{path.name}: {line}")


def _is_ignored(top: Path, path: Path) -> bool:
    return _git(top, "check-ignore", "-q", "--no-index", "--", str(path)).returncode == 0
