"""Who answers for something: whether a text names one person or team."""

from __future__ import annotations

import re

from app.readiness.facts.texts import word_set

OWNED = {
    "open_questions.questions": ("owner", "deadline"),
    "failure.risks": ("owner", "deadline"),
    "migration.steps": ("owner", ""),
}
"""Tables whose rows need an owner, and a deadline where it is named."""

_GENERIC = word_set(
    "the a our my team teams group dev devs developer developers engineer engineers engineering backend "
    "frontend everyone everybody anyone someone somebody nobody all us we management manager business it ops "
    "operations dba dbas sre sres qa staff people various unknown who whoever tbd tba tbc todo n na none not "
    "yet assigned open pending owner to be decided determined defined department guild stakeholders"
)
_TEAM_WORDS = _GENERIC | word_set(
    "platform data security infrastructure product billing reliability on call oncall lead head support "
    "services service squad tribe office desk analytics compliance architecture database"
)
_PARENTHESES = re.compile(r"\([^()]*\)")
_HARD = re.compile(r"\s*(?:/|&|\+|;|\n|\band\b|\bor\b)\s*")
_NAME = re.compile(r"(?:[^\W\d_]\.\s?|[^\W\d_][\w'’-]*\.?\s+){0,3}[^\W\d_][\w'’-]*")
_WORD = re.compile(r"[^\W_]+")


def owned_here(question: str, column: str) -> bool:
    """Whether an empty cell there is one without an owner or a deadline."""
    return bool(column) and column in OWNED.get(question, ())


def several(text: str) -> bool:
    """Whether a text names more than one person: "Ana Sousa / Jon Berg", but not "Ana Sousa, billing"."""
    bare = _PARENTHESES.sub(" ", text).strip()
    head = bare.split(",")[0]
    if all(_person(part) for part in _HARD.split(head)) and len(_HARD.split(head)) > 1:
        return True
    parts = [part.strip() for part in bare.split(",")]
    return len(parts) > 1 and all(_full_name(part) for part in parts)


def generic(text: str) -> bool:
    """Whether a text names nobody in particular: "the backend team", "everyone"."""
    words = _WORD.findall(text.casefold())
    return not words or all(word in _GENERIC for word in words)


def _person(text: str) -> bool:
    """Whether a text may be a name: short, and every word of it begins with a capital."""
    text = text.strip()
    return bool(text) and _NAME.fullmatch(text) is not None and all(w[0].isupper() for w in text.split())


def _full_name(text: str) -> bool:
    """Whether a text is a name of two words or more, or an initial and a name, and no team's."""
    words = _WORD.findall(text.casefold())
    return len(words) > 1 and _person(text) and not any(word in _TEAM_WORDS for word in words)
