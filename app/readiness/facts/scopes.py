"""Scopes in sentences: "at most one booking per room and night" holds per room and night."""

from __future__ import annotations

import re

from app import patterns
from app.readiness.facts.states import entity_key, singular
from app.readiness.facts.tables import name_key
from app.schema.model import Table

_PER = patterns.compile(
    r"\b(?:per|for (?:each|every|any one)|in any one)\s+(.+?)(?=[.,;:()]|$|\b(?:at|in|is|are|may|can|has|"
    r"have|must|while|when|that|which|with|there|only|no|not|never|during|from|until|unless|on|to|where|who|exists?|"
    r"holds?|if|by|of)\b)",
    re.IGNORECASE,
)
_AND = patterns.compile(r"\s*(?:/|&|\+|×|\band\b)\s*", re.IGNORECASE)
_ARTICLE = patterns.compile(r"^(?:the|an?|each|every|one|same|given)\s+", re.IGNORECASE)
_RATE = frozenset(("second", "minute", "hour", "day", "night", "week", "month", "quarter", "year", "row"))
_LONGEST_SENTENCE = 1_000
_ENDINGS = ("id", "no", "number", "code", "key", "uuid", "at", "on", "date")


def scope_terms(sentence: str) -> list[str]:
    """What "per a and b" names; nothing where all of it is words of time, which may be a rate."""
    found = []
    for phrase in _PER.findall(sentence[:_LONGEST_SENTENCE]):
        for part in _AND.split(phrase):
            term = name_key(_ARTICLE.sub("", part.strip()))
            if term and len(term.split()) <= 3:
                found.append(term)
    return found if any(singular(term) not in _RATE for term in found) else []


def means_column(term: str, column: str, table: Table) -> bool:
    """Whether a word of a sentence means a column: by its words, or by the table that it refers to."""
    words = [singular(word) for word in term.split()]
    stem = [singular(word) for word in name_key(column).split()]
    bare = [word for word in stem if word not in _ENDINGS] or stem
    if words in (stem, bare) or words[-1] in bare or set(bare) <= set(words):
        return True
    targets = {entity_key(fk.target) for fk in table.foreign_keys if column in fk.columns}
    return " ".join(words) in targets or words[-1] in targets


def mentions_column(column: str, sentence: str) -> bool:
    """Whether a sentence holds a word of a column's name."""
    said = {singular(word) for word in name_key(sentence).split()}
    return any(singular(word) in said for word in name_key(column).split() if word not in _ENDINGS)
