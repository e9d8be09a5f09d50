"""What documents are compared with: an earlier version, an earlier report, or where a branch began in git."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.cli.looking import Looked, look
from app.document.store import read_text
from app.problems import DbcharterError, DocumentError
from app.readiness.baseline import Earlier, earlier, file_name, read_report
from app.readiness.engine import Engine

if TYPE_CHECKING:
    from app.cli.git_base import GitBase

GIT = "git:"
"""How a baseline begins that is a commit, a branch or a tag."""

Baseline = Callable[[Path], Earlier | None]
"""What is known of a file from before; None where nothing is."""


@contextlib.contextmanager
def baseline(engine: Engine, since: str, files: Sequence[Path], today: date) -> Iterator[Baseline]:
    """What `--since` names, for `files`; "" is a baseline that knows nothing. Raises DbcharterError."""
    if not since:
        yield lambda _file: None
    elif since.startswith(GIT):
        from app.cli.git_base import GitBase

        with GitBase(since.removeprefix(GIT)) as base:
            for file in files:
                base.look(file)
            yield lambda file: _in_git(engine, base, file, today)
    else:
        yield _in_file(engine, Path(since), files, today)


def _in_git(engine: Engine, base: GitBase, file: Path, today: date) -> Earlier | None:
    copy = base.copy(file)
    if copy is None:
        return None
    try:
        return _earlier(look(engine, copy, today, partial(base.bring, file, copy)))
    except DocumentError:  # of a file that could not be read then, nothing is known
        return None


def _in_file(engine: Engine, since: Path, files: Sequence[Path], today: date) -> Baseline:
    if not since.exists():
        hint = f"name an earlier version, an earlier report in JSON, or a commit: --since {GIT}main"
        raise DbcharterError(f"--since {since}: no such file", hint)
    text = read_text(since)
    if text.lstrip().startswith("{"):
        reports = read_report(text, str(since))
        return lambda file: reports.get(file_name(str(file)))
    if len(files) > 1:
        hint = "check them one by one, or give a JSON report of all of them"
        raise DbcharterError(f"--since {since}: one answer file is no baseline for {len(files)} files", hint)
    before = _earlier(look(engine, since, today))
    return lambda _file: before


def _earlier(looked: Looked) -> Earlier:
    """What was open in a document, in the file itself too."""
    found = (*looked.evaluation.findings, *(finding for finding, _ in looked.known))
    return earlier(replace(looked.evaluation, findings=found), looked.document.answers.waivers)
