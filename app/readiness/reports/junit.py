"""A report in the XML that test servers read: a suite for each file, a case for each rule."""

from __future__ import annotations

from xml.etree import ElementTree

from app import patterns
from app.readiness.registry import RULES
from app.readiness.reports.model import (
    FILE_CODE,
    Entry,
    FileReport,
    Report,
    at_home,
    counts_text,
    percent,
    waiver_text,
)

_NOT_XML = patterns.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """A case fails when a finding of its rule fails the check; what was not checked is skipped."""
    root = ElementTree.Element("testsuites", name="dbcharter")
    for file in report.files:
        root.append(_suite(report, file))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'


def _suite(report: Report, file: FileReport) -> ElementTree.Element:
    suite = ElementTree.Element("testsuite", name=_xml(file.file))
    if file.evaluation is None:
        case = ElementTree.SubElement(suite, "testcase", classname="file", name="readable")
        place = f"line {file.line}: " if file.line else ""
        ElementTree.SubElement(case, "error", message=_xml(f"{place}{file.error}"))
    else:
        entries: dict[str, list[Entry]] = {}
        for entry in file.entries:
            entries.setdefault(entry.finding.code, []).append(entry)
        names = {code: found[0].finding.name for code, found in entries.items()}
        names |= {blind.unchecked.code: blind.unchecked.name for blind in file.blind}
        names |= {known.code: known.name for known in RULES.values()}
        for code in sorted(names):
            suite.append(_case(report, file, code, names[code], entries.get(code, [])))
        suite.append(_readiness(report, file))
    for kind in ("failure", "error", "skipped"):
        plural = {"failure": "failures", "error": "errors"}.get(kind, kind)
        suite.set(plural, str(sum(case.find(kind) is not None for case in suite)))
    suite.set("tests", str(len(suite)))
    return suite


def _case(
    report: Report, file: FileReport, code: str, name: str, entries: list[Entry]
) -> ElementTree.Element:
    family = "file" if code == FILE_CODE else code[:2]
    case = ElementTree.Element("testcase", classname=family, name=f"{code} {name}", file=_xml(file.file))
    failing: list[Entry] = []
    others: list[Entry] = []
    for entry in entries:
        (failing if report.fails_by(entry) else others).append(entry)
    blind = [b.unchecked for b in file.blind if b.unchecked.code == code]
    if failing:
        path, line = file.place(failing[0].finding.target, failing[0].line)
        case.set("file", _xml(path))
        case.set("line", str(line))
        failure = ElementTree.SubElement(case, "failure", message=_xml(failing[0].finding.message))
        failure.text = _xml("\n".join(_line(file, entry) for entry in failing))
    elif blind:
        ElementTree.SubElement(case, "skipped", message=_xml(blind[0].reason))
    if others:
        out = ElementTree.SubElement(case, "system-out")
        out.text = _xml("\n".join(_line(file, entry) for entry in others))
    return case


def _readiness(report: Report, file: FileReport) -> ElementTree.Element:
    assert file.evaluation is not None
    case = ElementTree.Element("testcase", classname="readiness", name="readiness", file=_xml(file.file))
    said = f"{percent(file.evaluation.readiness)} %: {counts_text(file.evaluation)}"
    if report.too_low(file):
        asked = f"{said}; at least {report.minimum_text} % is asked for"
        ElementTree.SubElement(case, "failure", message=asked)
    else:
        ElementTree.SubElement(case, "system-out").text = said
    return case


def _line(file: FileReport, entry: Entry) -> str:
    finding = entry.finding
    aside = (
        f" (waived {waiver_text(entry.waiver)})" if entry.waiver else " (known before)" if entry.known else ""
    )
    path, line = file.place(finding.target, entry.line)
    belongs = f" ({file.file})" if path != file.file else ""
    head = f"{path}:{line}{belongs}: {finding.severity.value}"
    return f"{head} {finding.code} {finding.target}: {at_home(finding.message, finding.target)}{aside}"


def _xml(text: str) -> str:
    """`text` without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)
