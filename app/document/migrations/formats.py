"""The steps from one file format to the next, each a pure function over the parsed file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from msgspec import Struct

Data: TypeAlias = "dict[str, Any]"


class FormatStep(Struct, frozen=True):
    """Takes the data of a file from one format to the next.

    `migrate` gets a copy that it may change, and need not set `format`. It keeps whatever it does
    not know.
    """

    summary: str
    migrate: Callable[[Data], Data]


FORMAT_STEPS: Mapping[int, FormatStep] = MappingProxyType({})
"""By the format from which they lead to the next one."""
