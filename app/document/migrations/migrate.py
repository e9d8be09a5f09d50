"""One answer file from the format and bank version that it says to the present ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import cast

import tomli_w
from msgspec import Struct
from msgspec.structs import replace

from app.bank.model import Bank
from app.bank.versions import version_key
from app.document.answers import Value, freeze
from app.document.codec import Document, decode, encode, parse_toml
from app.document.layout import Fragment, Layout, Path, comments_only, take_apart
from app.document.migrations.formats import FORMAT_STEPS, Data, FormatStep
from app.document.migrations.moves import move, moves_since
from app.document.reading import FORMAT
from app.document.rewrite import with_lead
from app.document.toml_text import retitled
from app.problems import DocumentError
from app.toml_source import comments_of


class Migrated(Struct, frozen=True):
    """The text of a migrated file, and what was done to it in words; nothing when it was up to date."""

    text: str
    steps: tuple[str, ...]


def migrate_text(
    bank: Bank,
    text: str,
    file: str = "",
    formats: Mapping[int, FormatStep] = FORMAT_STEPS,
    target: int = FORMAT,
    before: Callable[[Data], Data] = copy.deepcopy,
) -> Migrated:
    """The text of an answer file in the present format, for the present version of `bank`.

    `before` makes the data to begin with, without changing what it is given. Comments, and the text of
    answers that stay what they are, are kept. Raises DocumentError for a file that is not TOML, is newer, is
    of another bank, or of a format from which no step leads on.
    """
    line_end = "\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n"
    text = text.replace("\r\n", "\n")
    raw = parse_toml(text, file)
    data, format_steps = _migrate_format(before(raw), file, formats, target)
    renamed, bank_steps = _migrate_bank(bank, data, file)
    steps = (*format_steps, *bank_steps)
    if not steps:
        return Migrated(text.replace("\n", line_end), ())
    new = decode(bank, tomli_w.dumps(data, multiline_strings=True), file)
    layout = take_apart(text, cast("Mapping[str, Value]", freeze(raw)))
    result = _with_old_text(bank, new, layout, renamed) if layout else None
    if result is None or not _says_the_same(bank, result, new):
        result = encode(bank, replace(new, layout=comments_only(text)), new.answers)
    if not _says_the_same(bank, result, new):
        raise DocumentError(f"{file}: cannot be migrated without losing something")
    return Migrated(result.layout.text.replace("\n", line_end), steps)


def _migrate_format(
    data: Data, file: str, formats: Mapping[int, FormatStep], target: int
) -> tuple[Data, tuple[str, ...]]:
    """The data in format `target`, and what was done."""
    steps: list[str] = []
    found = data.get("format")
    number = found if isinstance(found, int) and not isinstance(found, bool) else target
    if number > target:
        raise DocumentError(f"{file}: has format {number}; this dbcharter knows format {target}")
    while number < target:
        step = formats.get(number)
        if step is None:
            raise DocumentError(f"{file}: has format {number}, from which nothing leads to format {target}")
        number += 1
        data = {**step.migrate(data), "format": number}
        steps.append(f"format {number - 1} to {number}: {step.summary}")
    return data, tuple(steps)


def _migrate_bank(bank: Bank, data: Data, file: str) -> tuple[dict[Path, Path], tuple[str, ...]]:
    """Bring `data` to the version of the bank; the questions that were renamed, and what was done."""
    said = data.get("bank")
    heading = said if isinstance(said, dict) else {}
    name, version = heading.get("id", bank.id), heading.get("version", bank.version)
    if name != bank.id:
        raise DocumentError(f"{file}: was written for the bank {name!r}; this is {bank.id!r}")
    if not isinstance(version, str) or not version_key(version):
        raise DocumentError(f"{file}: says no version of the bank that could be compared")
    if version_key(version) > version_key(bank.version):
        raise DocumentError(f"{file}: was written for {bank.id} {version}; this bank is {bank.version}")
    if version_key(version) == version_key(bank.version):
        return {}, ()
    steps = [f"{bank.id} {version} to {bank.version}"]
    renamed: dict[Path, Path] = {}
    for moved in moves_since(bank, version):
        if move(bank, data, moved):
            steps.append(f"{moved.from_} is {moved.to} by now")
            old, new = tuple(moved.from_.split(".")), tuple(moved.to.split("."))
            before = next((first for first, last in renamed.items() if last == old), old)
            renamed[before] = new
    data["bank"] = {**heading, "version": bank.version}
    return renamed, tuple(steps)


def _with_old_text(bank: Bank, new: Document, layout: Layout, renamed: Mapping[Path, Path]) -> Document:
    """The new document with the text of the old one wherever that still says what it must."""
    kept: list[Fragment] = []
    spare: dict[Path, list[Fragment]] = {}
    comments: list[str] = []  # of headers whose keys all move; they go with the first of these
    fragments = layout.fragments
    for position, fragment in enumerate(fragments):
        path = renamed.get(fragment.path)
        moved = retitled(fragment, path) if path and fragment.kind != "header" else None
        if path and moved:
            spare.setdefault(path, []).append(with_lead(moved, comments))
            comments = []
        elif fragment.kind == "header" and _all_move(fragments[position + 1 :], renamed):
            comments = comments_of(fragment.text)
        else:
            kept.append(fragment)
    return encode(bank, replace(new, layout=Layout(tuple(kept), layout.tail)), new.answers, spare)


def _all_move(following: Sequence[Fragment], renamed: Mapping[Path, Path]) -> bool:
    """Whether the keys under a header, of which there are some, all get another name."""
    keys = list(takewhile(lambda fragment: fragment.kind == "key", following))
    return bool(keys) and all(key.path in renamed for key in keys)


def _says_the_same(bank: Bank, result: Document, new: Document) -> bool:
    again = decode(bank, result.layout.text)
    return again.answers == new.answers and set(again.unread) == set(new.unread)
