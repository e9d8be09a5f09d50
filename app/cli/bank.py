"""The command that proves a question bank."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import to_builtins

from app.bank.load import default_folder
from app.bank.model import Bank
from app.cli.output import columns, say, say_json, wrap
from app.document.text import plural
from app.interview.proof import Proof, prove_folder


def check_bank(folder: Path | None, as_json: bool) -> int:
    """Print the proof of a bank; 1 when something is wrong with it."""
    bank, proof = prove_folder(folder or default_folder())
    if as_json:
        say_json(_data(bank, proof))
    else:
        say(_text(bank, proof))
    return 0 if proof.holds else 1


def _data(bank: Bank | None, proof: Proof) -> dict[str, Any]:
    return {
        "bank": bank.id if bank else None,
        "version": bank.version if bank else None,
        "holds": proof.holds,
        "problems": to_builtins(proof.problems),
        "optional_only": list(proof.optional_only),
        "interviews": to_builtins(proof.extents),
        "coverage": to_builtins(proof.coverage),
    }


def _text(bank: Bank | None, proof: Proof) -> str:
    lines = []
    if bank is not None:
        parts = [
            plural(len(bank.sections), "section"),
            plural(len(bank.subsections), "subsection"),
            plural(len(bank.questions), "question"),
        ]
        lines.append(f"{bank.id} {bank.version}: {', '.join(parts)}")
    if proof.problems:
        lines += [
            plural(len(proof.problems), "problem") + ":",
            *(f"  {problem}" for problem in proof.problems),
        ]
    if proof.coverage is not None:
        missing = len(proof.coverage.missing)
        lines.append(
            f"inventory: {proof.coverage.wanted - missing} of {proof.coverage.wanted} ids covered or waived"
        )
    if proof.optional_only:
        names = ", ".join(proof.optional_only)
        lines += ["asked but required by no profile:", wrap(names, "  ")]
    if bank is not None and proof.extents:
        lines += [
            "",
            "Required questions by risk, without traits to with every trait:",
            "",
            _extents(bank, proof),
        ]
    if not proof.problems:
        lines += [
            "",
            "No problem: references resolve, questions can be reached, no condition is constant or cyclic.",
        ]
    return "\n".join(lines)


def _pages(extent: tuple[int, int | None] | None) -> str:
    if extent is None:
        return ""
    return f"{extent[0]}+" if extent[1] is None else f"{extent[0]}–{extent[1]}"


def _extents(bank: Bank, proof: Proof) -> str:
    rows = [["", "template", "pages", *(level.title for level in bank.file.risks)]]
    cells: dict[tuple[str, str], list[str]] = {}
    for extent in proof.extents:
        row = cells.setdefault(
            (extent.change_type, extent.template),
            [bank.change_types[extent.change_type].title, extent.template, _pages(extent.pages)],
        )
        low, high = extent.shortest, extent.longest
        row.append(f"{low.questions} to {high.questions}")
    return columns([*rows, *cells.values()])
