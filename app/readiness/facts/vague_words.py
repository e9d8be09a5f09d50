"""Words that let a sentence pass without saying anything, by what is wrong with them."""

from __future__ import annotations

import re
from functools import lru_cache

from app import patterns

WORDS = {
    "vague": (
        "acceptable", "adequate", "adequately", "appropriate", "appropriately", "as fast as possible",
        "as soon as possible", "better", "clean", "easier", "easily", "easy", "efficient", "efficiently",
        "fast", "faster",
        "flexible", "future-proof", "good performance", "high performance", "highly available", "improved",
        "intuitive", "low latency", "low-latency", "minimal", "modern", "near real time", "near real-time",
        "near-real-time", "normal", "optimal", "optimized", "performant", "properly", "quick", "quicker",
        "quickly",
        "reasonable", "reasonably", "reliable", "reliably", "robust", "scalable", "seamless", "seamlessly",
        "significant", "significantly", "simple", "smooth", "smoothly", "sufficient", "sufficiently",
        "timely", "user-friendly", "well-defined",
    ),
    "hedging": (
        "as far as possible", "as much as possible", "generally", "hopefully", "ideally", "if possible",
        "in most cases", "likely", "mostly", "most likely", "normally", "perhaps", "possibly", "probably",
        "should be fine", "try to", "typically", "usually", "where possible", "where feasible", "maybe",
        "might",
    ),
    "open-ended": (
        "and more", "and others", "and so forth", "and so on", "etc", "et cetera",
        "including but not limited to",
        "many", "several", "some kind of", "various", "a number of", "a few",
    ),
    "deferring": (
        "as necessary", "as needed", "as required", "at a later stage", "at some point", "eventually",
        "if necessary", "if needed", "in a later phase", "in the future", "later on", "to be decided",
        "to be defined", "to be determined", "when necessary", "when needed", "when required",
    ),
    "without bounds": (
        "all data", "all systems", "all tables", "all users", "any data", "anywhere", "everything",
        "everywhere", "everyone", "the whole system",
    ),
}  # fmt: skip
"""Phrases by kind, in lower case."""
TERMS_OF_ART = (
    "eventual consistency", "eventually consistent", "fast path", "fast-path", "fast forward", "fast lane",
    "fast start", "fast refresh", "quick sort", "simple bank", "simple protocol", "normal form",
    "as many as", "clean shutdown", "how many", "many to many", "one to many", "reliable delivery",
    "minimal logging", "simple recovery model",
)  # fmt: skip
"""Phrases that hold such a word and mean something exact."""

_CODE = patterns.compile(r"`[^`]*`|“[^”]*”|\"[^\"\n]*\"")
_ART = patterns.compile("|".join(map(re.escape, TERMS_OF_ART)), re.IGNORECASE)
_KIND = {word: kind for kind, words in WORDS.items() for word in words}
_ANY = patterns.compile(
    r"(?<![\w-])(?:" + "|".join(map(re.escape, sorted(_KIND, key=len, reverse=True))) + r")(?![\w-])",
    re.IGNORECASE,
)
_EXACT = patterns.compile(r"\d")


@lru_cache(maxsize=8192)
def vague_words(text: str) -> tuple[tuple[str, str], ...]:
    """The vague words of a text with their kind; none where it holds a number or an id."""
    if _EXACT.search(text):
        return ()
    plain = _ART.sub(" ", _CODE.sub(" ", text))
    found = dict.fromkeys(match.casefold() for match in _ANY.findall(plain))
    return tuple((word, _KIND[word]) for word in found)
