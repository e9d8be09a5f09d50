"""How long an interview is at least and at most, for every change type and risk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from app.bank.conditions import UnprovableError
from app.bank.dependencies import situations
from app.bank.model import Bank
from app.document.answers import Answers, Profile, Template
from app.interview.applicability import condition_values, page_range, required_because


class Length(Struct, frozen=True):
    """Required questions, and the subsections that they stand in."""

    questions: int
    subsections: int


class Extent(Struct, frozen=True):
    """The interview for one change type, risk and template.

    `shortest` has no traits beyond the implied ones and answers that open nothing, `longest` all
    traits and every question that some answer opens. `pages` is the range of the change type; None
    as its upper end means "or more".
    """

    change_type: str
    risk: str
    template: Template
    shortest: Length
    longest: Length
    pages: tuple[int, int | None] | None


def extents(bank: Bank) -> tuple[Extent, ...]:
    """One extent for every template, change type and risk, in the order of the bank."""
    return tuple(
        _extent(bank, Profile((change,), risk, (), template))
        for template in get_args(Template)
        for change in bank.change_types
        for risk in sorted(bank.risks, key=lambda name: bank.risks[name].rank)
    )


def _extent(bank: Bank, bare: Profile) -> Extent:
    loaded = replace(bare, traits=tuple(bank.traits))
    return Extent(
        bare.change_types[0],
        bare.risk,
        bare.template,
        shortest=_length(bank, bare, all),
        longest=_length(bank, loaded, any),
        pages=page_range(bank, Answers(profile=bare)),
    )


def _length(bank: Bank, profile: Profile, decide: Callable[[Iterator[bool]], bool]) -> Length:
    """Count what is required under `profile` and asked whatever (`all`) or for some (`any`) answers."""
    answers = Answers(profile=profile)
    values = condition_values(bank, answers)
    asked = [
        question_id
        for question_id in required_because(bank, answers)
        if decide(_outcomes(bank, question_id, values))
    ]
    return Length(len(asked), len({bank.questions[question_id].number for question_id in asked}))


def _outcomes(bank: Bank, question_id: str, profile: Mapping[str, object]) -> Iterator[bool]:
    """Whether the question is asked, for every combination of answers that it depends on.

    A condition too large to be tried counts as undecided: both outcomes.
    """
    try:
        for asked, _ in situations(bank, question_id, fixed=profile):
            yield asked
    except UnprovableError:
        yield from (True, False)
