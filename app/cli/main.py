"""The `dbcharter` command: parses words, runs a command, turns errors into messages and exit codes.

Exit codes: 0 done, 1 something is missing or wrong, 2 could not run.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from app.cli import quick
from app.cli.output import say
from app.problems import BankError, DbcharterError, OperationError
from app.schema.kept import keep, put_away

COLLECT_AFTER = 100_000
"""Objects made before Python looks for garbage. It looks after 700 otherwise, some hundred times during an
import and the reading of a document, in which there is none."""


def run(arguments: Sequence[str] | None = None) -> None:
    """The console script."""
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
    words = sys.argv[1:] if arguments is None else arguments
    keep()
    try:
        code = main(words)
    finally:
        put_away()
    if words[:1] == ["check"]:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> NoReturn:
    """End the process at once: a check has nothing open, and to take its objects apart takes long."""
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
    except (OSError, ValueError):  # nobody reads on; Python says so in its own way
        sys.exit(code)
    os._exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except OperationError as error:
        return _told(f"dbcharter: {error}", 1)
    except BankError as error:
        return _told(f"dbcharter: the question bank cannot be used:\n{error}", 2)
    except DbcharterError as error:
        return _told(f"dbcharter: {error}", 2)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 2
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # a library printed help
            return _told(f"dbcharter: the output cannot be written: {error.strerror}", 2)
        from app.crash import crash_notice

        return _told(crash_notice(error), 2)


def _told(message: str, code: int) -> int:
    """Print why a command ends with `code`, where there is room for that."""
    with contextlib.suppress(DbcharterError):
        say(message, error=True)
    return code


def _run(words: Sequence[str]) -> int:
    command = quick.command(words)
    if command is not None:
        return command()
    from app.cli.commands import run_command

    return run_command(words)


if __name__ == "__main__":
    run()
