"""What the document says about how far back its backups reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from app import patterns
from app.document.answers import Value
from app.readiness.facts.quantities import durations
from app.readiness.facts.tables import cell
from app.readiness.facts.texts import SENTENCE
from app.readiness.registry import fact

_DAY = 86_400
_BACKUP = patterns.compile(r"(?i)\b(?:backups?|base backup|dumps?|point[- ]in[- ]time|pitr)\b")
_KEPT = patterns.compile(
    r"(?i)\b(?:kept|keeps?|expires?d?|lock(?:ed|s)?|gone|lives?|retain(?:ed|s)?|retention|reach(?:es)?|history|deleted|"
    r"dropped|for|after|window)\b"
)
_FOR_DISASTERS = patterns.compile(
    r"(?i)\b(?:disasters?|recovery) (?:alone|only)\b|\bonly (?:for|against) (?:disasters?|recovery)|"
    r"\bnot (?:for|an?) (?:retention|archiv\w+)|\b(?:never|not) used (?:as|for) (?:an )?archiv\w+"
)


class BackupText(Struct, frozen=True):
    """What one answer says: the age of the oldest backup in seconds, and whether backups are for disasters
    only."""

    age: float | None
    disasters_only: bool


@fact
def backup_texts(values: Mapping[str, Value], memo: dict[str, Any]) -> Mapping[str, BackupText]:
    """By question of sections 12 and 15, what it says about backups; the same object while none changes."""
    before: dict[str, tuple[Value, BackupText]]
    result: Mapping[str, BackupText]
    before, result = memo.setdefault("backup_texts", ({}, {}))
    said = {q: value for q, value in values.items() if q.startswith(("security.", "recovery."))}
    if said.keys() == before.keys() and all(before[q][0] is value for q, value in said.items()):
        return result
    after = {}
    for question_id, value in said.items():
        known = before.get(question_id)
        after[question_id] = known if known and known[0] is value else (value, read_backups(value))
    result = {question_id: found for question_id, (_, found) in after.items()}
    memo["backup_texts"] = (after, result)
    return result


def read_backups(value: Value) -> BackupText:
    """What an answer says of backups; an age counts where a sentence names one duration of a day or more."""
    ages: list[float] = []
    disasters_only = False
    for words in _texts(value):
        for sentence in SENTENCE.split(words):
            if _BACKUP.search(sentence):
                disasters_only = disasters_only or bool(_FOR_DISASTERS.search(sentence))
                found = [age for age in durations(sentence) if age >= _DAY] if _KEPT.search(sentence) else []
                ages += found if len(found) == 1 else []
    return BackupText(max(ages, default=None), disasters_only)


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for inner in value:
            if isinstance(inner, Mapping):
                yield from (cell(inner, column) for column in inner)
            else:
                yield str(inner)
