"""Completeness rules: what is missing, what only looks like an answer, which failures nobody thought of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.bank.model import Bank, Risk
from app.document.answers import State, Value
from app.document.values import Misfit, row_addresses
from app.interview.applicability import (
    STATUS_RANK,
    QuestionState,
    QuestionView,
    Survey,
    condition_holds,
)
from app.readiness.facts.detected import stores_of
from app.readiness.facts.owners import owned_here
from app.readiness.facts.tables import cell, rows
from app.readiness.facts.texts import Looked, address_of, is_reason
from app.readiness.model import Severity
from app.readiness.registry import Yield, at, rule

_TOLD = 3
"""How many gaps of one answer are told one by one."""


_DRAFT = """
[control]
title = "Holds on library copies as rows of their own"
status = "draft"
owner = "Ilse Brandt (Lending)"

[control.decision_summary]
domain = "holds"
canonical_state = "one row per reader and title that waits"
location = "lending.hold"
invariants = "one open hold per reader and title"
enforcement = "a partial unique index"
workloads = "the desk's list of holds"
serving = "ix_hold_branch"
migration = "one new table, filled from the nightly list"
rollback = "the nightly list, which goes on until May"

[problem]
goals = ["The desk sees a new hold within 2 s, not the next morning."]

[physical]
engine = "postgresql"
ddl = "CREATE TABLE hold (library_org text NOT NULL, hold_id bigint PRIMARY KEY);"

[[invariants.matrix]]
id = "INV-001"
invariant = "a reader has at most one open hold on a title"
enforcement = "database_constraint"
"""
_OWN_WORDS = """
[[authority.source_of_truth]]
data = "holds"
owner = "lending service, table hold"
derived_stores = ["none: the catalog reads the primary"]
rebuildable = false
"""


@rule(
    "CP01",
    "section-required-missing",
    "A",
    sections=("all",),
    checklist=("CHK01", "CHK02", "CHK03", "CHK04", "CHK09"),
    what="A question that is required and due has no answer, or is still deferred when the document is "
    "approved; an answer lacks something or holds a value of the wrong kind; or the schema shows something "
    "that the profile does not say.",
    why="What is required follows from the change types, the risk and the traits. A gap there is the first "
    "thing that a review stops at.",
    fix="Answer it, say that it does not apply and why, or defer it with an owner and a date.",
    wrong_when="The change types are chosen too broadly, or a column is only called like a tenant key or "
    "personal data (a warning, and no more).",
    fires="""
