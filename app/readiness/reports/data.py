"""A report as data, for scripts and as a baseline. `FORMAT` grows when a reader would have to change."""

from __future__ import annotations

import json
import re
from typing import Any

from app import patterns
from app.document.answers import Waiver
from app.readiness.model import Evaluation, Finding, ItemVerdict, Target, Unchecked
from app.readiness.reports.model import Blind, Entry, FileReport, Report

FORMAT = 1
_BEYOND_ASCII = patterns.compile(r"[^\x00-\x7e]")


def as_json(report: Report) -> str:
    """The report as JSON text."""
    bank_id, version = report.bank
    data = {
        "format": FORMAT,
        "day": report.day,
        "bank": {"id": bank_id, "version": version},
        "failed": report.failed,
        "files": [_file(report, file) for file in report.files],
    }
    return json_text(data)


def json_text(data: object) -> str:
    """Data as JSON in which every character can be seen and written: the others are escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return text if text.isascii() and "\x7f" not in text else _BEYOND_ASCII.sub(_visible, text)


def _visible(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]


def _file(report: Report, file: FileReport) -> dict[str, Any]:
    if file.evaluation is None:
        return {"file": file.file, "failed": True, "error": file.error, "line": file.line}
    baseline = {"before": file.before, "drops": list(file.drops)} if report.baseline else {}
    return {
        "file": file.file,
        "failed": report.fails(file),
        **evaluation_data(file.evaluation),
        **baseline,
        "findings": [_entry(file, entry) for entry in file.entries],
        "unchecked": [_blind(file, blind) for blind in file.blind],
    }


def _entry(file: FileReport, entry: Entry) -> dict[str, Any]:
    return {
        **finding_data(entry.finding),
        "line": entry.line,
        "at": _place(file, entry.finding.target, entry.line),
        "known": entry.known,
        "waiver": _waiver(entry.waiver),
    }


def _blind(file: FileReport, blind: Blind) -> dict[str, Any]:
    unchecked = blind.unchecked
    at = _place(file, unchecked.target, blind.line)
    return {**unchecked_data(unchecked), "line": blind.line, "at": at}


def _place(file: FileReport, target: Target | None, line: int) -> dict[str, Any]:
    path, number = file.place(target, line)
    return {"file": path, "line": number}


def _waiver(waiver: Waiver | None) -> dict[str, Any] | None:
    if waiver is None:
        return None
    expires = waiver.expires.isoformat() if waiver.expires else None
    return {"target": waiver.target, "reason": waiver.reason, "owner": waiver.owner, "expires": expires}


def evaluation_data(evaluation: Evaluation) -> dict[str, Any]:
    """Readiness, counts, verdicts and next steps; findings are named by code and place."""
    return {
        "readiness": round(evaluation.readiness, 4),
        "counts": {state.value: count for state, count in evaluation.counts().items()},
        "progress": {
            "done": evaluation.progress.done,
            "deferred": evaluation.progress.deferred,
            "required": evaluation.progress.required,
        },
        "checklist": [_verdict(item) for item in evaluation.checklist],
        "smells": [_verdict(item) for item in evaluation.smells],
        "cross_checks": [_verdict(item) for item in evaluation.cross_checks],
        "failure_paths": [_verdict(item) for item in evaluation.failure_paths],
        "next_steps": [
            {
                "question": step.question,
                "gain": round(step.gain, 4),
                "at_most": step.at_most,
                "reason": step.reason,
            }
            for step in evaluation.next_steps
        ],
    }


def _verdict(item: ItemVerdict) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "state": item.state.value,
        "degree": round(item.degree, 4),
        "rests_on": list(item.rests_on),
        "missing": list(item.missing),
        "findings": [f"{finding.code} {finding.target}" for finding in item.findings],
        "not_checked": sorted({unchecked.code for unchecked in item.unchecked}),
        "reason": item.reason,
        "deferred": list(item.deferred),
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding; `sql_line` is the line inside the SQL of a code answer, 0 elsewhere."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "question": finding.target.question,
        "row": finding.target.row,
        "column": finding.target.column,
        "sql_line": finding.target.line,
        "message": finding.message,
        "fix": finding.fix,
        "waived": finding.waived,
    }


def unchecked_data(unchecked: Unchecked) -> dict[str, Any]:
    return {
        "code": unchecked.code,
        "name": unchecked.name,
        "where": str(unchecked.target) if unchecked.target else "",
        "reason": unchecked.reason,
    }
