"""Cross-section rules about plans: migration against rollout, open questions against answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app import patterns
from app.bank.model import Bank
from app.document.answers import Row, Value
from app.readiness.facts.denials import affirmed
from app.readiness.facts.tables import addressed, cell, name_key, row_text
from app.readiness.registry import Yield, at, rule

_KINDS = {
    "expand": r"expand|add(?:s|ed|ing)? (?:the |a |new )?(?:column|table|index)|create (?:table|index)",
    "dual_write": r"dual[- ]?writes?|writes? (?:to )?both|double writes?",
    "backfill": r"back ?-?fill(?:s|ed|ing)?",
    "validate": r"validat\w*|parity|reconcil\w*|verif\w*",
    "read_switch": r"read[- ]switch|switch(?:es|ed|ing)? (?:the )?reads?|reads? from the new|new reads",
    "stop_old_writes": r"stop(?:s|ped|ping)? (?:the )?(?:old |dual )?writ\w+|no longer writ\w+|"
    r"writes? (?:the )?old \w+ no more",
    "enforce": r"enforc\w*|not null|add constraint|validate constraint",
    "contract": r"contract(?:s|ed|ing|ion)?|drop(?:s|ped|ping)? (?:the )?(?:old )?(?:columns?|tables?)",
}
_WORDS = {kind: patterns.compile(rf"(?i)\b(?:{pattern})\b") for kind, pattern in _KINDS.items()}
_SECTION = patterns.compile(r"(?<![\d.])(\d{1,2}\.\d{1,2})(?![\d.])")
_QUESTION = patterns.compile(r"\b[a-z_]+\.[a-z_]+\b")
_PROVISIONAL = patterns.compile(
    r"(?i)\b(?:provisional(?:ly)?|assum(?:e[sd]?|ing|ption)|tentative(?:ly)?|preliminary|until decided|"
    r"open question|pending|to be decided|not decided|undecided|if the answer|section 20|see 20)\b|\?"
)


@rule(
    "XS10",
    "migration-versus-rollout",
    "B",
    sections=("11.3", "19.1"),
    checklist=("CHK18",),
    what="A kind of step, such as the backfill or the read switch, stands in the migration steps or in "
    "the deployment sequence and not in the other, or the two lists have it in another order.",
    why="The people who deploy follow one of the two lists. A step that it lacks is not done.",
    fix="Give both lists the same steps in the same order, and each row its kind.",
    wrong_when="Two steps are merged into one row: name both in it. A row that says that there is none, "
    "as in without a backfill, names none.",
    fires="""
[profile]
traits = ["existing_data"]

[[migration.steps]]
step = "1"
kind = "expand"
action = "add column seat_class, nullable"

[[migration.steps]]
step = "2"
kind = "backfill"
action = "fill seat_class from the price list"

[[rollout.sequence]]
sequence = "1"
kind = "expand"
change = "add column seat_class"
""",
    silent=(
        """
[profile]
traits = ["existing_data"]

[[migration.steps]]
step = "1"
kind = "expand"
action = "add column seat_class, nullable"

[[migration.steps]]
step = "2"
kind = "backfill"
action = "fill seat_class from the price list"

[[migration.steps]]
step = "3"
kind = "validate"
action = "no row without a class"

[[rollout.sequence]]
sequence = "1"
kind = "expand"
change = "add column seat_class; the backfill follows the same night"

[[rollout.sequence]]
sequence = "2"
kind = "validate"
change = "query for rows without a class returns 0"
""",
        """
[profile]
traits = ["existing_data"]

[[migration.steps]]
step = "1"
kind = "expand"
action = "add column seat_class, nullable"

[[migration.steps]]
step = "2"
kind = "validate"
action = "no row without a class"

[[migration.steps]]
step = "3"
kind = "expand"
action = "add the index"

[[rollout.sequence]]
sequence = "1"
kind = "validate"
change = "the column is there"

[[rollout.sequence]]
sequence = "2"
kind = "expand"
change = "column and index"

