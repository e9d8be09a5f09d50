"""What is new since an earlier check, and why readiness is lower than it was."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from app import patterns
from app.document.answers import Waiver
from app.interview.applicability import QuestionState, QuestionView
from app.problems import DbcharterError
from app.readiness.model import Evaluation, Finding, ItemState, ItemVerdict, Severity, Target
from app.readiness.reports.data import FORMAT, evaluation_data, finding_data, unchecked_data
from app.readiness.waivers import Waivers

Key = tuple[str, str, str, str, str]
"""Code, question, row, column and message of a finding; neither lines nor numbers in the message count."""

_SEVERITIES = tuple(severity.value for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO))
"""The worst first."""
_NUMBER = patterns.compile(r"(?<![\w.])\d+(?![\w.]*\w)")
_WORTH = {
    QuestionState.ANSWERED: 2,
    QuestionState.NOT_APPLICABLE: 2,
    QuestionState.PARTIAL: 1,
}


class Earlier(Struct, frozen=True):
    """What an earlier check found in one document.

    `findings` counts what was open, by severity, the worst first. `held` says by rule and place whether a
    finding of an item of the review held it back. `blind` are the rules that could not look, `worth` says how
    far (0 to 2) the questions were answered that an item rests on, `items` whether each item counted and how
    far it was met.
    """

    findings: Mapping[Key, tuple[int, ...]] = MappingProxyType({})
    readiness: float = 0.0
    held: Mapping[str, bool] = MappingProxyType({})
    blind: frozenset[str] = frozenset()
    worth: Mapping[str, int] = MappingProxyType({})
    items: Mapping[str, tuple[bool, float]] = MappingProxyType({})

    def known(self, findings: Iterable[Finding]) -> list[bool]:
        """Of each finding, whether it was there and was as bad; each earlier finding accounts for one."""
        left = {key: list(counts) for key, counts in self.findings.items()}
        return [_take(left.get(_key(data), []), data["severity"]) for data in map(finding_data, findings)]

    def drops(self, after: Evaluation) -> tuple[str, ...]:
        """Why the readiness is lower than it was; empty when it is not.

        Named are findings that are new and hold something back, rules that could not look any more,
        required questions that are new or less complete, and items of the review that count now or count no
        more; an item that is met less for another reason only where there is nothing else to name.
        """
        if after.readiness >= self.readiness - 5e-5:
            return ()
        reasons = [*self._findings(after), *self._questions(after)]
        moved = [said for item in after.checklist if (said := self._moved(item))]
        if not reasons and not moved:
            moved = [said for item in after.checklist if (said := self._less(item))]
        return tuple(dict.fromkeys((*reasons, *moved)))

    def _findings(self, after: Evaluation) -> Iterator[str]:
        for f in dict.fromkeys(finding for item in after.checklist for finding in item.findings):
            was = self.held.get(f"{f.code} {f.target}")
            if (f.holds_back and not was) or (f.void and was is None):
                yield f"{f.code} at {f.target}: {f.message}"
        for blind in after.unchecked:
            if blind.code not in self.blind:
                yield f"{blind.code} was not checked: {blind.reason}"

    def _questions(self, after: Evaluation) -> Iterator[str]:
        resting = {name for item in after.checklist for name in _resting(item)}
        for name, view in after.survey.questions.items():
            if name not in resting or not view.required:
                continue
            if name not in self.worth:
                if view.open:
                    yield f"{name} is required: {view.because[0]}"
            elif _worth(view) < self.worth[name]:
                yield f"{name} is {_word(view)}"

    def _moved(self, item: ItemVerdict) -> str:
        """An item that counts now and is met less than the others, or counts no more and was met better."""
        counted, degree = self.items.get(item.id, (False, 0.0))
        counts = item.state != ItemState.NOT_APPLICABLE
        if counted and not counts and degree > self.readiness:
            return f"“{item.title}” counts no more, and was met by {degree:.0%}: {item.reason}"
        if counts and not counted and item.degree < self.readiness:
            return f"“{item.title}” counts now, and is met by {item.degree:.0%}"
        return ""

    def _less(self, item: ItemVerdict) -> str:
        counted, degree = self.items.get(item.id, (False, 0.0))
        if not counted or item.degree >= degree - 5e-5:
            return ""
        return f"“{item.title}” is met by {item.degree:.0%}, and was by {degree:.0%}"


def earlier(evaluation: Evaluation, waivers: Iterable[Waiver] = ()) -> Earlier:
    """An evaluation as a baseline.

    What one of its `waivers` accepts, or accepted before it expired, was never open: where nothing accepts
    it any more, it is new.
    """
    waived = Waivers(waivers)
    data = evaluation_data(evaluation)
    data["findings"] = [finding_data(f) for f in evaluation.findings if not waived.of(f)]
    data["unchecked"] = [unchecked_data(blind) for blind in evaluation.unchecked]
    required = {name: _worth(view) for name, view in evaluation.survey.questions.items() if view.required}
    return _earlier(data, evaluation.readiness, required)


def drops(before: Evaluation, after: Evaluation) -> tuple[str, ...]:
    """Why the readiness is lower than before; see `Earlier.drops`."""
    return earlier(before).drops(after)


def read_report(text: str, name: str) -> dict[str, Earlier]:
    """The files of a JSON report, by their names as `file_name` has them. Raises DbcharterError."""
    try:
        data = json.loads(text)
        if data["format"] != FORMAT:
            raise DbcharterError(f"{name}: is a report of format {data['format']}; this one is {FORMAT}")
        return {
            file_name(str(file["file"])): _earlier(file, float(file["readiness"]), _answered(file))
            for file in data["files"]
            if not file.get("error")
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        hint = "write one with: dbcharter check FILE --format json --output REPORT"
        raise DbcharterError(f"{name}: is not a report of dbcharter", hint) from None


def file_name(file: str) -> str:
    """One name for a file in the folder of work, however it is written: `./a.toml` is `a.toml`."""
    return os.path.relpath(file)


def _earlier(data: Mapping[str, Any], readiness: float, worth: Mapping[str, int]) -> Earlier:
    """What a report says of one file, as a baseline."""
    counts: dict[Key, list[int]] = {}
    mild: dict[str, bool] = {}
    for found in data["findings"]:
        if found["waived"] or found["severity"] != Severity.ERROR.value:
            target = Target(found["question"], found["row"], found["column"])
            mild[f"{found['code']} {target}"] = False
        if not found["waived"]:
            number = counts.setdefault(_key(found), [0] * len(_SEVERITIES))
            number[_SEVERITIES.index(found["severity"])] += 1
    items = data["checklist"]
    not_applicable = ItemState.NOT_APPLICABLE.value
    return Earlier(
        MappingProxyType({key: tuple(number) for key, number in counts.items()}),
        readiness,
        MappingProxyType({**dict.fromkeys((p for item in items for p in item["findings"]), True), **mild}),
        frozenset((*(u["code"] for u in data["unchecked"]), *(c for i in items for c in i["not_checked"]))),
        worth,
        MappingProxyType({str(i["id"]): (i["state"] != not_applicable, float(i["degree"])) for i in items}),
    )


def _resting(item: ItemVerdict) -> tuple[str, ...]:
    return (*item.rests_on, *item.missing, *item.deferred)


def _answered(data: Mapping[str, Any]) -> dict[str, int]:
    """How far, at least, the questions of a report were answered."""
    items = data["checklist"]
    said = {str(name): 1 for item in items for name in item["rests_on"]}
    return said | {str(name): 0 for item in items for name in (*item["missing"], *item.get("deferred", ()))}


def _worth(view: QuestionView) -> int:
    return _WORTH.get(view.state, 0)


def _word(view: QuestionView) -> str:
    if view.state == QuestionState.PARTIAL and view.misfits:
        return f"not complete: {view.misfits[0].message}"
    return view.state.value.replace("_", " ")


def _key(found: Mapping[str, Any]) -> Key:
    code, question, row = found["code"], found["question"], found["row"]
    message = _NUMBER.sub("#", str(found["message"]))
    return str(code), str(question), str(row), str(found["column"]), message


def _take(counts: list[int], severity: str) -> bool:
    """Take one finding out that was as bad as `severity`, rather than one that was worse."""
    for rank in range(_SEVERITIES.index(severity), -1, -1):
        if counts and counts[rank]:
            counts[rank] -= 1
            return True
    return False
