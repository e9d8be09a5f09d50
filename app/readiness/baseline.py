"""What is new since an earlier check, and why readiness is lower than it was."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from app.interview.applicability import QuestionState, QuestionView
from app.problems import DbcharterError
from app.readiness.model import Evaluation, Finding
from app.readiness.reports.data import FORMAT, finding_data

Key = tuple[str, str, str, str, str]
"""Code, question, row, column and message of a finding; the line does not count."""

_WORTH = {
    QuestionState.ANSWERED: 2,
    QuestionState.NOT_APPLICABLE: 2,
    QuestionState.PARTIAL: 1,
    QuestionState.DEFERRED: 1,
}


class Earlier(Struct, frozen=True):
    """What an earlier check found in one document."""

    findings: Mapping[Key, int]
    readiness: float

    def known(self, findings: Iterable[Finding]) -> list[bool]:
        """Of each finding, whether it was there: by its message, else by its rule and place alone.

        Each earlier finding accounts for one.
        """
        found = list(findings)
        left = Counter(self.findings)
        exact = [_take(left, _key(finding_data(finding))) for finding in found]
        places: Counter[Key] = Counter()
        for key, count in left.items():
            places[(*key[:4], "")] += count
        return [
            was or _take(places, (*_key(finding_data(finding))[:4], ""))
            for was, finding in zip(exact, found, strict=True)
        ]


def earlier(evaluation: Evaluation) -> Earlier:
    """An evaluation as a baseline; what was waived then is known too."""
    keys = Counter(_key(finding_data(finding)) for finding in evaluation.findings)
    return Earlier(MappingProxyType(keys), evaluation.readiness)


def read_report(text: str, name: str) -> dict[str, Earlier]:
    """The files of a JSON report, by the names they were checked under. Raises DbcharterError."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise DbcharterError(f"{name}: is a report of format {data['format']}; this one is {FORMAT}")
        return {
            str(file["file"]): Earlier(
                MappingProxyType(Counter(_key(found) for found in file["findings"])), float(file["readiness"])
            )
            for file in data["files"]
            if not file.get("error")
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        hint = "write one with: dbcharter check FILE --format json --output REPORT"
        raise DbcharterError(f"{name}: is not a report of dbcharter", hint) from None


def drops(before: Evaluation, after: Evaluation) -> tuple[str, ...]:
    """Why the readiness is lower than before; empty when it is not.

    Named are findings that are new and hold something back, rules that could not look any more, and
    required questions that are new or less complete.
    """
    if after.readiness >= before.readiness - 1e-9:
        return ()
    known = {(f.code, f.target) for f in before.findings if f.holds_back}
    reasons = [
        f"{f.code} at {f.target}: {f.message}"
        for f in after.findings
        if f.holds_back and (f.code, f.target) not in known
    ]
    blind = {(u.code, u.target) for u in before.unchecked}
    reasons += [
        f"{u.code} was not checked: {u.reason}" for u in after.unchecked if (u.code, u.target) not in blind
    ]
    for question_id, view in after.survey.questions.items():
        was = before.survey.questions.get(question_id)
        if view.required and (was is None or not was.required):
            if view.open:
                reasons.append(f"{question_id} is required: {view.because[0]}")
        elif was is not None and view.required and _worth(view) < _worth(was):
            reasons.append(f"{question_id} is {_word(view)}")
    return tuple(dict.fromkeys(reasons))


def _worth(view: QuestionView) -> int:
    return _WORTH.get(view.state, 0)


def _word(view: QuestionView) -> str:
    if view.state == QuestionState.PARTIAL and view.misfits:
        return f"not complete: {view.misfits[0].message}"
    return view.state.value.replace("_", " ")


def _key(found: Mapping[str, Any]) -> Key:
    code, question, row = found["code"], found["question"], found["row"]
    return str(code), str(question), str(row), str(found["column"]), str(found["message"])


def _take(counts: Counter[Key], key: Key) -> bool:
    if counts[key] < 1:
        return False
    counts[key] -= 1
    return True


def only(reports: Mapping[str, Earlier], file: str, files: Sequence[str]) -> Earlier | None:
    """What a report says about `file`: under its name, or as its only file when only one is checked."""
    if file in reports:
        return reports[file]
    return next(iter(reports.values())) if len(reports) == 1 and len(files) == 1 else None
