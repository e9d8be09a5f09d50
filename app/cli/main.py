"""The `dbcharter` command: parses words, opens sessions, prints results.

Exit codes: 0 done, 1 something is missing or wrong, 2 could not run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from app.cli.opening import BankFolder, Json
from app.cli.opening import bank_in as _bank
from app.cli.opening import open_to_read as _look
from app.cli.opening import open_to_write as _open
from app.cli.output import say, say_json
from app.problems import BankError, DbcharterError, OperationError

app = App(
    name="dbcharter",
    help="Interviews an engineer into a production-grade database design document.",
    help_format="plaintext",
    version_flags=["--version"],
    version=lambda: f"dbcharter {metadata.version('dbcharter')}",
    result_action="return_value",
)
bank_app = App(name="bank", help="Work on question banks.")
app.command(bank_app)
app.command("app.cli.review_commands:review_app", name="review", help="Say and read what reviewers say.")


def run(arguments: Sequence[str] | None = None) -> None:
    """The console script."""
    sys.exit(main(arguments))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        result = app(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        say(f"dbcharter: {error}\nsee: dbcharter --help", error=True)
        return 2
    except OperationError as error:
        say(f"dbcharter: {error}", error=True)
        return 1
    except BankError as error:
        say(f"dbcharter: the question bank cannot be used:\n{error}", error=True)
        return 2
    except DbcharterError as error:
        say(f"dbcharter: {error}", error=True)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 2
    except Exception as error:
        from app.crash import crash_notice

        say(crash_notice(error), error=True)
        return 2
    return result if isinstance(result, int) else 0


@app.default
def start(
    file: Path | None = None,
    *,
    plain: Annotated[bool, Parameter(negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Go on with an answer document, or start one: full screen where the terminal can, else line by line.

    Parameters
    ----------
    file
        The answer file; without it the ones in this folder are offered.
    plain
        Line by line, also in a terminal that can do more.
    """
    from app.cli.full_screen import offers_plain, open_screens
    from app.cli.talk import talk

    if plain or offers_plain():
        return talk(_bank(bank), file)
    return open_screens(_bank(bank), file)


@app.command
def new(
    file: Path,
    *,
    title: str = "",
    type_: Annotated[tuple[str, ...], Parameter(name=["--type", "-t"])] = (),
    risk: str = "",
    trait: tuple[str, ...] = (),
    engine: str = "",
    owner: str = "",
    template: Literal["full", "compact", ""] = "",
    bank: BankFolder = None,
) -> int:
    """Start an answer document. What the options leave open is asked in a terminal.

    Parameters
    ----------
    file
        The answer file to write, ending in .toml.
    title
        What the change is called.
    type_
        A change type; repeat it when several apply.
    risk
        low, medium, high or critical.
    trait
        A trait, such as multi_tenant; repeat it.
    engine
        The database engine.
    owner
        Who owns the document.
    template
        full or compact; proposed from the change types and the risk when left out.
    """
    from app.cli.talk import new_document

    session = new_document(
        _bank(bank),
        file,
        title=title,
        change_types=type_,
        risk=risk,
        traits=trait,
        engine=engine,
        owner=owner,
        template=template,
    )
    from app.cli.show import extent_text

    say(f"{session.path}: {extent_text(session.bank, session.answers, session.survey())}")
    say(f"go on with: dbcharter ask {session.path}")
    return 0


@app.command
def ask(file: Path, *what: str, bank: BankFolder = None) -> int:
    """Interview, line by line.

    Parameters
    ----------
    file
        The answer file.
    what
        Which questions: unanswered (the default), due, required, optional, deferred, all; a question,
        a number such as 6.1, a section, or a glob such as security.*
    """
    from app.cli.talk import ask as ask_questions
    from app.session import Session

    with Session.open(_bank(bank), file) as session:
        return ask_questions(session, what)


@app.command(name="set")
def set_(
    file: Path,
    address: str = "",
    *value: Annotated[str, Parameter(allow_leading_hyphen=True)],
    from_: Annotated[Path | None, Parameter(name="--from", allow_leading_hyphen=True)] = None,
    bank: BankFolder = None,
) -> int:
    """Set an answer, a cell or a slot, or take many answers from a file.

    Parameters
    ----------
    file
        The answer file.
    address
        section.question, section.question[row].column, section.sentence.slot, or profile.risk,
        profile.change_types, profile.traits, profile.template.
    value
        The value; several for a list; - reads it from standard input.
    from_
        Take every answer of this TOML file (- for standard input), as [section] and question = value.
    """
    from app.cli.edit import set_from, set_value

    with _open(file, bank) as session:
        return set_from(session, from_) if from_ else set_value(session, address, value)


@app.command
def add(
    file: Path,
    question: str,
    *cells: Annotated[str, Parameter(allow_leading_hyphen=True)],
    before: str | None = None,
    bank: BankFolder = None,
) -> int:
    """Add a row to a table or records, or lines to a list.

    Parameters
    ----------
    file
        The answer file.
    question
        A question with rows, or a list.
    cells
        COLUMN=VALUE for a row, lines for a list; - reads rows as TOML blocks or JSON, or lines, from
        standard input.
    before
        The row before which it goes; at the end otherwise.
    """
    from app.cli.edit import add_to

    with _open(file, bank) as session:
        return add_to(session, question, cells, before)


