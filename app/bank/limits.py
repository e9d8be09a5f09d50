"""What the texts, numbers and lists of a bank file may be, as types for the fields of its models.

The limits are only noted here. Pydantic, which takes long to import, holds a file to them when one is
parsed, so that a bank that was parsed before is there without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

_T = TypeVar("_T")


class Limits:
    """Limits of a type by the names that pydantic's core schemas have for them, such as `max_length`."""

    def __init__(self, **limits: object) -> None:
        self._limits = limits

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = {**handler(source), **self._limits}
        checked: CoreSchema = schema
        return checked


Identifier = Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Number = Annotated[str, Limits(pattern=r"^\d{1,2}(\.\d{1,2})?$")]
Version = Annotated[str, Limits(pattern=r"^\d{1,9}\.\d{1,9}\.\d{1,9}$")]
Line = Annotated[str, Limits(min_length=1, max_length=300, pattern=r"^[^\n]*$")]
Prose = Annotated[str, Limits(min_length=1, max_length=4000, strip_whitespace=True)]
Some = Annotated[tuple[_T, ...], Limits(min_length=1)]
"""At least one of something."""
