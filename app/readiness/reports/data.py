"""A report as data, for scripts and as a baseline. `FORMAT` grows when a reader would have to change."""

from __future__ import annotations

import json
from typing import Any

from app.readiness.model import Evaluation, Finding, ItemVerdict, Unchecked
from app.readiness.reports.model import FileReport, Report

FORMAT = 1


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
    return json.dumps(data, ensure_ascii=False, indent=1)


def _file(report: Report, file: FileReport) -> dict[str, Any]:
    if file.evaluation is None:
        return {"file": file.file, "error": file.error}
    baseline = {"before": file.before, "drops": list(file.drops)} if report.baseline else {}
    return {
        "file": file.file,
        "failed": report.fails(file),
        **evaluation_data(file.evaluation),
        **baseline,
        "findings": [
            {**finding_data(entry.finding), "line": entry.line, "known": entry.known}
            for entry in file.entries
        ],
        "unchecked": [{**unchecked_data(blind.unchecked), "line": blind.line} for blind in file.blind],
    }


def evaluation_data(evaluation: Evaluation) -> dict[str, Any]:
    """Readiness, counts, verdicts and next steps; findings are named by code and place."""
    return {
        "readiness": round(evaluation.readiness, 4),
        "counts": {state.value: count for state, count in evaluation.counts().items()},
        "progress": {"done": evaluation.progress.done, "required": evaluation.progress.required},
        "checklist": [_verdict(item) for item in evaluation.checklist],
        "smells": [_verdict(item) for item in evaluation.smells],
        "cross_checks": [_verdict(item) for item in evaluation.cross_checks],
        "failure_paths": [_verdict(item) for item in evaluation.failure_paths],
        "next_steps": [
            {"question": step.question, "gain": round(step.gain, 4), "reason": step.reason}
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