@app.command
def remove(file: Path, address: str, *, bank: BankFolder = None) -> int:
    """Remove an answer, a row (question[row]), a cell or a slot.

    Parameters
    ----------
    file
        The answer file.
    address
        What to remove.
    """
    from app.cli.edit import remove_from

    with _open(file, bank) as session:
        return remove_from(session, address)


@app.command(name="import")
def import_(
    file: Path,
    source: Path | None = None,
    *,
    tables: tuple[str, ...] = (),
    accept: Annotated[bool, Parameter(negative="")] = False,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
    bank: BankFolder = None,
) -> int:
    """Fill in what the DDL says: entities, keys, relationships, states, columns, indexes.

    The rows are drafts, which count for nothing until somebody accepts or changes them. Nothing that is
    written already is changed.

    Parameters
    ----------
    file
        The answer file.
    source
        An SQL file, or a folder of migrations; the DDL of the document otherwise.
    tables
        Only these tables, separated with commas; also ones that exist already.
    accept
        Take the rows for answers at once.
    dry_run
        Only say what would be filled in.
    """
    from app.cli.importing import Options, import_rows

    with _look(file, bank) if dry_run else _open(file, bank) as session:
        return import_rows(session, source, Options(tables, accept, dry_run, json))


@app.command
def accept(
    file: Path,
    *which: str,
    all_: Annotated[bool, Parameter(name="--all", negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Take drafts for answers; without a word, list them. Ends with 1 while some are left.

    Parameters
    ----------
    file
        The answer file.
    which
        A row (question[row]), or questions as for ask: a question, a number such as 6.1, physical.*
    all_
        Every draft of the document.
    """
    from app.cli.importing import accept_drafts, list_drafts

    if not which and not all_:
        return list_drafts(_look(file, bank))
    with _open(file, bank) as session:
        return accept_drafts(session, which)


@app.command
def status(
    file: Path,
    question: str = "",
    *,
    not_applicable: str = "",
    deferred: Annotated[bool, Parameter(negative="")] = False,
    clear: Annotated[bool, Parameter(negative="")] = False,
    note: str = "",
    owner: str = "",
    until: str = "",
    json: Json = False,
    bank: BankFolder = None,
) -> int:
    """Show progress and what is due; or say that a question is not applicable or deferred.

    Ends with 1 when something due is open or a value does not fit.

    Parameters
    ----------
    file
        The answer file.
    question
        The question to say something about; a number such as 11.4, a section or a glob says it of several.
    not_applicable
        The reason: out_of_scope, does_not_exist, unchanged, handled_elsewhere or decided_against.
    deferred
        Put it off; needs --owner and --until.
    clear
        Take back what was said.
    note
        Why, in a sentence.
    owner
        Who will answer it.
    until
        By when, as 2026-03-31.
    """
    from app.cli.edit import set_state
    from app.cli.show import status_data, status_text

    if question:
        with _open(file, bank) as session:
            return set_state(session, question, not_applicable, deferred, clear, note, owner, until)
    session = _look(file, bank)
    if json:
        say_json(status_data(session))
    else:
        say(status_text(session))
    due = any(view.due and view.open for view in session.survey().questions.values())
    return 1 if due or session.problems else 0


@app.command
def log(
    file: Path, *, number: Annotated[int, Parameter(name=["--number", "-n"])] = 20, json: Json = False
) -> int:
    """Show who changed what and when.

    Parameters
    ----------
    file
        The answer file.
    number
        How many changes, the newest ones; 0 for all that are kept.
    """
    from app.cli.history import show_log

    return show_log(file, number, json)


@app.command
def undo(file: Path, number: int = 1, *, bank: BankFolder = None) -> int:
    """Take back the last change, also one of an earlier day.

    Parameters
    ----------
    file
        The answer file.
    number
        How many changes.
    """
    from app.cli.history import turn_back

    with _open(file, bank) as session:
        return turn_back(session, number)


@app.command
def redo(file: Path, number: int = 1, *, bank: BankFolder = None) -> int:
    """Do again what was undone last.

    Parameters
    ----------
    file
        The answer file.
    number
        How many changes.
    """
    from app.cli.history import turn_forward

    with _open(file, bank) as session:
        return turn_forward(session, number)


@app.command
def resume(*, bank: BankFolder = None) -> int:
    """Go on with the document worked on last, from the question at which it was left."""
    from app.cli.talk import resume as resume_last

    return resume_last(_bank(bank))


@app.command
def show(file: Path, *what: str, json: Json = False, bank: BankFolder = None) -> int:
    """Show answers, and why each question is asked or not.

    Parameters
    ----------
    file
        The answer file.
    what
        As for ask; without it, every question that applies.
    """
    from app.cli.show import show_data, show_text
    from app.interview.navigation import select

    session = _look(file, bank)
    chosen = select(session.bank, session.survey(), what or ("all",))
    if json:
        say_json(show_data(session, chosen))
    else:
        say(show_text(session, chosen))
    return 0


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
    from app.document.store import write_text
    from app.render.document import render as render_document
    from app.review.names import review_folder
    from app.review.reading import read_records

    session = _look(file, bank)
    records = read_records(review_folder(file))
    chosen = template or session.answers.profile.template
    text = render_document(session.bank, session.answers, chosen, templates, records)
    if str(output) == "-":
        sys.stdout.write(text)
        return 0
    target = output or file.with_suffix(".md")
    write_text(target, text)
    progress = session.survey().progress()
    say(f"{target}: {progress.done} of {progress.required} required questions answered")
    problems = [*session.problems, *records.problems]
    for problem in problems:
        say(str(problem), error=True)
    return 1 if problems else 0


@app.command(name="check")
def check_(
    *files: Path,
    format_: Annotated[
        Literal["text", "json", "sarif", "github", "junit"], Parameter(name="--format")
    ] = "text",
    fail_on: Literal["error", "warning", "never"] = "error",
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    min_readiness: float = 0,
    since: Path | None = None,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"], allow_leading_hyphen=True)] = None,
    skip_others: Annotated[bool, Parameter(negative="")] = False,
    require_approvals: Annotated[bool, Parameter(negative="")] = False,
    today: str = "",
    bank: BankFolder = None,
) -> int:
    """Check answer files against the rules and the final review. Ends with 1 when one does not pass.

    Parameters
    ----------
    files
        The answer files.
    format_
        text, json, sarif, github or junit.
    fail_on
        Which findings fail the check: errors (the default), warnings too, or none.
    select
        List only these rules, by code or family: XS or XS01. Repeat it, or separate them with commas.
        The readiness is always that of all rules.
    ignore
        Do not list these rules.
    min_readiness
        Fail below this readiness, in percent.
    since
        Only what is new since then counts: an earlier version of the answer file, or an earlier
        report in JSON.
    output
        Where to write the report; standard output otherwise.
    skip_others
        Leave out TOML files that are not answer files.
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
        The code or name of a rule.
    all_
        Print all rules as Markdown.
    """
    from app.cli.check import explain as explain_rules

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

    from app.document.schema import json_schema
    from app.document.store import write_text

    data = json_schema(_bank(bank))
    if file is None:
        say_json(data)
        return 0
    target = file.with_name(f"{file.stem}.schema.json")
    write_text(target, json_module.dumps(data, indent=1, ensure_ascii=False) + "\n")
    say(f"{target}: written")
    return 0


@app.command
def resolve(
    file: Path,
    which: str = "",
    *,
    take: Literal["ours", "theirs"] | None = None,
    value: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    json: Json = False,
    bank: BankFolder = None,
) -> int:
    """Show the conflicts that a merge left open, or resolve one. Ends with 1 while some are open.

    Parameters
    ----------
    file
        The answer file.
    which
        The conflict, by its number or its address; without it, all are shown.
    take
        The side to keep: ours or theirs.
    value
        What to say instead of either.
    """
    from app.cli.conflicts import conflicts_data, conflicts_text, resolve_conflict

    if which:
        with _open(file, bank) as session:
            return resolve_conflict(session, which, take, value)
    session = _look(file, bank)
    conflicts = session.answers.conflicts
    if json:
        say_json(conflicts_data(conflicts))
    else:
        say(conflicts_text(session.bank, conflicts) or f"{file}: no conflict is open")
    return 1 if conflicts else 0


@app.command
def migrate(
    file: Path,
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    yes: Annotated[bool, Parameter(negative="")] = False,
    bank: BankFolder = None,
) -> int:
    """Take an answer file to the present format and bank version; the original is kept.

    Parameters
    ----------
    file
        The answer file.
    dry_run
        Only show the difference.
    yes
        Write it without asking.
    """
    from app.cli.migrate import migrate_file

    return migrate_file(_bank(bank), file, dry_run, yes)


@app.command
def git_setup(
    folder: Path = Path(),
    *,
    pattern: tuple[str, ...] = (),
    bank: BankFolder = None,
) -> int:
    """Have git merge answer files by question and row. Every clone needs it once.

    Parameters
    ----------
    folder
        A folder of the repository.
    pattern
        Which files are answer files, as in .gitattributes; the ones that are there otherwise.
    """
    from app.cli.git import git_setup as set_up

    return set_up(folder, pattern, bank)


@app.command
def merge_driver(base: Path, ours: Path, theirs: Path, path: str, *, bank: BankFolder = None) -> int:
    """Merge three versions of an answer file into the second one; git calls this.

    Parameters
    ----------
    base
        The common ancestor (%O).
    ours
        Our version, where the result is written (%A).
    theirs
        Their version (%B).
    path
        What the file is called in the repository (%P).
    """
    from app.cli.git import merge_driver as merge

    return merge(lambda: _bank(bank), base, ours, theirs, path)


@bank_app.command
def check(*, json: Json = False, bank: BankFolder = None) -> int:
    """Prove a question bank: references, conditions, reachability, coverage; print its interviews."""
    from app.cli.bank import check_bank

    return check_bank(bank, json)


if __name__ == "__main__":
    run()
