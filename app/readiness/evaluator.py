"""Evaluates one document again and again, in whichever thread asks."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.bank.model import Bank
from app.document.answers import Answers
from app.document.operations import looked_at
from app.readiness.reopening import NOTHING, Reopening
from app.schema.sources import SourceFiles, Sources, references

if TYPE_CHECKING:
    from app.readiness.engine import Engine
    from app.readiness.model import Evaluation
    from app.schema.known_names import KnownNames


class Evaluator:
    """Keeps the engine of one document, and its last evaluation; one evaluation is made at a time.

    `folder` is where the files of DDL are that the answers name.
    """

    def __init__(self, bank: Bank, folder: Path) -> None:
        self._bank = bank
        self._files = SourceFiles(folder)
        self._reading = threading.Lock()
        self._evaluating = threading.Lock()
        self._engine: Engine | None = None
        self._last: tuple[Answers, date, Sources, Evaluation] | None = None
        self._names: KnownNames | None = None

    def sources(self, answers: Answers) -> Sources:
        """The files of DDL that the answers name, read again where they changed."""
        with self._reading:
            return self._files.read(references(answers))

    def sources_have_changed(self) -> bool:
        """Whether a file of DDL is not as it was when it was read last."""
        with self._reading:
            return self._files.have_changed()

    def evaluate(self, answers: Answers, today: date) -> Evaluation:
        """What the rules say of `answers` on the day `today`; nothing is computed where that is known."""
        with self._evaluating:
            sources, known = self.sources(answers), self._last
            if known is None or known[0] is not answers or known[1] != today or known[2] is not sources:
                if self._engine is None:
                    from app.readiness.engine import Engine

                    self._engine = Engine(self._bank)
                known = answers, today, sources, self._engine.evaluate(answers, today, sources)
                self._last = known
            return known[3]

    @property
    def readiness(self) -> int | None:
        """The readiness by the last evaluation, in whole percent; None where there was none."""
        if self._last is None:
            return None
        from app.readiness.reports.model import percent

        return percent(self._last[3].readiness)

    @property
    def known_names(self) -> KnownNames | None:
        """The names in the DDL as the last evaluation read it; None where there was none."""
        schema = None if self._last is None else self._last[3].schema
        if schema is None:
            return None
        if self._names is None or self._names.schema is not schema:
            from app.schema.known_names import KnownNames

            self._names = KnownNames(schema)
        return self._names

    @property
    def reopening(self) -> Reopening:
        """What the files of DDL asked to be looked at again in the last evaluation."""
        return NOTHING if self._last is None else self._last[3].reopening

    def again(self, answers: Answers) -> frozenset[str]:
        """The questions that the last evaluation asked to be looked at again and nobody has since."""
        found = self.reopening
        if not found.again:
            return frozenset()
        from app.readiness.looked import left

        return frozenset(again.question for again in left(found, answers))

    def after_edit(self, before: Answers, after: Answers) -> Answers:
        """`after`, with what was edited noted as looked at, by what the last evaluation found."""
        found = self.reopening
        if not found.tables:
            return after
        from app.readiness.looked import after_edit

        operation = after_edit(self._bank, found, before, after)
        return after if operation is None else looked_at(after, operation)
