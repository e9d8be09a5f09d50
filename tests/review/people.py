"""People who say things about a document, for tests: records in memory, with times that go up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.bank.load import default_bank
from app.document.answers import Answers, Profile, freeze
from app.document.operations import AddRow, Operation, Set, apply
from app.review.canonical import canonical, digest_of
from app.review.model import AnyRecord, Record, Records, Reviewer, Verdict
from app.review.reading import records_of

BANK = default_bank()


class Room:
    """Collects what people say. One's name is also one's slug."""

    def __init__(self, **roles: str) -> None:
        self.roles = roles
        self.said: list[Record] = []

    def say(self, person: str, model: type[AnyRecord], **words: Any) -> AnyRecord:
        number = sum(record.person == person for record in self.said) + 1
        at = f"2026-11-24T08:{len(self.said) // 60:02}:{len(self.said) % 60:02}.000Z"
        record = model.model_validate({"id": f"{person}-{number}", "at": at, **words, "person": person})
        self.said.append(record)
        return record

    def judge(
        self, person: str, verdict: str, sections: Sequence[str], answers: Answers, role: str = ""
    ) -> None:
        for section in sections:
            text = canonical(BANK, answers, section)
            words = {"section": section, "verdict": verdict, "digest": digest_of(text), "answers": text}
            self.say(person, Verdict, **words, role=role)

    @property
    def records(self) -> Records:
        people = {record.person for record in self.said} | set(self.roles)
        reviewers = [Reviewer(name, name.title(), self.roles.get(name, "")) for name in people]
        return records_of(reviewers, self.said)


def answers_with(*operations: Operation, start: Answers | None = None) -> Answers:
    answers = start or Answers(Profile(("add_table",), "low"))
    for operation in operations:
        answers = apply(BANK, answers, operation)
    return answers


def sample() -> Answers:
    """A little of a document about seats."""
    return answers_with(
        Set(question="control.title", value="Seat holds"),
        Set(question="control.owner", value="Ines"),
        Set(question="problem.goals", value=["No seat is sold twice", "A hold ends by itself"]),
        AddRow(question="logical.grain", row={"entity": "seat", "grain": "one seat of one show"}),
        AddRow(question="logical.grain", row={"entity": "hold", "grain": "one hold of one seat"}),
    )


def with_rows(question: str, rows: Sequence[dict[str, Any]]) -> Answers:
    return sample().with_value(question, freeze(list(rows)))
