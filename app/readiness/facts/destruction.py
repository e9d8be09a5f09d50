"""What a sentence drops, empties or renames: tables and columns, told from triggers, flags and screens.

A clause is read from its verb: what follows it up to a preposition, or the subject of a passive, is what it
is about, and the last noun of that says of which kind it is. What could be something else is not data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from app import patterns
from app.readiness.facts.denials import denies
from app.readiness.facts.tables import bare_key
from app.schema.names import word_set

Keys = frozenset[str]

_CLAUSE = patterns.compile(r"[;,:\n]|\.\s|\s(?:and then|then|but)\s")
_VERB = patterns.compile(
    r"(?<![\w-])(?:(?P<drop>drop(?:s|ped|ping)?)|(?P<remove>remov(?:es?|ed|ing))|"
    r"(?P<truncate>truncat(?:es?|ed|ing))|"
    r"(?P<rename>renam(?:es?|ed|ing))|(?P<delete>delet(?:es?|ed|ing)))(?![\w-])",
    re.IGNORECASE,
)
_TOKEN = patterns.compile(r"[\w$]+(?:[.-][\w$]+)*")
_END = patterns.compile(
    r"\b(?:on|of|from|for|in|into|to|at|by|with|after|when|once|if|that|which|whose|older|where|as|than|"
    r"because|"
    r"so|until|before|using|via|cascade|restrict|per|within|unless|while|during|without)\b|\(",
    re.IGNORECASE,
)
_BEING = patterns.compile(
    r"\b(?:is|are|was|were|be|been|being|will|can|may|must|has|have|gets?|becomes?|stays?|keeps?)\b",
    re.IGNORECASE,
)
_AUXILIARIES = patterns.compile(
    rf"(?:\s*(?:{_BEING.pattern}|\b(?:then|finally|later|only|now|also)\b))+\s*$", re.IGNORECASE
)
_AND = patterns.compile(r"\s(?:and|or|plus)\s|\s?[&+]\s?", re.IGNORECASE)
_UNSURE = patterns.compile(r"\b(?:before|until|if|unless|refuses?)\b", re.IGNORECASE)
_ALTERED = patterns.compile(r"\balter\s+table\s+(?:if\s+exists\s+|only\s+)*[\w.\"`]+\s*$", re.IGNORECASE)
_ROWS = patterns.compile(
    r"\b(?:all|every|each)\s+(?:(?:of\s+)?the\s+)?(?:[\w.-]+\s+)?(?:rows?|records?|entry|entries|data|"
    r"contents?)\b"
    r"(?:\s+(?:of|in|from)\s+(?:the\s+)?(?:[\w.-]+\s+)?[\w.\"`-]+)?",
    re.IGNORECASE,
)
_RESTRICTED = patterns.compile(
    r"\b(?:where|that|which|whose|with|older|newer|written|marked|created|made)\b", re.IGNORECASE
)
_ARTICLES = word_set("the a an this that these those each every any no its their his")
_MODIFIERS = _ARTICLES | word_set(
    "both all old older legacy former unused previous obsolete existing original redundant if exists only"
)
_DATA = word_set("column columns table tables schema schemas database databases partition partitions")
_SQL_KINDS = word_set("column table schema database partition")
_NEVER_NAMES = word_set(
    "constraint constraints index indexes indices trigger triggers policy policies null default defaults "
    "check "
    "checks grant grants privilege privileges view views"
)
_OTHER = _NEVER_NAMES | word_set(
    "role roles function functions procedure procedures key keys flag flags user users login logins sequence "
    "sequences type types domain domains extension extensions publication publications subscription "
    "subscriptions slot slots job jobs code message messages event events connection connections session "
    "sessions"
)
_PREFIXES = ("ix_", "idx_", "uq_", "ux_", "ck_", "chk_", "fk_", "pk_", "trg_", "pol_")
_SCRATCH = word_set("temp temporary scratch progress staging helper side test")
_NEW = word_set("shadow new mirror added")


class Destruction(Struct, frozen=True):
    """A clause that drops, empties or renames tables or columns; `verb` is drop, truncate, rename, delete."""

    verb: str
    clause: str


class _Known(Struct, frozen=True):
    made: Keys
    existing: Keys
    own: frozenset[str]


def destroyed(
    text: str, made: Keys = frozenset(), known: Keys = frozenset(), *, new_too: bool = False
) -> Iterator[Destruction]:
    """What a text drops, empties or renames, constraints, triggers and the like aside.

    `made` are keys of tables and columns that the change itself makes, which it may drop; `known` are
    keys of tables and columns that exist, which need not be called table or column. What is called
    temporary is left out, and what is called new unless `new_too`.
    """
    told = _Known(made, known, _SCRATCH if new_too else _SCRATCH | _NEW)
    for clause in _CLAUSE.split(text):
        begin = 0
        for verb in (verbs := list(_VERB.finditer(clause))):
            before = clause[: verb.start()]
            if denies(before) or _UNSURE.search(before):
                break
            follower = next((other.start() for other in verbs if other.start() > verb.start()), len(clause))
            after = clause[verb.end() : follower]
            if _destroys(verb, clause[begin : verb.start()], after, told):
                kind = verb.lastgroup or ""
                yield Destruction("drop" if kind == "remove" else kind, " ".join(clause.split()))
                break
            begin = verb.end()


def _destroys(verb: re.Match[str], before: str, after: str, told: _Known) -> bool:
    kind, last = verb.lastgroup, before.split()[-1:]
    passive = verb[0].casefold().endswith("ed")
    if last and last[0].casefold() in _ARTICLES:
        of = re.match(r"\s+of\s", after)
        if passive or of is None:
            return False
        after = after[of.end() :]
    if kind == "delete":
        return _empties(before if passive else after, after, told)
    if _ALTERED.search(before):
        return _is_column_of_alter(_tokens(_END.split(after)[0]), told)
    if passive and (subjects := list(_subjects(before))) and not _from_elsewhere(after, told):
        if any(_is_data(_tokens(subject), told, verb, begins=False) for subject in subjects):
            return True
        if _BEING.search(before):
            return False
    return any(_is_data(tokens, told, verb, begins=first) for first, tokens in _objects(after, told))


def _empties(about: str, after: str, told: _Known) -> bool:
    """Whether rows are deleted without a condition: all rows of something, or DELETE FROM without WHERE."""
    rows = _ROWS.search(about)
    if rows:
        names = _names(_tokens(rows[0]))
        own = bool(names) and names <= told.made - told.existing
        return not own and not _RESTRICTED.search(about, rows.end()) and not _RESTRICTED.search(rows[0])
    source = re.match(r"\s+from\s+", after, re.IGNORECASE)
    if source is None or _RESTRICTED.search(after):
        return False
    tokens = _tokens(_END.split(after[source.end() :])[0])
    sure = tokens[:1] and tokens[0].casefold() not in _ARTICLES and tokens[0].casefold() not in _OTHER
    return not _is_own(tokens, told) and bool(sure or _kind(tokens, told) == "data")


def _objects(after: str, told: _Known) -> Iterator[tuple[bool, list[str]]]:
    """The noun phrases behind a verb, the first one and those joined to it, as tokens."""
    first, *others = _AND.split(after)
    head = _END.split(first)[0]
    if not _from_elsewhere(first[len(head) :], told):
        yield True, _tokens(head)
    for other in others:
        phrase = _END.split(other)[0]
        tokens = _bare(_tokens(phrase))
        kinds = [place for place, token in enumerate(tokens) if token.casefold() in _DATA]
        rest = tokens[kinds[0] + 1 :] if kinds == [0] else tokens if not kinds else None
        if (
            rest is not None
            and not _BEING.search(phrase)
            and all("_" in t or bare_key(t) in told.existing for t in rest)
        ):
            yield False, _tokens(phrase)


def _from_elsewhere(words: str, told: _Known) -> bool:
    """Whether words such as "from the export" say that a column leaves something that is no table."""
    source = re.match(r"(?i)\s*from\s+(?:the|an?|its|every|each)\s+(.*)", words)
    if source is None:
        return False
    tokens = _tokens(_END.split(source[1])[0])
    return _kind(tokens, told) != "data" and not any("_" in token for token in tokens)


def _subjects(before: str) -> Iterator[str]:
    """The noun phrases before a passive verb, the nearest first."""
    for part in reversed(_AND.split(_AUXILIARIES.sub("", before))):
        if _BEING.search(part):
            return
        head = _END.split(part)[0]
        yield head if head.strip() else re.split(r"(?i)\bthe\s", part)[-1]


def _is_data(tokens: list[str], told: _Known, verb: re.Match[str], *, begins: bool) -> bool:
    if not tokens or _is_own(tokens, told):
        return False
    if begins and tokens[0].casefold() in _SQL_KINDS and len(tokens) > 1:
        return tokens[1].casefold() not in _NEVER_NAMES
    found = _kind(tokens, told)
    if found == "data":
        plain = [t for t in _after_kind(tokens) if "_" not in t and bare_key(t) not in told.existing]
        return not plain or verb.lastgroup not in ("remove", "rename")
    if verb.lastgroup == "truncate" and not found:
        return verb[0].isupper() or any("_" in token for token in tokens)
    return False


def _is_column_of_alter(tokens: list[str], told: _Known) -> bool:
    """Whether ALTER TABLE name DROP or RENAME is about a column, or renames the table."""
    if not tokens:
        return True
    names = {bare_key(token) for token in _bare(tokens) if token.casefold() not in _DATA}
    named = len(tokens) == 1 or tokens[0].casefold() not in _OTHER | {"primary", "foreign"}
    return named and not names <= told.made


def _kind(tokens: Sequence[str], told: _Known) -> str:
    """data, other, or "": by the last noun that tells, or since everything is a name of what exists."""
    for place in range(len(tokens) - 1, -1, -1):
        low = tokens[place].casefold()
        title = place > 0 and tokens[place].istitle()
        if low in _DATA and not title:
            return "data"
        if low.startswith(_PREFIXES) or (low in _OTHER and bare_key(low) not in told.existing):
            return "other"
    bare = _bare(tokens)
    return "data" if bare and all(bare_key(token) in told.existing for token in bare) else ""


def _after_kind(tokens: Sequence[str]) -> Sequence[str]:
    places = [place for place, token in enumerate(tokens) if token.casefold() in _DATA]
    return tokens[places[-1] + 1 :] if places else ()


def _is_own(tokens: Sequence[str], told: _Known) -> bool:
    """Whether something is the change's own: made by it, or called temporary."""
    names = _names(tokens)
    if names and names <= told.made:
        return True
    return not names & told.existing and any(token.casefold() in told.own for token in tokens)


def _names(tokens: Sequence[str]) -> Keys:
    return frozenset(
        bare_key(token)
        for token in _bare(tokens)
        if token.casefold() not in _DATA and ("_" in token or "." in token or token in _after_kind(tokens))
    )


def _bare(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if token.casefold() not in _MODIFIERS]


def _tokens(phrase: str) -> list[str]:
    return _TOKEN.findall(phrase)
