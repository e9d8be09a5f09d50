"""`dbcharter check` and `dbcharter explain`: the verdict of the rules on answer files, and the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from textwrap import indent

from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank
from app.cli.output import columns, emit, say, width, wrap
from app.document.answers import Answers
from app.document.codec import Document
from app.document.store import read_document, read_text
from app.problems import DbcharterError, DocumentError, Problem
from app.readiness.baseline import Earlier, drops, earlier, only, read_report
from app.readiness.engine import Engine
from app.readiness.explain import EXAMPLE, families, find, heading, matching, page, parts
from app.readiness.model import Evaluation, Finding, Severity, Target
from app.readiness.registry import Rule
from app.readiness.reports.model import FILE_CODE, Blind, Entry, FileReport, Report
from app.readiness.reports.places import Places
from app.schema.sources import SourceFiles, references
from app.toml_source import Lines

FAILING = {
    "error": frozenset({Severity.ERROR}),
    "warning": frozenset({Severity.ERROR, Severity.WARNING}),
    "never": frozenset[Severity](),
}
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Options(Struct, frozen=True):
    """How to check: what to list, what fails, in which format and where to write it."""

    format: str = "text"
    fail_on: str = "error"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_readiness: float = 0.0
    since: Path | None = None
    output: Path | None = None
    skip_others: bool = False
    require_approvals: bool = False


Baseline = Callable[[str], tuple[Earlier | None, Evaluation | None]]
"""What is known of a file from before, and its evaluation where the baseline is an answer file."""


def check_files(bank: Bank, files: Sequence[Path], options: Options, today: date) -> int:
    """Check answer files and print the report: 0 passed, 1 failed, 2 a file could not be checked.

    `select` and `ignore` say which findings are listed and may fail the check; the readiness is that of
    all rules. Raises DbcharterError for options that do not fit.
    """
    if not files:
        raise DbcharterError("no file to check", "name one: dbcharter check FILE")
    if not 0 <= options.min_readiness <= 100:
        raise DbcharterError(f"--min-readiness {options.min_readiness:g} is not between 0 and 100")
    engine = Engine(bank)
    listed = _listed(options)
    chosen = [file for file in files if not (options.skip_others and not _is_answer_file(file))]
    known = _baseline(bank, engine, options.since, [str(file) for file in chosen], today)
    checked = [_checked(engine, file, listed, known, today) for file in chosen]
    report = Report(
        tuple(file for file, _ in checked),
        FAILING[options.fail_on],
        options.min_readiness / 100,
        today.isoformat(),
        (bank.id, bank.version),
        options.since is not None,
    )
    unapproved = False
    if options.require_approvals:
        report, unapproved = _with_approvals(bank, report, [answers for _, answers in checked])
    _deliver(written(report, options.format), options.output, checked)
    if any(file.evaluation is None for file in report.files):
        return 2
    return 1 if report.failed or unapproved else 0


def _with_approvals(bank: Bank, report: Report, said: Iterable[Answers]) -> tuple[Report, bool]:
    """The report with an error for each approval that is missing, and whether there is one.

    They are always listed, whatever else is chosen to be. `said` are the answers of each of the files.
    """
    files = tuple(
        replace(file, entries=(*file.entries, *_missing_approvals(bank, file, answers)))
        for file, answers in zip(report.files, said, strict=True)
    )
    return replace(report, files=files), files != report.files


def _missing_approvals(bank: Bank, file: FileReport, answers: Answers) -> list[Entry]:
    from app.review.approval import approval
    from app.review.names import review_folder
    from app.review.reading import read_records

    if file.evaluation is None:
        return []
    found = approval(bank, answers, read_records(review_folder(Path(file.file))), file.evaluation)
    hint = f"see: dbcharter review {file.file}"
    return [
        Entry(Finding(FILE_CODE, "file", Severity.ERROR, Target("control.reviewers"), reason, hint), 1)
        for reason in found.missing
    ]


def day(text: str) -> date:
    """The day that `text` names in ISO form; this one for "". Raises DbcharterError."""
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise DbcharterError(f"{text!r} is not a date", "write it as 2026-03-31") from None


def written(report: Report, form: str) -> str:
    """The report in the form that `--format` names."""
    match form:
        case "json":
            from app.readiness.reports.data import as_json as write
        case "sarif":
            from app.readiness.reports.sarif import as_sarif as write
        case "github":
            from app.readiness.reports.github import as_github as write
        case "junit":
            from app.readiness.reports.junit import as_junit as write
        case _:
            from app.readiness.reports.text import as_text as write
    return write(report)


def _deliver(text: str, output: Path | None, checked: Iterable[tuple[FileReport, Answers]]) -> None:
    if output is None or str(output) == "-":
        say(text)
        return
    from app.document.outputs import write_output

    read = [(Path(report.file), answers) for report, answers in checked]
    named = [file.parent / name for file, answers in read for name in references(answers)]
    write_output(output, text + "\n", [*(file for file, _ in read), *named])


def _listed(options: Options) -> Callable[[str], bool]:
    """Whether a code is listed; what is wrong with the file itself is, unless it is ignored by name.

    Raises DbcharterError for a code that no rule has.
    """
    select, ignore = matching(options.select, (FILE_CODE,)), matching(options.ignore, (FILE_CODE,))
    return lambda code: code not in ignore and (code in select or not options.select or code == FILE_CODE)


def _is_answer_file(file: Path) -> bool:
    """Whether a TOML file says of itself that it is one; what cannot be read is taken for one."""
    import tomli

    try:
        data = tomli.loads(read_text(file))
    except (DbcharterError, ValueError, RecursionError):
        return True
    return "format" in data and isinstance(data.get("bank"), dict)


def _baseline(bank: Bank, engine: Engine, since: Path | None, files: Sequence[str], today: date) -> Baseline:
    if since is None:
        return lambda _file: (None, None)
    text = read_text(since)
    if text.lstrip().startswith("{"):
        reports = read_report(text, str(since))
        return lambda file: (only(reports, file, files), None)
    if len(files) > 1:
        hint = "check them one by one, or give a JSON report of all of them"
        raise DbcharterError(f"--since {since}: one answer file is no baseline for {len(files)} files", hint)
    before = _evaluated(engine, since, read_document(bank, since), today)
    return lambda _file: (earlier(before), before)


def _checked(
    engine: Engine, file: Path, listed: Callable[[str], bool], known: Baseline, today: date
) -> tuple[FileReport, Answers]:
    """What was found in a file, and its answers: none where it could not be looked at."""
    try:
        document = read_document(engine.bank, file)
    except DocumentError as error:
        return FileReport(str(file), str(error).removeprefix(f"{file}: ").replace("\n", "; ")), Answers()
    evaluation = _evaluated(engine, file, document, today)
    places = Places(engine.bank, document.answers, document.text)
    was, before = known(str(file))
    entries = _file_entries(document) if listed(FILE_CODE) else []
    entries += [(f, places.line(f.target)) for f in evaluation.findings if listed(f.code)]
    findings = [finding for finding, _ in entries]
    seen = was.known(findings) if was else [False] * len(entries)
    found = [Entry(finding, line, there) for (finding, line), there in zip(entries, seen, strict=True)]
    report = FileReport(
        str(file),
        evaluation=evaluation,
        entries=tuple(sorted(found, key=lambda e: (e.line, _ORDER[e.finding.severity], e.finding.code))),
        blind=tuple(
            Blind(u, places.line(u.target) if u.target else 1) for u in evaluation.unchecked if listed(u.code)
        ),
        before=was.readiness if was else None,
        drops=drops(before, evaluation) if before else (),
    )
    return report, document.answers


def _evaluated(engine: Engine, file: Path, document: Document, today: date) -> Evaluation:
    sources = SourceFiles(file.parent).read(references(document.answers))
    return engine.evaluate(document.answers, today, sources)


def _file_entries(document: Document) -> list[tuple[Finding, int]]:
    """What the rules do not see: what the bank does not know, open conflicts, a newer file."""
    lines = Lines(document.text) if document.answers.conflicts else None
    found = [(problem, Severity.WARNING) for problem in document.problems]
    if document.newer:
        found.append((Problem(document.newer), Severity.ERROR))
    for position, conflict in enumerate(document.answers.conflicts):
        line = lines.of(("conflicts", position)) if lines else 1
        hint = "choose with: dbcharter resolve FILE"
        problem = Problem("was changed on both sides", conflict.address, line=line, hint=hint)
        found.append((problem, Severity.ERROR))
    return [
        (Finding(FILE_CODE, "file", severity, Target(p.where), p.message, p.hint), p.line or 1)
        for p, severity in found
    ]


def explain(code: str, everything: bool) -> int:
    """Print one rule, all of them as Markdown, or the list. Raises DbcharterError for an unknown one."""
    if everything:
        emit(page())
    elif code:
        say(rule_text(find(code)))
    else:
        rows = [
            [rule.code, rule.rule_class, rule.name, _cut(rule.what)]
            for _, rules in families()
            for rule in rules
        ]
        say(columns(rows))
        say("\nmore about one of them: dbcharter explain CODE")
    return 0


def rule_text(rule: Rule) -> str:
    """One rule for the terminal."""
    blocks = [f"{rule.code} {rule.name}", wrap(heading(rule))]
    for title, text in parts(rule):
        blocks.append(f"{title}\n{indent(text, '  ') if title == EXAMPLE else wrap(text, '  ')}")
    return "\n\n".join(blocks)


def _cut(text: str) -> str:
    room = max(width() - 40, 30)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
