"""`dbcharter check`: the verdict of the rules on answer files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank
from app.cli.looking import look
from app.cli.output import emit_data, say
from app.cli.since import Baseline, baseline
from app.document.answers import Answers
from app.document.text import clean
from app.problems import DbcharterError, DocumentError
from app.readiness.engine import Engine
from app.readiness.explain import matching
from app.readiness.model import Finding, Severity, Target
from app.readiness.reports.model import FILE_CODE, Blind, Entry, FileReport, Report
from app.readiness.reports.places import Places
from app.readiness.waivers import in_force
from app.schema.sources import references

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
    since: str = ""
    output: Path | None = None
    skip_others: bool = False
    require_approvals: bool = False


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
    chosen = _chosen(files, options.skip_others)
    with baseline(engine, options.since, chosen or files, today) as known:
        checked = [_checked(engine, file, listed, known, today) for file in chosen]
    report = Report(
        tuple(file for file, _ in checked),
        FAILING[options.fail_on],
        options.min_readiness / 100,
        today.isoformat(),
        (bank.id, bank.version),
        bool(options.since),
    )
    if options.require_approvals:
        report = _with_approvals(bank, report, [answers for _, answers in checked])
    _deliver(report, options, checked)
    if any(file.evaluation is None for file in report.files):
        return 2
    return 1 if report.failed else 0


def _chosen(files: Sequence[Path], skip_others: bool) -> Sequence[Path]:
    if not skip_others and all(file.suffix == ".toml" for file in files):
        return files
    from app.cli.subjects import subjects

    return subjects(files, skip_others)


def _with_approvals(bank: Bank, report: Report, said: Iterable[Answers]) -> Report:
    """The report with an error for each approval that is missing.

    They are always listed, whatever else is chosen to be. `said` are the answers of each of the files.
    """
    files = tuple(
        replace(file, entries=(*file.entries, *_missing_approvals(bank, file, answers)))
        for file, answers in zip(report.files, said, strict=True)
    )
    return replace(report, files=files)


def _missing_approvals(bank: Bank, file: FileReport, answers: Answers) -> list[Entry]:
    from app.review.approval import approval
    from app.review.names import review_folder
    from app.review.reading import read_records

    if file.evaluation is None:
        return []
    found = approval(bank, answers, read_records(review_folder(Path(file.file))), file.evaluation)
    hint = f"see: dbcharter review {file.file}"
    return [
        Entry(
            Finding(FILE_CODE, "file", Severity.ERROR, Target("control.reviewers"), reason, hint),
            1,
            required=True,
        )
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


def _deliver(report: Report, options: Options, checked: Iterable[tuple[FileReport, Answers]]) -> None:
    text, output = written(report, options.format), options.output
    if output is None or str(output) == "-":
        # What programs read is UTF-8, as its format has it; people read in their terminal's encoding.
        say(text) if options.format == "text" else emit_data(clean(text) + "\n")
        return
    from app.document.outputs import write_output

    read = [(Path(report.file), answers) for report, answers in checked]
    named = [file.parent / name for file, answers in read for name in references(answers)]
    whole = (text + "\n").encode(errors="backslashreplace").decode()
    write_output(output, whole, [*(file for file, _ in read), *named])


def _listed(options: Options) -> Callable[[str], bool]:
    """Whether a code is listed; what is wrong with the file itself is, unless it is ignored by name.

    Raises DbcharterError for a code that no rule has.
    """
    select, ignore = matching(options.select, (FILE_CODE,)), matching(options.ignore, (FILE_CODE,))
    return lambda code: code not in ignore and (code in select or not options.select or code == FILE_CODE)


def _checked(
    engine: Engine,
    file: Path,
    listed: Callable[[str], bool],
    known: Baseline,
    today: date,
) -> tuple[FileReport, Answers]:
    """What was found in a file, and its answers: none where it could not be looked at."""
    try:
        looked = look(engine, file, today)
    except DocumentError as error:
        return _broken(file, str(error)), Answers()
    evaluation, answers = looked.evaluation, looked.document.answers
    places = Places(engine.bank, answers, looked.text)
    waivers = in_force(answers.waivers, today)
    before = known(file)
    found = list(looked.known) if listed(FILE_CODE) else []
    found += [(f, places.line(f.target)) for f in evaluation.findings if listed(f.code)]
    seen = before.known([finding for finding, _ in found]) if before else [False] * len(found)
    entries = [Entry(finding, line, required=True) for finding, line in looked.refused]
    entries += [
        Entry(finding, line, there, waivers.of(finding) if finding.waived else None)
        for (finding, line), there in zip(found, seen, strict=True)
    ]
    report = FileReport(
        str(file),
        evaluation=evaluation,
        entries=tuple(sorted(entries, key=lambda e: (e.line, _ORDER[e.finding.severity], e.finding.code))),
        blind=tuple(
            Blind(u, places.line(u.target) if u.target else 1) for u in evaluation.unchecked if listed(u.code)
        ),
        before=before.readiness if before else None,
        drops=before.drops(evaluation) if before else (),
    )
    return report, answers


def _broken(file: Path, error: str) -> FileReport:
    """The report of a file that could not be read; the message begins with its name and perhaps a line."""
    rest = error.removeprefix(f"{file}:").replace("\n", "; ")
    place = re.match(r"(\d+): ", rest)
    message = rest[place.end() :] if place else rest.removeprefix(" ")
    return FileReport(str(file), message, line=int(place[1]) if place else 0)