[[rollout.sequence]]
sequence = "3"
kind = "switch on"
change = "flag on for one venue"
""",
    ),
)
def migration_versus_rollout(
    bank: Bank, migration_steps: Value | None, rollout_sequence: Value | None
) -> Iterator[Yield]:
    steps = [(address, row) for address, row in addressed(bank, "migration.steps", migration_steps)]
    sequence = [(address, row) for address, row in addressed(bank, "rollout.sequence", rollout_sequence)]
    if not steps or not sequence:
        return
    left = _positions(steps, ("action",))
    right = _positions(sequence, ("change",))
    yield from _lacking(steps, left, sequence, "migration.steps", "the deployment sequence (19.1)")
    yield from _lacking(sequence, right, steps, "rollout.sequence", "the migration steps (11.3)")
    for earlier, first in left.items():
        for later, second in left.items():
            if max(first) < min(second) and _all_after(right, earlier, later):
                address = sequence[min(right[later])][0]
                message = f"{_said(later)} comes before {_said(earlier)} here, and after it in 11.3"
                fix = "give both lists the same order"
                yield at("rollout.sequence", message, row=address, column="sequence", fix=fix)


def _positions(listed: list[tuple[str, Row]], columns: tuple[str, ...]) -> dict[str, list[int]]:
    """Where each kind of step stands in a list."""
    found: dict[str, list[int]] = {}
    for position, (_, row) in enumerate(listed):
        kind = cell(row, "kind")
        if not kind:
            said = [k for k, words in _WORDS.items() if any(affirmed(words, cell(row, c)) for c in columns)]
            kind = said[0] if len(said) == 1 else ""
        if kind in _WORDS:
            found.setdefault(kind, []).append(position)
    return found


def _lacking(
    listed: list[tuple[str, Row]],
    kinds: Mapping[str, list[int]],
    other: list[tuple[str, Row]],
    question: str,
    where: str,
) -> Iterator[Yield]:
    """Kinds of steps of one list that the other neither has nor mentions."""
    texts = [row_text(row) for _, row in other]
    for kind, positions in kinds.items():
        mentioned = any(cell(row, "kind") == kind for _, row in other) or any(
            affirmed(_WORDS[kind], text) for text in texts
        )
        if not mentioned:
            address = listed[positions[0]][0]
            fix = f"add the step there, or name {_said(kind)} in the row that includes it"
            yield at(question, f"{where} has no {_said(kind)}", row=address, column="kind", fix=fix)


def _all_after(positions: Mapping[str, list[int]], earlier: str, later: str) -> bool:
    return earlier in positions and later in positions and min(positions[earlier]) > max(positions[later])


def _said(kind: str) -> str:
    return kind.replace("_", " ")


@rule(
    "XS11",
    "open-question-assumed",
    "C",
    sections=("20",),
    what="An open question names what waits for it, and that row is filled in as if the answer were known.",
    why="A guess that looks like a decision is built, and the question is never asked again.",
    fix='Write in that row that the value is provisional, such as "assumed until decided, section 20".',
    wrong_when="The value is marked as provisional, assumed or pending.",
    fires="""
[profile]
traits = ["personal_data"]

[[logical.grain]]
entity = "guest"
grain = "one person who stays"

[[security.retention]]
entity = "guest"
period = "5 years"

[[open_questions.questions]]
question = "Does the tourism act ask for five years or for three?"
needed_for = "retention of guest in 12.4"
""",
    silent=(
        """
[profile]
traits = ["personal_data"]

[[logical.grain]]
entity = "guest"
grain = "one person who stays"

[[security.retention]]
entity = "guest"
period = "5 years, provisional until the answer of legal"

[[open_questions.questions]]
question = "Does the tourism act ask for five years or for three?"
needed_for = "retention of guest in 12.4"
""",
        """
[profile]
traits = ["personal_data"]

[[logical.grain]]
entity = "guest"
grain = "one person who stays"

[[security.retention]]
entity = "guest"
period = "5 years"

[[open_questions.questions]]
question = "Who signs the deletion of archived folios?"
needed_for = "step 4 of the rollout; 12.4 in general"
""",
    ),
)
def open_question_assumed(
    bank: Bank, values: Mapping[str, Value], open_questions_questions: Value | None
) -> Iterator[Yield]:
    for address, row in addressed(bank, "open_questions.questions", open_questions_questions):
        needed = cell(row, "needed_for")
        for part in re.split(r"[;\n]", needed):
            for question_id in _questions_named(bank, part):
                for where, found in _rows_named(bank, question_id, values.get(question_id), part):
                    said = " ".join(cell(found, column) for column in found)
                    if not _PROVISIONAL.search(said):
                        message = (
                            f"{question_id} already has a value for {where}, which waits for this answer"
                        )
                        fix = "write in that row that the value is provisional"
                        yield at(
                            "open_questions.questions", message, row=address, column="needed_for", fix=fix
                        )


def _questions_named(bank: Bank, needed: str) -> Iterator[str]:
    """The tables that a text names by number (12.4) or id (security.retention)."""
    numbers = set(_SECTION.findall(needed))
    ids = set(_QUESTION.findall(needed))
    for question_id, question in bank.questions.items():
        if question.has_rows and (question_id in ids or question.number in numbers):
            yield question_id


def _rows_named(bank: Bank, question_id: str, value: Value | None, needed: str) -> Iterator[tuple[str, Row]]:
    """The rows that a text names by the words of their address, the longest name where one holds another."""
    said = f" {name_key(needed)} "
    found = [
        (key, address, row)
        for address, row in addressed(bank, question_id, value)
        if (key := name_key(address.split("/")[0])) and f" {key} " in said
    ]
    for key, address, row in found:
        if not any(f" {key} " in f" {other} " for other, *_ in found if other != key):
            yield address, row
