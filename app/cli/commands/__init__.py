"""The commands, by what they are for. Importing a module registers its commands.

Each is a thin function: it says what can be typed and hands over to the module that does it, which is
imported only then, so that a command starts as fast as what it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from cyclopts import CycloptsError

from app.cli.commands import answering, banking, judging, looking_back, sharing, starting
from app.cli.output import say
from app.cli.registry import app

COMMANDS = (starting, answering, looking_back, judging, sharing, banking)
"""The modules whose import registered the commands."""


def run_command(words: Sequence[str]) -> int:
    """Run the command that the words say and return its exit code; 2 when they say none."""
    try:
        result = app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        say(f"dbcharter: {error}\nsee: dbcharter --help", error=True)
        return 2
    return result if isinstance(result, int) else 0
