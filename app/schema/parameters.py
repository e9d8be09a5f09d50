"""Parameters written in SQL: `:name`, `:1`, `%(name)s`, `%s`, `@name`, `$1`, `?`, `?1`."""

from __future__ import annotations

import re
from bisect import bisect_right

from app import patterns
from app.schema.positions import Lines
from app.schema.query_model import Parameter
from app.schema.split import quoted_ends

_PARAMETER = patterns.compile(
    r"(?<![:\w\]\[]):(?P<colon>\w+)"
    r"|%\((?P<percent>\w+)\)s"
    r"|(?<![\w@])@(?P<at>[^\W\d]\w*)"
    r"|(?<![\w$])\$(?P<dollar>\d+)"
    r"|(?<![?@|&#])\?(?P<mark>\d+)"
    r"|(?<![?@|&#])\?(?![?|&#])"
    r"|%s"
)
_OPERAND = patterns.compile(
    r"(?<!\w)(?!(?:ALL|AND|ANY|BETWEEN|BY|CASE|ELSE|ESCAPE|FIRST|ILIKE|IN|INTERVAL|LIKE|LIMIT|NEXT|NOT|OFFSET|ON|OR|"
    r"RETURNING|SELECT|SET|SOME|THEN|TO|VALUES|WHEN|WHERE)\Z)\w+\Z|[)\]'\"]\Z",
    re.IGNORECASE,
)
"""The end of an operand: a word behind which no value begins, a bracket or a quote."""
_REACH = 100
_NAMED = ("colon", "percent", "at", "dollar", "mark")


def parameters_of(text: str, lexis: str) -> tuple[Parameter, ...]:
    """The parameters in `text` outside strings and comments, in order.

    Named ones are called `:name` however they are written; unnamed ones `?`.
    """
    hidden = [*quoted_ends(text, lexis), (len(text), len(text))]
    lines, found, position = Lines(text), [], 0
    for start, end in hidden:
        for match in _PARAMETER.finditer(text, position, start):
            if match[0] == "?" and lexis == "postgresql" and _is_operator(text, match.start()):
                continue
            name = next((match[group] for group in _NAMED if match[group]), None)
            span = lines.span(*match.span())
            found.append(Parameter(f":{name}" if name else "?", span))
        position = end
    return tuple(found)


def _is_operator(text: str, at: int) -> bool:
    """Whether the `?` at an offset asks for a key of JSON: then an operand stands before it."""
    return bool(_OPERAND.search(text[max(at - _REACH, 0) : at].rstrip()))


class Placed:
    """A text with each parameter written as `placeholder`; `starts` are where those are in it.

    `offset` leads from an offset in it back to the text as it was written.
    """

    def __init__(self, text: str, parameters: tuple[Parameter, ...], placeholder: str) -> None:
        parts: list[str] = []
        self.starts: list[int] = []
        self._behind: list[int] = [0]
        self._written: list[int] = [0]
        position = length = 0
        for parameter in parameters:
            start, end = parameter.span.start, parameter.span.end
            mark = placeholder.ljust(end - start)
            parts.extend((text[position:start], mark))
            self.starts.append(length + start - position)
            length += start - position + len(mark)
            position = end
            self._behind.append(length)
            self._written.append(end)
        self.text = "".join((*parts, text[position:]))

    def offset(self, offset: int) -> int:
        """Where in the written text `offset` is; within a placeholder, no further than its end."""
        at = bisect_right(self._behind, offset) - 1
        found = self._written[at] + offset - self._behind[at]
        return found if at + 1 == len(self._written) else min(found, self._written[at + 1])
