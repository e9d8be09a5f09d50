"""Whether a bank that loaded is whole: every name it uses exists, every condition is allowed.

Yields `(file, path, problem)`: the id of the section whose file it is, or "" for `bank.toml`, and the
path of the offending key inside that file, for the line number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from app.bank.conditions import (
    TAKEN_NAMES,
    ConditionError,
    compile_condition,
    known_constants,
    unknown_reads,
)
from app.bank.dependencies import cycles
from app.bank.model import (
    Bank,
    ChangeType,
    Column,
    CompactHeading,
    Enumeration,
    Question,
    Requirement,
    ReviewerRule,
    Section,
)
from app.bank.versions import version_problems
from app.problems import Problem, nearest

Path = tuple[str | int, ...]
Found = tuple[Path, Problem]
FoundIn = tuple[str, Path, Problem]
RESERVED_SECTIONS = (
    frozenset({"bank", "profile", "format", "status", "waivers", "notes", "conflicts"})
    | frozenset({"ddl_seen", "ddl_looked_at"})
    | TAKEN_NAMES
)
RESERVED_COLUMN = "draft"
"""What marks a row that was taken over and that nobody has accepted."""
ROLES = "reviewer_role"
"""The enumeration of the roles in which people review."""
SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_OPTION_KINDS = frozenset({"choice", "choices"})


def problems_of(bank: Bank) -> Iterator[FoundIn]:
    """Everything that is wrong with the references and conditions of `bank`."""
    for section in bank.sections:
        for path, problem in [*_duplicates_of(bank, section), *_section_problems(bank, section)]:
            yield section.id, path, problem
    yield from cyclic(bank)
    yield from version_problems(bank)
    for path, problem in [*_duplicates(bank), *_bank_file_problems(bank)]:
        yield "", path, problem


def place_of(bank: Bank, question_id: str) -> tuple[str, Path]:
    """The section id and the path inside its file of a question."""
    section = bank.section_of(question_id)
    return section.id, ("question", section.questions.index(bank.questions[question_id]))


def cyclic(bank: Bank) -> Iterator[FoundIn]:
    """Questions whose conditions read each other's answers in a circle."""
    for circle in cycles(bank):
        section, path = place_of(bank, circle[0])
        message = "its condition depends on its own answer"
        if len(circle) > 1:
            message += ", by way of " + ", ".join(circle[1:])
        yield section, (*path, "ask_when"), Problem(message, where=circle[0])


def _duplicates_of(bank: Bank, section: Section) -> Iterator[Found]:
    for what in ("id", "number"):
        value = getattr(section, what)
        if sum(getattr(other, what) == value for other in bank.sections) > 1:
            yield (what,), Problem(f"two sections have the {what} {value!r}", where=section.id)


def _duplicates(bank: Bank) -> Iterator[Found]:
    lists: list[tuple[str, Iterable[str]]] = [
        ("change_type", (c.id for c in bank.file.change_types)),
        ("risk", (r.id for r in bank.file.risks)),
        ("trait", (t.id for t in bank.file.traits)),
        ("enumeration", (e.id for e in bank.file.enumerations)),
        ("compact", (h.id for h in bank.file.compact)),
        ("checklist", (c.id for c in bank.file.checklist)),
        ("cross_check", (c.id for c in bank.file.cross_checks)),
    ]
    for kind, ids in lists:
        for position, name in _repeated(ids):
            yield (kind, position, "id"), Problem(f"the {kind} {name!r} is there twice", where=name)


def _repeated(names: Iterable[str]) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name in seen:
            yield position, name
        seen.add(name)


