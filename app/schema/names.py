"""Names of tables and types: with or without their schema, folded as the engine folds them."""

from __future__ import annotations

from functools import lru_cache
from typing import Generic, TypeVar

from app import patterns

T = TypeVar("T")
_NAME_LIMIT = 63
"""The longest name that PostgreSQL keeps, in bytes."""
_WORD_BEGINS = patterns.compile(r"(?<=[^\W\dA-Z_])(?=[A-Z])|(?<=[^\W_])(?=[A-Z][^\W\dA-Z_]{2})|[\s_-]+")
"""Between the words of a name: TenantId, HTTPServer, tenant-id, `tenant  id`."""


class Namespace(Generic[T]):
    """Named things, held under their names without the engine's default schemas.

    A name without a schema is looked for on the search path, then wherever it is the only one.
    """

    def __init__(self, default_schemas: tuple[str, ...], *, case_sensitive: bool) -> None:
        self.items: dict[str, T] = {}
        self._defaults = default_schemas
        self.path: tuple[str, ...] = ()
        """Where unqualified names are looked for, before the default."""
        self._case_sensitive = case_sensitive
        self._by_bare: dict[str, tuple[str, ...]] = {}

    def search(self, schemas: tuple[str, ...]) -> None:
        """Look unqualified names up in `schemas`, and make them in the first."""
        self.path = tuple(name for name in schemas if name not in self._defaults)
        if schemas and schemas[0] in self._defaults:
            self.path = ()

    def key_of(self, name: str) -> str:
        """The name under which a new thing called `name` is held."""
        if "." not in name and not self.path:
            return name
        schema, dot, bare = name.rpartition(".")
        if dot:
            return bare if self._folded(schema) in self._defaults else name
        own = next((schema for schema in self.path if not schema.startswith(("$", "pg_"))), "")
        return f"{own}.{name}" if own else name

    def find(self, name: str, *, exact: bool = False) -> str | None:
        """The key of the thing called `name`; `exact` looks only where it would be made."""
        key = self.key_of(name)
        if key in self.items:
            return key
        bare = bare_name(key)
        candidates = self._by_bare.get(self._folded(bare), ())
        same = [other for other in candidates if self._folded(other) == self._folded(key)]
        if same or exact:
            return same[0] if same else None
        if "." in name:
            return None
        for schema in ("", *self.path):
            wanted = self._folded(f"{schema}.{bare}" if schema else bare)
            found = next((other for other in candidates if self._folded(other) == wanted), None)
            if found is not None:
                return found
        return candidates[0] if len(candidates) == 1 else None

    def get(self, name: str) -> T | None:
        key = self.find(name)
        return None if key is None else self.items[key]

    def add(self, key: str, item: T) -> None:
        existing = self.find(key, exact=True) if "." not in key else (key if key in self.items else None)
        if existing is not None:
            self._forget(existing)
        self.items[key] = item
        bare = self._folded(bare_name(key))
        self._by_bare[bare] = (*self._by_bare.get(bare, ()), key)

    def take(self, other: Namespace[T]) -> bool:
        """Hold all that `other` holds too, unless one of its names is known here, with whatever schema."""
        if not self._by_bare.keys().isdisjoint(other._by_bare):
            return False
        self.items.update(other.items)
        self._by_bare.update(other._by_bare)
        return True

    def remove(self, name: str) -> None:
        key = self.find(name)
        if key is not None:
            self._forget(key)

    def rename(self, old: str, new: str, *, schema: bool) -> str | None:
        """The new key of what was called `old`: `new` is its name, or the schema that it moves to."""
        key = self.find(old)
        if key is None:
            return None
        item = self.items[key]
        own_schema, _, bare = key.rpartition(".")
        name = f"{new}.{bare}" if schema else (f"{own_schema}.{new}" if own_schema else new)
        if schema and self._folded(new) in self._defaults:
            name = bare
        self._forget(key)
        self.add(name, item)
        return name

    def _forget(self, key: str) -> None:
        del self.items[key]
        bare = self._folded(bare_name(key))
        self._by_bare[bare] = tuple(other for other in self._by_bare[bare] if other != key)

    def _folded(self, name: str) -> str:
        return name if self._case_sensitive else name.casefold()


@lru_cache(maxsize=32_768)
def words_of(name: str) -> str:
    """A name with underscores between its words and in lower case, whatever its style: `tenant_id`."""
    return _WORD_BEGINS.sub("_", name).casefold()


def word_set(text: str) -> frozenset[str]:
    """The words of a text between blanks, for lists of words in code."""
    return frozenset(text.split())


def bare_name(name: str) -> str:
    """A name without its schema or table."""
    return name.rsplit(".", 1)[-1]


def object_name(table: str, columns: tuple[str, ...], label: str) -> str:
    """The name that PostgreSQL makes up: table, columns and label, within 63 bytes."""
    first, second = bare_name(table), "_".join(columns)
    room = _NAME_LIMIT - len(label) - 1 - (1 if second else 0)
    first_size, second_size = len(first.encode()), len(second.encode())
    while first_size + second_size > room:
        if first_size > second_size:
            first_size -= 1
        else:
            second_size -= 1
    parts = [_clipped(first, first_size), *([_clipped(second, second_size)] if second else []), label]
    return "_".join(parts)


def _clipped(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")
