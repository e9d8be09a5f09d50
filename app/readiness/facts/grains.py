"""What 6.1 says of the grain of each entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.document.answers import Row, Value
from app.readiness.facts.detected import object_key
from app.readiness.facts.states import entity_key
from app.readiness.facts.tables import cell, rows
from app.readiness.registry import fact
from app.schema.each import each


class Grain(Struct, frozen=True):
    """A row of 6.1: the entity as written, its keys as that of an entity and of an object, and the grain."""

    entity: str
    key: str
    name: str
    text: str


@fact
def grains(logical_grain: Value | None, memo: dict[str, Any]) -> tuple[Grain, ...]:
    """The rows of 6.1; the same object until one says something else of an entity or its grain."""
    return each(memo, "grains", rows(logical_grain), _grain)


def _grain(row: Row) -> Grain:
    entity = cell(row, "entity")
    return Grain(entity, entity_key(entity), object_key(entity), cell(row, "grain"))


@fact
def grain_texts(grains: tuple[Grain, ...]) -> Mapping[str, str]:
    """The grain by the key of its entity."""
    return {grain.key: grain.text for grain in grains}
