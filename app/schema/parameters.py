"""Parameters written in SQL: `:name`, `%(name)s`, `@name`, `$1`, `?`."""

from __future__ import annotations

import re

from app.schema.positions import Lines
from app.schema.query_model import Parameter
from app.schema.split import quoted_ends

_PARAMETER = re.compile(
    r"(?<![:\w\]]):(?P<colon>[^\W\d]\w*)"
    r"|%\((?P<percent>\w+)\)s"
    r"|(?<![\w@])@(?P<at>[^\W\d]\w*)"
    r"|(?<![\w$])\$(?P<dollar>\d+)"
    r"|(?P<mark>(?<![?@|&#])\?(?![?|&#]))"
    r"|(?P<format>%s)"
)
_NAMED = ("colon", "percent", "at", "dollar")


def parameters_of(text: str, lexis: str) -> tuple[Parameter, ...]:
    """The parameters in `text` outside strings and comments, in order.

    Named ones are called `:name` however they are written; unnamed ones `?`.
    """
    hidden = [*quoted_ends(text, lexis), (len(text), len(text))]
    lines, found, position = Lines(text), [], 0
    for start, end in hidden:
        for match in _PARAMETER.finditer(text, position, start):
            name = next((match[group] for group in _NAMED if match[group]), None)
            span = lines.span(*match.span())
            found.append(Parameter(f":{name}" if name else "?", span))
        position = end
    return tuple(found)


def with_placeholders(text: str, parameters: tuple[Parameter, ...], placeholder: str) -> str:
    """`text` with each parameter replaced by `placeholder`, padded so that no position changes.

    A parameter shorter than the placeholder is left as it is.
    """
    parts: list[str] = []
    position = 0
    for parameter in parameters:
        start, end = parameter.span.start, parameter.span.end
        if end - start < len(placeholder):
            continue
        parts.extend((text[position:start], placeholder.ljust(end - start)))
        position = end
    return "".join((*parts, text[position:]))