def _section_problems(bank: Bank, section: Section) -> Iterator[Found]:
    if section.id in RESERVED_SECTIONS:
        yield ("id",), Problem(f"the id {section.id!r} is reserved", where=section.id)
    numbers = [sub.number for sub in section.subsections]
    for position, number in _repeated(numbers):
        yield ("subsection", position), Problem("this number is there twice", where=number)
    for position, sub in enumerate(section.subsections):
        path: Path = ("subsection", position)
        if sub.number.split(".")[0] != str(section.number):
            text = f"the number does not belong to section {section.number}"
            yield (*path, "number"), Problem(text, where=sub.number)
        yield from _condition_problems(bank, path, sub.number, sub.ask_when, sub.because, sub.because_not)
    for position, name in _repeated(q.id for q in section.questions):
        yield ("question", position, "id"), Problem("this id is there twice", where=name)
    for position, question in enumerate(section.questions):
        qid = f"{section.id}.{question.id}"
        path = ("question", position)
        if question.number not in numbers:
            yield (
                (*path, "number"),
                Problem(
                    f"no subsection has the number {question.number}",
                    where=qid,
                    hint=nearest(question.number, numbers),
                ),
            )
        for keys, problem in _question_problems(bank, qid, question):
            yield (*path, *keys), problem


def _question_problems(bank: Bank, qid: str, question: Question) -> Iterator[Found]:
    yield from _condition_problems(bank, (), qid, question.ask_when, question.because, question.because_not)
    yield from _option_problems(bank, (), qid, question.kind, question.options)
    if question.refers_to:
        yield from _reference_problems(bank, ("refers_to",), qid, question.refers_to)
    if question.or_else:
        yield from _stand_in_problems(bank, qid, question.or_else)
    if question.ask_after:
        yield from _order_problems(bank, qid, question.ask_after)
    if question.has_rows:
        yield from _column_problems(bank, qid, question)
    elif question.columns or question.key or question.starters:
        yield (), Problem("only tables and records have columns, a key and starters", where=qid)
    if question.kind == "sentence":
        yield from _sentence_problems(qid, question)
    elif question.sentence or question.slots:
        yield (), Problem("only a sentence has slots", where=qid)


def _stand_in_problems(bank: Bank, qid: str, name: str) -> Iterator[Found]:
    other = bank.questions.get(name)
    if other is None:
        text = f"is answered by the unknown question {name!r}"
        yield ("or_else",), Problem(text, where=qid, hint=nearest(name, bank.questions))
    elif name == qid or other.or_else:
        text = "is answered by itself" if name == qid else f"{name} is answered by another one itself"
        yield ("or_else",), Problem(text, where=qid)


def _order_problems(bank: Bank, qid: str, part: str) -> Iterator[Found]:
    first = bank.questions_in(part)
    waiting = next((name for name in first if bank.questions[name].ask_after), None)
    if not first:
        known = [*bank.questions, *bank.subsections, *bank.section_by_id]
        hint = "" if part in known else nearest(part, known)
        text = f"is asked after {part!r}, in which there is no question"
        yield ("ask_after",), Problem(text, where=qid, hint=hint)
    elif qid in first:
        yield ("ask_after",), Problem("is asked after itself", where=qid)
    elif waiting is not None:
        text = f"is asked after {waiting}, which is asked after another one itself"
        yield ("ask_after",), Problem(text, where=qid)


def _column_problems(bank: Bank, qid: str, question: Question) -> Iterator[Found]:
    ids = [column.id for column in question.columns]
    if not ids:
        yield (), Problem("has no columns", where=qid)
    if not question.key_columns:
        yield (), Problem("has no key, so that its rows cannot be addressed", where=qid)
    for name in question.key_columns:
        if name not in ids:
            text = f"the key {name!r} is not a column"
            yield ("key",), Problem(text, where=qid, hint=nearest(name, ids))
    if RESERVED_COLUMN in ids:
        text = f"no column may be called {RESERVED_COLUMN!r}: answer files mark rows with it"
        yield ("columns", ids.index(RESERVED_COLUMN)), Problem(text, where=qid)
    for position, name in _repeated(ids):
        yield ("columns", position), Problem(f"the column {name!r} is there twice", where=qid)
    for position, column in enumerate(question.columns):
        where = f"{qid}.{column.id}"
        path: Path = ("columns", position)
        yield from _option_problems(bank, path, where, column.kind, column.options)
        if column.refers_to:
            yield from _reference_problems(bank, (*path, "refers_to"), where, column.refers_to)
        if column.within and (column.within not in ids or column.within == column.id):
            text = f"stands within the unknown column {column.within!r}"
            yield (*path, "within"), Problem(text, where=where, hint=nearest(column.within, ids))
    starter = question.column_by_id.get(question.starters or "")
    if question.starters and (starter is None or not starter.options):
        text = f"starters must name a column with options, not {question.starters!r}"
        yield ("starters",), Problem(text, where=qid, hint=nearest(question.starters, ids))


