"""One document and all that was said about it, at one moment, with what follows from both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import Answers
from app.readiness.model import Evaluation, ItemVerdict
from app.review.approval import Approval, Voice, approval
from app.review.canonical import CHECK, sections_about
from app.review.marks import Marked, asked, looked_at, marks
from app.review.model import Records, Verdict
from app.review.names import slug_of
from app.review.roles import Role, people_of, required_roles, role_id
from app.review.suggestions import Proposal, proposals
from app.review.threads import Talk, threads
from app.review.verdicts import Digests, Standing, standing


class ReviewState(Struct, frozen=True, dict=True):
    """What screens about a review look at. Everything that follows is worked out when first asked for.

    `evaluation` and `digests` are those of `answers`.
    """

    bank: Bank
    answers: Answers
    records: Records
    evaluation: Evaluation
    digests: Digests

    @cached_property
    def approval(self) -> Approval:
        return approval(self.bank, self.answers, self.records, self.evaluation, self.digests)

    @cached_property
    def standing(self) -> Mapping[tuple[str, str, str], Standing]:
        """The verdict that holds of each person on each section in each role."""
        return standing(self.records, self.digests)

    @cached_property
    def marks(self) -> Mapping[tuple[str, str], Marked]:
        """The mark that stands of each person on each cross-check."""
        return marks(self.records, self.digests)

    @cached_property
    def checks(self) -> tuple[ItemVerdict, ...]:
        """The cross-checks whose places are there to be held against each other."""
        return asked(self.evaluation)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles that have to approve something."""
        return required_roles(self.bank, self.answers, self.evaluation.survey)

    @cached_property
    def talks(self) -> tuple[Talk, ...]:
        return threads(self.records)

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        return proposals(self.bank, self.answers, self.records)

    def roles_of(self, person: str, said: str = "") -> tuple[Role, ...]:
        """The required roles that a person may speak for; `said` is the one that the person claims."""
        slug, claimed = slug_of(person), role_id(self.bank, said)
        return tuple(
            role
            for role in self.roles
            if slug in people_of(self.bank, self.records, role) or (role.id == claimed and not role.named)
        )

    def voices_on(self, section: str) -> tuple[Voice, ...]:
        """What the roles that must approve a section say about it."""
        return tuple(voice for voice in self.approval.voices if voice.section == section)

    def held_by(self, person: str, section: str) -> Standing | None:
        """The verdict that a person gave last on a section, in whatever role."""
        slug = slug_of(person)
        own = [held for (who, what, _), held in self.standing.items() if (who, what) == (slug, section)]
        return max(own, key=lambda held: held.verdict.number, default=None)

    def marks_on(self, check: str) -> tuple[Marked, ...]:
        """What people say about a cross-check, one mark of each."""
        return tuple(marked for (_, what), marked in self.marks.items() if what == check)

    def marks_of(self, person: str) -> Mapping[str, Marked]:
        """The marks of one person, by cross-check."""
        slug = slug_of(person)
        return {check: marked for (who, check), marked in self.marks.items() if who == slug}

    def unmarked_in(self, person: str, section: str) -> tuple[int, int]:
        """How many cross-checks of a section a person has not marked as they are, and how many it has."""
        inside = [c for c in self.checks if section in sections_about(self.bank, f"{CHECK}{c.id}")]
        return len(inside) - looked_at(inside, self.marks_of(person).values()), len(inside)

    def talks_at(self, questions: Collection[str]) -> tuple[Talk, ...]:
        """The threads on some questions, open ones first."""
        found = [talk for talk in self.talks if talk.thread.question in questions]
        return tuple(sorted(found, key=lambda talk: not talk.is_open))

    def proposals_at(self, questions: Collection[str]) -> tuple[Proposal, ...]:
        """The suggestions for some questions, undecided ones first."""
        found = [proposal for proposal in self.proposals if proposal.suggestion.question in questions]
        return tuple(sorted(found, key=lambda proposal: proposal.decided is not None))

    def remarks_on(self, section: str) -> tuple[Verdict, ...]:
        """What was said with verdicts on a section as a whole, in the order in which it was said."""
        return tuple(v for v in self.records.of(Verdict) if v.section == section and v.text)
