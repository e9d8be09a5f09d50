"""Sentences by which a design puts off what it should decide. Alone they inform; with a gap beside them
they are a smell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.document.answers import Value
from app.readiness.facts.denials import denied, disowned
from app.readiness.facts.tables import cell

_NEAR = r"\b[^.;\n]{0,40}\b"
_PROGRAM = r"(?:api|service|application|app|backend|gateway|business|code|orm|model|middleware|framework)"

IN_THE_SERVICE = patterns.compile(
    r"(?i)\b(?:validat(?:ion|ed)|checks?|checked|constraints?|rules?|integrity|enforce[ds]?|consistency)"
    rf"{_NEAR}(?:in|by|at) (?:the )?{_PROGRAM}\b(?: (?:layer|code|logic))?"
)
INDEX_LATER = patterns.compile(
    r"(?i)\bind(?:ex|exes|ices)\b(?:(?!\b(?:drop|remov|renam|delet|retir|disabl|"
    r"rebuil))[^.;\n]){0,40}\b(?:later|"
    r"afterwards|as needed|on demand|(?:if|when(?:ever)?|once|as soon as) (?:ever )?(?:needed|necessary|"
    r"required|"
    r"(?:[\w ]{1,24} )?(?:is|are|gets?|becomes?|turns?) (?:too )?(?:slow(?:er)?|needed|necessary|"
    r"required)))\b"
)
MIGRATE_SOMEHOW = patterns.compile(
    r"(?i)\b(?:we(?:'ll| will)|will be|to be) (?:simply )?(?:migrated?|moved?|convert(?:ed)?|cop(?:y|ied)) ?"
    r"(?:(?:the |all )?(?:old|existing|legacy) (?:data|rows|records))?"
    r"\s*(?:[.;]|$|later|somehow|by (?:a )?script)"
)
WE_LOG = patterns.compile(
    r"(?i)\b(?:we|it|service|application|app)\b[^.;\n]{0,20}\blogs?\b "
    r"(?:it|them|all|every|the|each|changes?)\b|"
    r"\b(?:application|app|server|service|access) logs?\b|\blog (?:files?|lines?|entry|entries)\b|"
    r"\bin the logs?\b"
)
API_GUARDS = patterns.compile(
    r"(?i)\b(?:authori[sz]ation|access(?: control)?|permissions?|security|tenancy|isolation)"
    rf"{_NEAR}(?:handled|done|checked|enforced|taken care of|implemented|solved){_NEAR}{_PROGRAM}\b"
)


def phrase_in(pattern: re.Pattern[str], answers: Mapping[str, Value | None]) -> tuple[str, str] | None:
    """The first question among `answers` in which the phrase stands and is not denied, and its words."""
    for question, value in answers.items():
        for words in _texts(value):
            for match in pattern.finditer(words):
                if not denied(words, match.start()) and not disowned(words, match.end()):
                    return question, " ".join(match[0].split())
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (cell(value, column) for column in value)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