def _sentence_problems(qid: str, question: Question) -> Iterator[Found]:
    used = SLOT.findall(question.sentence)
    ids = [slot.id for slot in question.slots]
    for name in dict.fromkeys(used):
        if name not in ids:
            text = f"the sentence has the unknown slot {name!r}"
            yield ("sentence",), Problem(text, where=qid, hint=nearest(name, ids))
    for position, name in enumerate(ids):
        if used.count(name) != 1:
            text = f"the slot {name!r} must stand in the sentence exactly once"
            yield ("slots", position), Problem(text, where=qid)


def _option_problems(bank: Bank, path: Path, where: str, kind: str, options: str | None) -> Iterator[Found]:
    if options and kind not in (*_OPTION_KINDS, "number"):
        yield (*path, "options"), Problem(f"a {kind} has no options", where=where)
    elif kind in _OPTION_KINDS and not options:
        yield path, Problem(f"a {kind} needs options", where=where)
    elif options and options not in bank.enumerations:
        text = f"there is no enumeration {options!r}"
        yield (*path, "options"), Problem(text, where=where, hint=nearest(options, bank.enumerations))


def _reference_problems(bank: Bank, path: Path, where: str, target: str) -> Iterator[Found]:
    question_id, _, column = target.rpartition(".")
    question: Question | None = bank.questions.get(question_id)
    columns: dict[str, Column] = question.column_by_id if question else {}
    if column not in columns:
        known = [f"{q}.{c}" for q, other in bank.questions.items() for c in other.column_by_id]
        text = f"refers to the unknown column {target!r}"
        yield path, Problem(text, where=where, hint=nearest(target, known))


def _condition_problems(
    bank: Bank, path: Path, where: str, text: str, because: str, because_not: str
) -> Iterator[Found]:
    if not text:
        return
    try:
        condition = compile_condition(text)
    except ConditionError as error:
        yield (*path, "ask_when"), Problem(f"the condition {error}", where=where, hint=error.hint)
        return
    known = [*bank.questions, *bank.traits, *bank.change_types, *(known_constants(condition, bank) or ())]
    for name in unknown_reads(condition, bank):
        message = f"the condition names the unknown {name!r}"
        yield (*path, "ask_when"), Problem(message, where=where, hint=nearest(name, known))
    if not because or not because_not:
        message = "a condition needs because and because_not, for the author to see"
        yield (*path, "ask_when"), Problem(message, where=where)


def _bank_file_problems(bank: Bank) -> Iterator[Found]:
    file = bank.file
    yield from _requirement_problems(bank)
    for position, change in enumerate(file.change_types):
        yield from _change_type_problems(bank, ("change_type", position), change)
    for position, item in enumerate(file.checklist):
        yield from _part_problems(bank, ("checklist", position), item.id, item.rests_on)
    for position, check in enumerate(file.cross_checks):
        yield from _part_problems(bank, ("cross_check", position), check.id, (*check.left, *check.right))
    for position, heading in enumerate(file.compact):
        yield from _heading_problems(bank, ("compact", position), heading)
    yield from _lost_columns(bank)
    for position, master in enumerate(file.master_questions):
        yield from _part_problems(bank, ("master_question", position), master.title, master.answered_in)
    for position, rule in enumerate(file.reviewers):
        yield from _reviewer_problems(bank, ("reviewer", position), rule)
    for position, enumeration in enumerate(file.enumerations):
        yield from _enumeration_problems(bank, ("enumeration", position), enumeration)


def _requirement_problems(bank: Bank) -> Iterator[Found]:
    file = bank.file
    groups: list[tuple[Path, tuple[Requirement, ...]]] = [(("requires",), file.requires)]
    groups += [(("change_type", i, "requires"), c.requires) for i, c in enumerate(file.change_types)]
    groups += [(("risk", i, "requires"), r.requires) for i, r in enumerate(file.risks)]
    groups += [(("trait", i, "requires"), t.requires) for i, t in enumerate(file.traits)]
    for path, requirements in groups:
        for position, requirement in enumerate(requirements):
            yield from _part_problems(bank, (*path, position), requirement.title, requirement.parts)