[profile]
change_types = ["add_table"]
""",
    silent=(_DRAFT, _DRAFT + _OWN_WORDS),
)
def section_required_missing(
    survey: Survey,
    bank: Bank,
    written: Mapping[str, Value],
    shown_traits: Mapping[str, tuple[str, int]],
    traits: frozenset[str],
    heading_status: int,
    authority_source_of_truth: Value | None,
) -> Iterator[Yield]:
    for view in survey.questions.values():
        if view.state == QuestionState.UNANSWERED and view.due:
            message = f"{view.question.title} ({view.question.number}) is due and not answered"
            yield at(view.id, message, fix=f"answer it: {view.because[0]}", gap=True)
        elif view.state == QuestionState.PARTIAL:
            yield from _gaps(bank, view, written.get(view.id))
        elif view.state == QuestionState.DEFERRED and view.due and heading_status >= STATUS_RANK["approval"]:
            message = (
                f"{view.question.title} ({view.question.number}) is deferred, and the document is approved"
            )
            yield at(view.id, message, fix="answer it, or make it an open question in section 20")
    yield from _detected(shown_traits, traits)
    if "derived_stores" not in traits:
        for position, stores in stores_of(authority_source_of_truth):
            yield at(
                "authority.source_of_truth",
                f"{stores!r} is a copy, but the profile does not say that there are derived stores",
                row=address_of(bank, "authority.source_of_truth", authority_source_of_truth, position),
                column="derived_stores",
                fix="add the trait derived_stores, so that rebuild and reconciliation are asked for",
                severity=Severity.WARNING,
            )


def _gaps(bank: Bank, view: QuestionView, value: Value | None) -> Iterator[Yield]:
    gaps = [misfit for misfit in view.misfits if not _elsewhere(misfit)]
    if not gaps:
        return
    told = "; ".join(_gap(bank, misfit, value) for misfit in gaps[:_TOLD])
    more = f"; and {len(gaps) - _TOLD} more" if len(gaps) > _TOLD else ""
    first = gaps[0]
    row = address_of(bank, view.id, value, first.row) if first.row is not None else ""
    alone = len(gaps) == 1
    yield at(
        view.id,
        f"{view.question.title} ({view.question.number}) is not complete: {told}{more}",
        row=row if alone else "",
        column=first.column if alone else "",
        fix=first.hint or "fill the gaps",
        gap=True,
    )


def _elsewhere(misfit: Misfit) -> bool:
    """Whether another rule tells it: CP05 missing owners and dates, CP09 rows that are there twice."""
    if misfit.missing:
        return owned_here(misfit.question, misfit.column)
    return misfit.repeated


def _gap(bank: Bank, misfit: Misfit, value: Value | None) -> str:
    where = address_of(bank, misfit.question, value, misfit.row) if misfit.row is not None else ""
    question = bank.questions[misfit.question]
    column = question.column_by_id.get(misfit.column)
    name = column.title if column and not misfit.missing else ""
    return ": ".join(part for part in (where, " ".join(w for w in (name, misfit.message) if w)) if part)


def _detected(shown: Mapping[str, tuple[str, int]], traits: frozenset[str]) -> Iterator[Yield]:
    """One warning for each thing that the schema shows and the profile does not say."""
    for trait, what in (
        ("multi_tenant", "a tenant key, but the profile does not say multi-tenant"),
        ("personal_data", "personal data, but the profile does not say so"),
    ):
        if trait in shown and trait not in traits:
            name, line = shown[trait]
            yield at(
                "physical.ddl",
                f"{name} looks like {what}",
                fix=f"add the trait {trait}, or give the column a name that says what it is",
                line=line,
                severity=Severity.WARNING,
            )


@rule(
    "CP04",
    "bare-not-applicable",
    "A",
    sections=("all",),
    what="An answer says none, no, n/a or no impact and nothing else, several fields in a row do so at high "
    "risk, a required question (at high risk any) is said not to apply without a word why, or more than half "
    "of what is required is said not to apply.",
    why="A bare no cannot be checked, and nobody remembers later whether it was looked at or ticked off.",
    fix="Say what would have to be true for it to be wrong, or mark the question not applicable with a "
    "reason.",
    wrong_when="It really is obvious: then the reason is one short sentence. An optional cell can be left "
    "empty.",
    fires="""
[problem]
incidents = "None."
""",
    silent=(
        """
[problem]
incidents = "No: INC-list searched for locker and door on 2026-03-02, two hits, both about the touch screen."
""",
        """
[profile]
risk = "high"

[[domain.actors]]
actor = "depot clerk"
role = "hands out parcels"
creates = "handover"
reads = "parcel, locker"
special_rules = "none"
""",
        """
[profile]
risk = "low"
change_types = ["add_column"]

