"""A report in SARIF 2.1.0, the exchange format of static analysis."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from app.readiness.explain import as_markdown
from app.readiness.model import Severity, Target
from app.readiness.registry import RULES, Rule
from app.readiness.reports.data import json_text
from app.readiness.reports.model import FILE_CODE, Blind, Entry, FileReport, Report, at_home, waiver_text

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_CLASS_LEVELS = {"A": "error", "B": "warning", "C": "note"}


def as_sarif(report: Report) -> str:
    """The report as a SARIF log with one run."""
    driver = {
        "name": "dbcharter",
        "semanticVersion": metadata.version("dbcharter"),
        "rules": [_rule(RULES[code]) for code in sorted(RULES)],
    }
    positions = {code: position for position, code in enumerate(sorted(RULES))}
    broken = [file for file in report.files if file.evaluation is None]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not broken,
                "toolExecutionNotifications": [_notification(file) for file in broken],
            }
        ],
        "results": [
            result
            for file in report.files
            for result in (
                *(_result(report, file, entry, positions) for entry in file.entries),
                *(_not_checked(file, blind, positions) for blind in file.blind),
            )
        ],
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.name.replace("-", " ").capitalize()},
        "fullDescription": {"text": rule.what},
        "help": {"text": f"{rule.why} {rule.fix}", "markdown": as_markdown(rule)},
        "defaultConfiguration": {"level": _CLASS_LEVELS[rule.rule_class]},
        "properties": {"class": rule.rule_class, "sections": list(rule.sections)},
    }


def _result(report: Report, file: FileReport, entry: Entry, positions: dict[str, int]) -> dict[str, Any]:
    finding = entry.finding
    fix = f" Fix: {finding.fix}" if finding.fix else ""
    result = {
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{at_home(finding.message, finding.target)}{fix}"},
        **_place(file, finding.code, entry.line, finding.target, positions),
    }
    if finding.waived:
        why = {"justification": waiver_text(entry.waiver)} if entry.waiver else {}
        result["suppressions"] = [{"kind": "inSource", "status": "accepted", **why}]
    if report.baseline:
        result["baselineState"] = "unchanged" if entry.known else "new"
    return result


def _not_checked(file: FileReport, blind: Blind, positions: dict[str, int]) -> dict[str, Any]:
    unchecked = blind.unchecked
    target = unchecked.target or Target("")
    return {
        "kind": "open",
        "level": "none",
        "message": {"text": f"Not checked: {at_home(unchecked.reason, unchecked.target)}"},
        **_place(file, unchecked.code, blind.line, target, positions),
    }


def _place(
    file: FileReport, code: str, line: int, target: Target, positions: dict[str, int]
) -> dict[str, Any]:
    path, number = file.place(target, line)
    location = _location(path, number)
    if target.question:
        location["logicalLocations"] = [{"fullyQualifiedName": str(target), "kind": "member"}]
    digest = hashlib.sha256(f"{code} {target}".encode()).hexdigest()[:32]
    place: dict[str, Any] = {
        "ruleId": code,
        "locations": [location],
        "partialFingerprints": {"codeAndTarget/v1": digest},
    }
    if path != file.file:
        place["relatedLocations"] = [_location(file.file, line)]
    if code in positions:
        place["ruleIndex"] = positions[code]
    return place


def _location(file: str, line: int) -> dict[str, Any]:
    """A place in a file; line 0 is the whole of it."""
    region = {"region": {"startLine": line}} if line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": uri(file)}, **region}}


def _notification(file: FileReport) -> dict[str, Any]:
    return {
        "level": "error",
        "descriptor": {"id": FILE_CODE},
        "message": {"text": f"{file.file} could not be checked: {file.error}"},
        "locations": [_location(file.file, file.line)],
    }


def uri(file: str) -> str:
    """A file's name as a URI: relative as it was given, or with the scheme file."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
