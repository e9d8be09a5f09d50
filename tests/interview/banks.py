"""The bank that ships, and variants of it in which one question depends on answers."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec.structs import replace

from app.bank.load import default_bank
from app.bank.model import Bank, Question
from app.document.answers import Answers, Profile

BANK = default_bank()


def profiles() -> st.SearchStrategy[Profile]:
    """Any profile, with ids now and then that the bank does not have."""
    change_types = st.sampled_from([*BANK.change_types, "paint_it_blue"])
    return st.builds(
        Profile,
        change_types=st.lists(change_types, max_size=4, unique=True).map(tuple),
        risk=st.sampled_from(["", *BANK.risks, "hair-raising"]),
        traits=st.lists(st.sampled_from([*BANK.traits, "shiny"]), unique=True).map(tuple),
        template=st.sampled_from(["full", "compact"]),
    )


def answers_of(
    *change_types: str, risk: str = "", traits: tuple[str, ...] = (), template: str = "full"
) -> Answers:
    return Answers(Profile(change_types, risk, traits, "compact" if template == "compact" else "full"))


def with_conditions(conditions: dict[str, str]) -> Bank:
    """The bank in which each of these questions has this condition as its own."""

    def changed(section_id: str, question: Question) -> Question:
        condition = conditions.get(f"{section_id}.{question.id}")
        if condition is None:
            return question
        told = {"ask_when": condition, "because": "it was said", "because_not": "it was not said"}
        return replace(question, **told)

    sections = [
        replace(section, questions=tuple(changed(section.id, q) for q in section.questions))
        for section in BANK.sections
    ]
    return Bank(BANK.file, tuple(sections))
