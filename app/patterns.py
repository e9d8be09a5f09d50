"""Regular expressions that are compiled when they are first used.

Python compiles one anew at every start. Of the three hundred that the rules look for, a short document needs
less than half, and all of them take a fifth of the time of its check.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    """Stands for a compiled pattern, and has what that has."""

    def __init__(self, text: str, flags: int) -> None:
        self.pattern = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        # an attribute that is there is found without coming here again
        setattr(self, name, found)
        return found


def compile(text: str, flags: int = 0) -> re.Pattern[str]:  # noqa: A001 # as in the library, which it stands for
    """A pattern that `re.compile` makes when it is first asked for anything; raises re.error only then."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
