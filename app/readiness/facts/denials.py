"""What a sentence denies: whether a word in it is said, or said not to be."""

from __future__ import annotations

import re

from app import patterns

_NEGATOR = (
    r"(?<!not )(?:\b(?:not|never|no|nor|neither|none|nothing|nobody|without|cannot|unlike|instead of|"
    r"rather than)"
    r"|n['’]t)\b"
    r"(?! (?:(?:more|less|fewer|later|earlier|sooner|longer) than|without|only|just|limit|matter|problem|"
    r"differ))"
)
"""A word that denies what follows; "no more than" bounds it, and "not without" says it."""
_BREAK = (
    r"(?:but|then|until|unless|before|after|when|while|once|because|since|so|if|that|which|where|whether)\b"
)
"""A word that begins a clause of its own, which is not denied together with the one before it."""
_DENIES = patterns.compile(_NEGATOR, re.IGNORECASE)
_BEFORE = patterns.compile(rf"{_NEGATOR}(?:\s+(?!{_BREAK})[\w'’-]+){{0,4}}\s+[\"'“‘`(]*$", re.IGNORECASE)
_AFTER = patterns.compile(
    r"[\w'’\"”`)-]*\s+(?:(?:is|are|was|were|will be|would be|can|could|does|do|did|has|have|had|will|would)"
    r"(?:\s+(?:not|never|no|nothing|neither)|n['’]t)|cannot)\b",
    re.IGNORECASE,
)
_LEFT_OUT = patterns.compile(
    r"[\w'’\"”`)-]*(?:\s*[:=]\s*(?:no|none|not|never|nothing|n/a)\b|\s+(?:steps?\s+)?(?:(?:is|are|was|"
    r"were|will be)\s+)?"
    r"(?:(?:not|never)\s+(?:yet\s+)?(?:needed|necessary|required|planned|done|run|used|made|part|there|"
    r"foreseen)"
    r"|unnecessary|superfluous|omitted|skipped|left out|needless)\b)",
    re.IGNORECASE,
)
_WINDOW = 80
"""Characters before a word in which its negation is looked for."""


def denies(sentence: str) -> bool:
    """Whether a sentence denies anything, bounds such as "no more than three times" aside."""
    return _DENIES.search(sentence) is not None


def denied(text: str, start: int) -> bool:
    """Whether what stands at `start` is denied by a word shortly before it, in the same clause."""
    return _BEFORE.search(text, max(0, start - _WINDOW), start) is not None


def disowned(text: str, end: int) -> bool:
    """Whether a predicate behind `end` denies what ends there: "log lines are not the record"."""
    return _AFTER.match(text, end) is not None


def affirmed(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text speaks of something without saying that there is none or that it is left out."""
    return any(
        not denied(text, match.start()) and not _LEFT_OUT.match(text, match.end())
        for match in pattern.finditer(text)
    )
