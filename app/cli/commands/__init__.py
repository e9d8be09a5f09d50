"""The commands, by what they are for. Importing a module registers its commands.

Each is a thin function: it says what can be typed and hands over to the module that does it, which is
imported only then, so that a command starts as fast as what it needs.
"""

from __future__ import annotations

from collections.abc import Sequence

from cyclopts import CycloptsError, MissingArgumentError

from app.cli.commands import answering, banking, judging, looking_back, sharing, starting
from app.cli.output import say
from app.cli.registry import app

COMMANDS = (starting, answering, looking_back, judging, sharing, banking)
"""The modules whose import registered the commands."""


def _reason(error: CycloptsError) -> str:
    """What is wrong with the words of a command; an argument is called as in the help."""
    if isinstance(error, MissingArgumentError) and error.argument is not None and error.keyword is None:
        name = error.argument.name
        if not error.argument.tokens and error.argument.index is not None:
            return f"{' '.join(error.command_chain or ())} needs {name.lstrip('-').upper()}"
    return str(error)


def run_command(words: Sequence[str]) -> int:
    """Run the command that the words say and return its exit code; 2 when they say none."""
    try:
        result = app(words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        command = " ".join(["dbcharter", *(error.command_chain or ())])
        say(f"dbcharter: {_reason(error)}\nsee: {command} --help", error=True)
        return 2
    return result if isinstance(result, int) else 0
