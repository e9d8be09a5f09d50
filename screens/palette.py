"""Commands of the palette: the action registry, and every place that one can go to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from msgspec import Struct
from rich.text import Text
from textual.command import DiscoveryHit, Hit, Hits, Provider

from app.document.values import row_addresses
from app.readiness.model import Evaluation
from app.session import Session
from screens.actions import ACTIONS, Action, scopes_of
from screens.messages import GoTo
from screens.plain import plain_line
from screens.states import mark_of

if TYPE_CHECKING:
    from screens.application import DbcharterApp

WIDTH = 70
"""Columns of a place in the list."""
PLACES_SHOWN = 50
"""How many places are offered for some words."""
YIELD_EVERY = 200
"""Places looked at before a waiting key is let through."""


class PaletteProvider(Provider):
    """Finds actions that work on the present screen."""

    async def discover(self) -> Hits:
        for action in self._offered():
            yield DiscoveryHit(action.title, partial(self._run, action), help=action.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self._offered():
            score = matcher.match(action.title)
            if score > 0:
                yield Hit(
                    score, matcher.highlight(action.title), partial(self._run, action), help=action.help
                )

    def _offered(self) -> list[Action]:
        scopes = scopes_of(self.screen, self.focused)
        session = getattr(self.screen, "session", None)
        reviewing = cast("DbcharterApp", self.app).reviewing
        return [a for a in ACTIONS if a.scope in scopes and a.works(session, reviewing=reviewing)]

    async def _run(self, action: Action) -> None:
        nodes = [] if self.focused is None else self.focused.ancestors_with_self
        doers = [node for node in nodes if hasattr(node, f"action_{action.id}")]
        namespace = (
            doers[0] if doers else self.app if action.scope in ("everywhere", "paired") else self.screen
        )
        await self.app.run_action(action.binding_action, namespace)


class Place(Struct, frozen=True):
    """Where one can go. `weight` orders what fits the same words; `text` is what is searched."""

    to: GoTo
    text: str
    weight: float
    number: str = ""
    glyph: str = " "


class PlaceProvider(Provider):
    """Finds sections, questions, rows and findings that have all the words typed."""

    async def search(self, query: str) -> Hits:
        session: Session | None = getattr(self.screen, "session", None)
        words = query.casefold().split()
        if session is None or not words:
            return
        evaluation = session.evaluate(cast("DbcharterApp", self.app).today())
        found = 0
        for looked, place in enumerate(places(session, evaluation)):
            if looked % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            if all(word in place.text.casefold() for word in words):
                found += 1
                exact = place.number == words[0] or place.text.casefold() == query.strip().casefold()
                yield Hit(
                    1.0 if exact else place.weight, _shown(place), partial(self._go, place.to), place.text
                )
            if found == PLACES_SHOWN:
                return

    def _go(self, place: GoTo) -> None:
        self.screen.post_message(place)


def _shown(place: Place) -> Text:
    return Text(f"{place.glyph} ").append_text(plain_line(place.text, WIDTH))


def places(session: Session, evaluation: Evaluation | None) -> Iterator[Place]:
    """Sections, then questions, findings and rows: what is named more often stands further back."""
    survey = session.survey()
    for section in session.bank.sections:
        views = list(survey.of(session.bank.questions_in(section.id)))
        if views:
            best = next((view for view in views if view.due and view.open), views[0])
            number = str(section.number)
            yield Place(GoTo(best.id), f"{number} {section.title} (section)", 0.9, number, "§")
    for name, view in survey.questions.items():
        question = view.question
        text = f"{question.number} {question.title}"
        yield Place(GoTo(name), text, 0.8, question.number, mark_of(view).glyph)
    for finding in evaluation.findings if evaluation else ():
        if finding.target.question in session.bank.questions:
            target = finding.target
            said = f"waived {finding.code}" if finding.waived else finding.code
            text, glyph = f"{said} {finding.name}: {finding.message}", "–" if finding.waived else "⚠"
            yield Place(GoTo.to_finding(target), text, 0.6, finding.code, glyph)
    for name, view in survey.questions.items():
        if view.question.has_rows:
            for address in row_addresses(view.question, session.answers.rows(name)):
                text = f"{address} in {view.question.number} {view.question.title}"
                yield Place(GoTo(name, address), text, 0.5, glyph="▤")
