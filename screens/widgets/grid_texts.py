"""What stands below a grid about the cell that the cursor is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from app.document.text import plural
from app.document.values import Misfit
from app.readiness.model import Finding
from app.session import Session
from screens.found import finding_lines, misfit_line
from screens.plain import plain, plain_line
from screens.widgets.grid_cells import box_text
from screens.widgets.grid_model import GridModel, Line

FULL_TEXT = 600
"""Characters of a long cell that are shown below the table."""
NAMED = 3
"""Rows that are named where other rows have findings."""


def about_cell(
    session: Session,
    model: GridModel,
    line: Line,
    position: int | None,
    column: int,
    *,
    cut: bool,
    colours: Mapping[str, str],
    misfits: Sequence[Misfit] = (),
    findings: Sequence[Finding] = (),
    hint: str = "",
) -> Text:
    """Where the cursor is, the cell in full when it was `cut`, what is wrong there.

    `position` is that of the row, None of a line that is no row yet; `findings` are open ones, `hint` what
    can be done about those that are shown.
    """
    rows = model.rows(session.answers)
    lines = [_heading(model, position, column, len(rows))]
    if position is None:
        lines.append(Text(_invitation(line, bool(rows)), style="dim"))
    elif cut:
        cell = box_text(model.options[column], rows[position].get(model.columns[column].id))
        more = "…" if len(cell) > FULL_TEXT else ""
        lines.append(plain(cell[:FULL_TEXT].strip() + more))
    if line.draft:
        lines.append(Text("◌ A draft from the DDL; ctrl+e accepts the row, and so does any change to it."))
    here: list[Misfit] = []
    if position is not None:
        here = model.misfits_at(misfits, position, model.columns[column].id)
        lines += [misfit_line(misfit, colours) for misfit in here]
    lines += [misfit_line(misfit, colours) for misfit in misfits if misfit.row is None]
    others = sum(misfit.row is not None for misfit in misfits) - len(here)
    if others > 0:
        cells = "1 other cell is" if others == 1 else f"{others} other cells are"
        lines.append(Text(f"◐ {cells} missing or wrong", style="dim"))
    said = {misfit.message for misfit in here}
    others_found = [finding for finding in findings if finding.message not in said]
    lines += _findings(session, model, position, column, others_found, colours, hint)
    return Text("\n").join(lines)


def about_no_rows(misfits: Sequence[Misfit], colours: Mapping[str, str]) -> Text:
    """What is said where there is no line for a cursor."""
    wrong = (misfit_line(misfit, colours) for misfit in misfits)
    return Text("\n").join([Text("There are no rows."), *wrong])


def _heading(model: GridModel, position: int | None, column: int, count: int) -> Text:
    shown = model.columns[column]
    where = "new row" if position is None else f"row {position + 1} of {count}"
    text = Text(f"{where} · ", style="dim").append_text(plain_line(shown.title, 40, "bold"))
    if shown.required or shown.id in model.question.key_columns:
        text.append(" (required)", style="dim")
    if shown.help:
        text.append(": ", style="dim").append_text(plain(" ".join(shown.help.split()), "dim"))
    return text


def _invitation(line: Line, some: bool) -> str:
    if line.starter:
        return "Enter makes this a row; what you do not need, leave."
    begin = "Enter, or simply type, begins a row."
    return begin if some else f"{begin} A table from a spreadsheet, CSV or Markdown can be pasted."


def _findings(
    session: Session,
    model: GridModel,
    position: int | None,
    column: int,
    findings: Sequence[Finding],
    colours: Mapping[str, str],
    hint: str,
) -> list[Text]:
    """Findings about this row and cell in full, and where there are others."""
    in_rows = [finding for finding in findings if finding.target.row]
    if not in_rows:
        return []
    addresses = model.addresses(session.answers)
    here = addresses[position] if position is not None else ""
    shown = ("", model.columns[column].id)
    lines: list[Text] = []
    elsewhere: list[str] = []
    for finding in in_rows:
        target = finding.target
        if target.row == here and target.column in shown:
            lines += finding_lines(session.bank, finding, colours)
        else:
            elsewhere.append(target.row)
    if lines and hint:
        lines.append(Text(f"  {hint}", style="dim"))
    if elsewhere:
        names = list(dict.fromkeys(elsewhere))
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        what = plural(len(elsewhere), "finding")
        text = plain_line(f"⚠ {what} at {', '.join(names[:NAMED])}{more}", 100, "dim")
        lines.append(text)
    return lines