def _change_type_problems(bank: Bank, path: Path, change: ChangeType) -> Iterator[Found]:
    if change.pages[0] < 1 or change.pages[0] > change.pages[-1]:
        yield (*path, "pages"), Problem("pages count from 1, the smaller number first", where=change.id)
    for trait in change.implies:
        if trait not in bank.traits:
            message = f"implies the unknown trait {trait!r}"
            yield (*path, "implies"), Problem(message, where=change.id, hint=nearest(trait, bank.traits))


def _heading_problems(bank: Bank, path: Path, heading: CompactHeading) -> Iterator[Found]:
    for position, part in enumerate(heading.parts):
        place = (*path, "parts", position)
        question = bank.questions.get(part.question)
        if question is None:
            message = f"names the unknown question {part.question!r}"
            yield place, Problem(message, where=heading.id, hint=nearest(part.question, bank.questions))
            continue
        for column in part.columns:
            if column not in question.column_by_id:
                message = f"{part.question} has no column {column!r}"
                hint = nearest(column, question.column_by_id)
                yield place, Problem(message, where=heading.id, hint=hint)
    yield from _part_problems(bank, (*path, "also"), heading.id, heading.also)
    before = bank.file.compact[: bank.file.compact.index(heading)]
    taken = {name: other.id for other in before for part in other.also for name in bank.questions_in(part)}
    for name in dict.fromkeys(name for part in heading.also for name in bank.questions_in(part)):
        if name in taken:
            message = f"{name} stands under the heading {taken[name]!r} already"
            yield (*path, "also"), Problem(message, where=heading.id)


def _lost_columns(bank: Bank) -> Iterator[Found]:
    """Columns that a compact document leaves out: its headings show others of the same table only."""
    shown: dict[str, set[str]] = {}
    first: dict[str, Path] = {}
    for position, heading in enumerate(bank.file.compact):
        for number, part in enumerate(heading.parts):
            question = bank.questions.get(part.question)
            every = question.column_by_id if question is not None else ()
            shown.setdefault(part.question, set()).update(part.columns or every)
            first.setdefault(part.question, ("compact", position, "parts", number))
    for question_id, path in first.items():
        for column in bank.questions[question_id].column_by_id if question_id in bank.questions else ():
            if column not in shown[question_id]:
                message = f"no heading shows the column {column!r} of {question_id}"
                yield path, Problem(message, where=question_id)


def _enumeration_problems(bank: Bank, path: Path, enumeration: Enumeration) -> Iterator[Found]:
    for position, name in _repeated(option.id for option in enumeration.options):
        message = f"the option {name!r} is there twice"
        yield (*path, "options", position), Problem(message, where=enumeration.id)
    for position, option in enumerate(enumeration.options):
        where = f"{enumeration.id}.{option.id}"
        yield from _condition_problems(bank, (*path, "options", position), where, option.ask_when, "-", "-")


def _reviewer_problems(bank: Bank, path: Path, rule: ReviewerRule) -> Iterator[Found]:
    roles = bank.enumerations.get(ROLES)
    if roles is None or rule.role not in roles.by_id:
        hint = nearest(rule.role, roles.by_id if roles else ())
        yield (*path, "role"), Problem(f"is no role of the enumeration {ROLES!r}", where=rule.role, hint=hint)
    for section in rule.sections:
        if section not in bank.section_by_id:
            hint = nearest(section, bank.section_by_id)
            text = f"names the unknown section {section!r}"
            yield (*path, "sections"), Problem(text, where=rule.role, hint=hint)
    for _, problem in _condition_problems(bank, (), rule.role, rule.when, "-", "-"):
        yield (*path, "when"), problem


def _part_problems(bank: Bank, path: Path, where: str, parts: Iterable[str]) -> Iterator[Found]:
    for part in parts:
        if part not in bank.questions and part not in bank.subsections and part not in bank.section_by_id:
            known = [*bank.questions, *bank.subsections, *bank.section_by_id]
            message = f"names the unknown part {part!r}"
            yield path, Problem(message, where=where, hint=nearest(part, known))
