"""The files of DDL that a document names, on their way from the host to its guests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app.document.text import clean
from app.pairing.wire import WireError
from app.problems import Problem
from app.schema.files import DdlFile, DdlText
from app.schema.sources import Sources

_adapter: TypeAdapter[list[tuple[str, str, list[DdlFile], list[Problem]]]] = TypeAdapter(
    list[tuple[str, str, list[DdlFile], list[Problem]]]
)


def packed_sources(sources: Sources) -> list[Any]:
    """What was found at each path, as JSON can hold it."""
    return [
        [path, found.text, list(map(asdict, found.files)), list(map(asdict, found.problems))]
        for path, found in sources.items()
    ]


def unpacked_sources(data: Any) -> Sources:
    """What `packed_sources` made. Raises WireError for anything else."""
    try:
        found = _adapter.validate_python(data)
    except ValidationError:
        raise WireError("these are no files of DDL") from None
    sources: Mapping[str, DdlText] = {
        clean(path): DdlText(clean(text), tuple(files), tuple(problems))
        for path, text, files, problems in found
    }
    return MappingProxyType(dict(sources))
