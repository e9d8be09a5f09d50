"""Who answers for something: whether a text names one person or team."""

from __future__ import annotations

from collections.abc import Callable

from app import patterns
from app.schema.names import word_set

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
_OF_WORK = ("ing", "tion", "tions", "ment", "ments", "ness", "ity", "ety", "ance", "ics")
"""How words for a kind of work end, of which departments are called."""
_PARENTHESES = patterns.compile(r"\([^()]*\)")
_HARD = patterns.compile(r"\s*(?:/|\+|;|\n|\bor\b)\s*")
_APART = patterns.compile(r"\s+(?:/|\+)\s+|\s*;\s*|\n")
_AND = patterns.compile(r"\s*(?:&|\band\b)\s*")
_NAME = patterns.compile(r"(?:[^\W\d_]\.\s?|[^\W\d_][\w'’-]*\.?\s+){0,4}[^\W\d_][\w'’-]*")
_PARTICLES = word_set(
    "da de del della der den di do dos du das la le van von ter ten zu al el bin ibn bint y"
)
_HANDLE = patterns.compile(r"(?<![\w@])[\w.+-]*@[\w./-]+")
_WORD = patterns.compile(r"[^\W_]+")


def owned_here(question: str, column: str) -> bool:
    """Whether an empty cell there is one without an owner or a deadline."""
    return bool(column) and column in OWNED.get(question, ())


def several(text: str) -> bool:
    """Whether a text names more than one person: "Ana Sousa / Jon Berg", but not "Ana Sousa, billing".

    Single words around "and" may be one department, such as "Health and Safety": they are not counted.
    """
    bare = _PARENTHESES.sub(" ", text).strip()
    handles = [
        found for found in _HANDLE.findall(bare) if not _TEAM_WORDS & {*_WORD.findall(found.casefold())}
    ]
    if len(handles) > 1:
        return True
    head = bare.split(",")[0]
    return (
        _each(_person, _HARD.split(head))
        or _each(_lower_name, _APART.split(head))
        or _each(_full_name, _AND.split(head))
        or _each(_full_name, bare.split(","))
    )


def generic(text: str) -> bool:
    """Whether a text names nobody in particular: "the backend team", "everyone", one letter."""
    words = _WORD.findall(text.casefold())
    if all(word in _GENERIC for word in words) or len("".join(words)) < 2:
        return True
    named = any(word[0].isupper() for word in text.split() if word != "The")
    return not named and "team" in words and all(word in _TEAM_WORDS for word in words)


def _each(is_name: Callable[[str], bool], parts: list[str]) -> bool:
    return len(parts) > 1 and all(is_name(part.strip()) for part in parts)


def _person(text: str) -> bool:
    """Whether a text may be a name: short, and its words begin with a capital, "van" and the like aside."""
    words = text.split()
    capitals = all(word[0].isupper() or word in _PARTICLES for word in words)
    return capitals and _NAME.fullmatch(text) is not None and words[-1][0].isupper()


def _lower_name(text: str) -> bool:
    """Whether a text is one word that may be a first name in any case, and is no team's."""
    return text.isalpha() and text.casefold() not in _TEAM_WORDS


def _full_name(text: str) -> bool:
    """Whether a text is a name of two words or more, or an initial and a name, and no team's."""
    words = _WORD.findall(text.casefold())
    work = any((len(word) > 1 and word in _TEAM_WORDS) or word.endswith(_OF_WORK) for word in words)
    return len(words) > 1 and _person(text) and not work