[status]
"problem.situation" = { state = "not_applicable", reason = "handled_elsewhere", note = "Locker handbook, 2." }
"problem.incidents" = { state = "not_applicable", reason = "does_not_exist", note = "none" }
""",
    ),
)
def bare_not_applicable(
    bank: Bank,
    risk: int,
    survey: Survey,
    states: Mapping[str, State],
    values: Mapping[str, Value],
    looked: Mapping[str, tuple[Looked, ...]],
) -> Iterator[Yield]:
    for question_id, found in looked.items():
        counter = counter_question(bank, question_id) if risk >= Risk.HIGH else ""
        if any(seen.bare for seen in found):
            yield from _denials(bank, question_id, values[question_id], found, counter)
    yield from _without_reason(risk, survey, states)
    yield from _mostly_left_out(bank, survey, states)


def counter_question(bank: Bank, question_id: str) -> str:
    """What to ask somebody who says no: the question's own words, or the bank's."""
    return bank.questions[question_id].counter or bank.file.counter_question


def _denials(
    bank: Bank, question_id: str, value: Value, found: tuple[Looked, ...], counter: str
) -> Iterator[Yield]:
    fix = counter or "give the reason, or mark it not applicable with one"
    told = [
        (seen.row, *what)
        for seen in found
        if seen.blunt or seen.run >= _RUN or (seen.bare and len(seen.bare) >= seen.texts)
        for what in _bare(bank, question_id, seen, counter)
    ]
    names = row_addresses(bank.questions[question_id], rows(value)) if told else []
    for position, message, column, void in told:
        row = names[position] if position >= 0 else ""
        yield at(question_id, message, row=row, column=column, fix=fix, void=void)
    if counter:
        yield from _columns_of_no(bank, question_id, value, found, counter)


def _bare(bank: Bank, question_id: str, seen: Looked, counter: str) -> Iterator[tuple[str, str, bool]]:
    """Message, column, and whether it leaves nothing of the row or the answer."""
    question = bank.questions[question_id]
    if not question.has_rows:
        yield from (("a bare no cannot be checked", name, True) for name in seen.bare)
    elif len(set(seen.bare)) == seen.texts and seen.texts > 1:
        yield "every field of this row is a bare no", "", True
    elif counter and seen.run >= _RUN:
        yield f"{seen.run} fields in a row say no and nothing else", seen.bare[0], False
    else:
        titles, alone = question.column_by_id, seen.texts == 1
        yield from ((f"{titles[name].title} is a bare no", name, alone) for name in seen.blunt)


_RUN = 3
_COLUMN = 4


def _columns_of_no(
    bank: Bank, question_id: str, value: Value, found: tuple[Looked, ...], counter: str
) -> Iterator[Yield]:
    """Columns in which every row says no."""
    count = len(rows(value))
    if count < _COLUMN or len(found) < count:
        return
    for column in bank.questions[question_id].columns:
        if all(column.id in seen.bare for seen in found):
            yield at(
                question_id,
                f"{column.title} is a bare no in all {count} rows",
                column=column.id,
                fix=counter,
                severity=Severity.WARNING,
            )


def _without_reason(risk: int, survey: Survey, states: Mapping[str, State]) -> Iterator[Yield]:
    for question_id, state in states.items():
        view = survey.questions.get(question_id)
        if view is None or view.state != QuestionState.NOT_APPLICABLE:
            continue
        if (view.required or risk >= Risk.HIGH) and not is_reason(state.note):
            fix = "give the reason in a sentence, or answer it"
            yield at(question_id, "it is said not to apply, and not why", fix=fix, void=True)


def _mostly_left_out(bank: Bank, survey: Survey, states: Mapping[str, State]) -> Iterator[Yield]:
    """Every required question that is said not to apply, where most of them are."""
    required = survey.required
    left_out = [view for view in required if view.state == QuestionState.NOT_APPLICABLE]
    if len(left_out) * 2 <= len(required):
        return
    message = f"{len(left_out)} of {len(required)} required questions are said not to apply, this one too"
    for view in left_out:
        if view.id in states:
            fix = f"{counter_question(bank, view.id)} If so much does not apply, the change types are wrong."
            yield at(view.id, message, fix=fix, void=True)


@rule(
    "CP08",
    "failure-path-unanswered",
    "A",
    sections=("17.1",),
    checklist=("CHK17",),
    failure_paths=("FP1", "FP2", "FP3", "FP4", "FP5", "FP6", "FP7"),
    what="A failure that this change can have, going by its traits, is named by no row of the failure modes.",
    why="These seven are the failures that teams meet in production and not in the document.",
    fix="Add a row with that failure path; if it cannot happen, say in the row why, or waive it.",
    wrong_when="The failure is described in a row whose failure path was not chosen.",
    fires="""
[[failure.failure_modes]]
failure_mode = "a locker door is opened for the wrong parcel"
impact = "a parcel in the wrong hands"
detection = "the recipient calls"
mitigation = "the code is bound to parcel and door"
""",
    silent=(
        """
[[failure.failure_modes]]
failure_mode = "a support engineer needs to see a parcel of another customer at night"
path = "fp7"
impact = "addresses are seen without need"
detection = "the session is recorded and read the next day"
mitigation = "a personal login for 60 minutes, agreed by a second person"
""",
        """
[profile]
change_types = ["add_column"]
risk = "low"
""",
    ),
)
def failure_path_unanswered(
    bank: Bank,
    failure_failure_modes: Value | None,
    traits: frozenset[str],
    change_types: frozenset[str],
    risk: int,
) -> Iterator[Yield]:
    found = rows(failure_failure_modes)
    if not found or "failure_path" not in bank.enumerations:
        return
    said = {cell(row, "path") for row in found}
    names = {"traits": traits, "change_types": change_types, "risk": risk}
    for option in bank.enumerations["failure_path"].options:
        if option.id not in said and condition_holds(option.ask_when, names):
            yield at(
                "failure.failure_modes",
                f"{option.id.upper()}: no row says {option.title}",
                row=option.id,
                column="path",
                fix=f"add a row with the failure path {option.id}",
            )
