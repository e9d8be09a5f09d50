"""The files of DDL that a document names, on their way from the host to its guests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import ValidationError, convert, to_builtins

from app.document.text import clean
from app.pairing.wire import WireError
from app.problems import Problem
from app.schema.files import DdlFile, DdlText
from app.schema.sources import Sources


def packed_sources(sources: Sources) -> list[Any]:
    """What was found at each path, as JSON can hold it."""
    return [
        [path, found.text, to_builtins(found.files), to_builtins(found.problems)]
        for path, found in sources.items()
    ]


def unpacked_sources(data: Any) -> Sources:
    """What `packed_sources` made. Raises WireError for anything else."""
    try:
        found = convert(data, list[tuple[str, str, tuple[DdlFile, ...], tuple[Problem, ...]]])
    except ValidationError:
        raise WireError("these are no files of DDL") from None
    sources: Mapping[str, DdlText] = {
        clean(path): DdlText(clean(text), files, problems) for path, text, files, problems in found
    }
    return MappingProxyType(dict(sources))
