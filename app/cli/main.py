"""The `dbcharter` command: parses words, runs a command, turns errors into messages and exit codes.

Exit codes: 0 done, 1 something is missing or wrong, 2 could not run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import CycloptsError

from app.cli.commands import answering, banking, judging, looking_back, sharing, starting
from app.cli.output import say
from app.cli.registry import app
from app.problems import BankError, DbcharterError, OperationError

COMMANDS = (starting, answering, looking_back, judging, sharing, banking)
"""The modules whose import registered the commands."""


def run(arguments: Sequence[str] | None = None) -> None:
    """The console script."""
    sys.exit(main(arguments))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        result = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        say(f"dbcharter: {error}\nsee: dbcharter --help", error=True)
        return 2
    except OperationError as error:
        say(f"dbcharter: {error}", error=True)
        return 1
    except BankError as error:
        say(f"dbcharter: the question bank cannot be used:\n{error}", error=True)
        return 2
    except DbcharterError as error:
        say(f"dbcharter: {error}", error=True)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 2
    except Exception as error:
        from app.crash import crash_notice

        say(crash_notice(error), error=True)
        return 2
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    run()
