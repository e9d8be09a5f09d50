"""Commands that render a document and judge it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from app.cli.opening import BankFolder, Json
from app.cli.opening import bank_in as _bank
from app.cli.opening import open_to_read as _look
from app.cli.output import emit, say, say_json
from app.cli.registry import app


@app.command
def render(
    file: Path,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)] = None,
    template: Literal["full", "compact", ""] = "",
    templates: Path | None = None,
    bank: BankFolder = None,
) -> int:
    """Write the design document as Markdown.

    Parameters
    ----------
    file
        The answer file.
    output
        Where to write it; beside the answer file otherwise, - for standard output.
    template
        full or compact; as the document's profile says otherwise.
    templates
        A folder with templates of your own.
    """
    from app.document.outputs import write_output
    from app.render.document import render as render_document
    from app.review.names import review_folder
    from app.review.reading import read_records
    from app.schema.sources import references

    session = _look(file, bank)
    records = read_records(review_folder(file))
    chosen = template or session.answers.profile.template
    evaluation = session.evaluate(date.today())
    text = render_document(session.bank, session.answers, chosen, templates, records, evaluation)
    if str(output) == "-":
        emit(text)
        return 0
    target = output or file.with_suffix(".md")
    read = [file, *(file.parent / name for name in references(session.answers)), templates, bank]
    write_output(target, text, filter(None, read))
    say(f"{target}: {session.survey().progress()}")
    problems = [*session.problems, *records.problems]
    for problem in problems:
        say(str(problem), error=True)
    return 1 if problems else 0


@app.command
def checklist(file: Path, *, json: Json = False, bank: BankFolder = None) -> int:
    """Show the final review: every item with its state, what it rests on, and what stands in its way.

    Smells, reviewer cross-checks and failure paths are listed behind the checklist.

    Parameters
    ----------
    file
        The answer file.
    """
    from app.cli.checklist import checklist_data, checklist_text

    session = _look(file, bank)
    if json:
        say_json(checklist_data(session, date.today()))
    else:
        say(checklist_text(session, date.today()))
    return 0


@app.command(name="check", usage="Usage: dbcharter check [OPTIONS] FILE...")
def check_(
    *files: Annotated[Path, Parameter(name="FILE")],
    format_: Annotated[
        Literal["text", "json", "sarif", "github", "junit"], Parameter(name="--format")
    ] = "text",
    fail_on: Literal["error", "warning", "never"] = "error",
    select: Annotated[tuple[str, ...], Parameter(negative_iterable="")] = (),
    ignore: Annotated[tuple[str, ...], Parameter(negative_iterable="")] = (),
    min_readiness: float = 0,
    since: str = "",
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)] = None,
    skip_others: Annotated[bool, Parameter(negative="")] = False,
    require_approvals: Annotated[bool, Parameter(negative="")] = False,
    today: str = "",
    bank: BankFolder = None,
) -> int:
    """Check answer files against the rules and the final review.

    Ends with 0 when all pass, with 1 when one does not, with 2 when a file or an option cannot be used.

    Parameters
    ----------
    files
        Answer files, or SQL files, which stand for the answer files that name them.
    format_
        text, json, sarif, github or junit.
    fail_on
        Which findings fail the check: errors (the default), warnings too, or none.
    select
        List only these rules, by code or family: XS or XS01. Repeat it, or separate them with commas.
        What is not listed cannot fail the check. The readiness is always that of all rules.
    ignore
        Do not list these rules; they cannot fail the check either.
    min_readiness
        Fail below this readiness, in percent.
    since
        Only what is new since then counts: git:BRANCH, where the branch began that is checked out; an
        earlier version of the answer file; or an earlier report in JSON.
    output
        Where to write the report; standard output otherwise.
    skip_others
        Leave out TOML files that are not answer files, and SQL that none names.
    require_approvals
        Fail while a required reviewer has not approved the present meaning of a section.
    today
        The day on which deadlines and waivers are judged, as 2026-03-31.
    """
    from app.cli.check import Options, check_files, day

    options = Options(
        format_, fail_on, select, ignore, min_readiness, since, output, skip_others, require_approvals
    )
    return check_files(_bank(bank), files, options, day(today))


@app.command
def explain(rule: str = "", *, all_: Annotated[bool, Parameter(name="--all", negative="")] = False) -> int:
    """Say what a rule finds, why, how to fix it, and where it may be wrong; or list the rules.

    Parameters
    ----------
    rule
        The code or name of a rule, the letters of a family (XS), or FILE.
    all_
        Print all rules as Markdown.
    """
    from app.cli.explaining import explain as explain_rules

    return explain_rules(rule, all_)


@app.command
def schema(file: Path | None = None, *, bank: BankFolder = None) -> int:
    """Write the JSON Schema beside an answer file, for editors; without a file, print it.

    Parameters
    ----------
    file
        The answer file.
    """
    import json as json_module

    from app.document.outputs import write_output
    from app.document.schema import json_schema
    from app.document.store import read_text

    data = json_schema(_bank(bank))
    if file is None:
        say_json(data)
        return 0
    read_text(file)  # only to say that there is none
    target = file.with_name(f"{file.stem}.schema.json")
    write_output(target, json_module.dumps(data, indent=1, ensure_ascii=False) + "\n")
    say(f"{target}: written")
    return 0
