"""Load a question bank from a folder and check that it is whole.

A bank is untrusted input: files are limited in size and number, every model refuses unknown keys,
conditions are held to a short list of forms, and every reference must resolve. All problems are
collected and raised together, each with file, line, key and the nearest valid name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

import question_banks
from app.bank import remembered
from app.bank.check import FoundIn, problems_of
from app.bank.model import Bank, BankFile, Section
from app.bank.parsing import MAX_PROBLEMS, parse, shown
from app.problems import BankError, Problem
from app.toml_source import Lines

DEFAULT_BANK = "database-design"
MAX_FILES = 100
MAX_BYTES = 1_000_000


@cache
def default_folder() -> Path:
    """The folder of the bank that ships with dbcharter."""
    return Path(question_banks.__path__[0]) / DEFAULT_BANK


@cache
def default_bank() -> Bank:
    """The bank that ships with dbcharter; as remembered beside its files, where it is. Raises BankError."""
    return remembered_bank(default_folder())


def remembered_bank(folder: Path) -> Bank:
    """As `load_bank`, but at once when the very same files were loaded before."""
    problems: list[Problem] = []
    sources = _sources(folder, problems)
    key = "" if problems else remembered.key_of(sources)
    known = remembered.recall(folder, key)
    if known is not None:
        return known
    bank = _whole(*_read(folder, sources, problems))
    remembered.remember(folder, key, bank)
    return bank


def load_bank(folder: Path) -> Bank:
    """Load every TOML file of `folder`; raise BankError with all problems found."""
    return _whole(*read_bank(folder))


def _whole(bank: Bank | None, problems: list[Problem]) -> Bank:
    if bank is None or problems:
        raise BankError(problems)
    return bank


def read_bank(folder: Path) -> tuple[Bank | None, list[Problem]]:
    """Load `folder` as far as possible and list what is wrong with it.

    Raises BankError when the folder cannot be read at all.
    """
    problems: list[Problem] = []
    return _read(folder, _sources(folder, problems), problems)


def _read(
    folder: Path, sources: Mapping[str, str], problems: list[Problem]
) -> tuple[Bank | None, list[Problem]]:
    """The bank that the texts make; what is wrong with them is added to `problems`."""
    sections: dict[str, tuple[str, Section]] = {}
    bank_file: BankFile | None = None
    for name, text in sources.items():
        if name == "bank.toml":
            bank_file = parse(BankFile, name, text, problems)
            continue
        section = parse(Section, name, text, problems)
        if section is not None and section.id in sections:
            message = f"the section id {section.id!r} is also that of {sections[section.id][0]}"
            problems.append(Problem(message, file=name, line=Lines(text).of(("id",))))
        elif section is not None:
            sections[section.id] = name, section
    if bank_file is None:
        if "bank.toml" not in sources:
            problems.append(Problem("the bank has no bank.toml", file=str(folder)))
        return None, problems
    bank = Bank(bank_file, tuple(section for _, section in sections.values()))
    if not problems:
        names = {section_id: name for section_id, (name, _) in sections.items()}
        problems += _placed(problems_of(bank), sources, names)
    return bank, problems


def placed(folder: Path, found: Iterable[FoundIn]) -> list[Problem]:
    """What was found in the bank that `folder` holds, with the file and line of each problem."""
    sources = _sources(folder, [])
    names: dict[str, str] = {}
    for name, text in sources.items():
        section = parse(Section, name, text, []) if name != "bank.toml" else None
        if section is not None:
            names[section.id] = name
    return _placed(found, sources, names)


def _placed(found: Iterable[FoundIn], sources: Mapping[str, str], names: Mapping[str, str]) -> list[Problem]:
    problems = []
    lines: dict[str, Lines] = {}
    for section_id, path, problem in islice(found, MAX_PROBLEMS):
        name = names.get(section_id, "bank.toml")
        if name not in lines:
            lines[name] = Lines(sources[name])
        problems.append(replace(problem, file=name, line=lines[name].of(path)))
    return problems


def _sources(folder: Path, problems: list[Problem]) -> dict[str, str]:
    """The text of every TOML file of `folder` by its name; what cannot be read is added to `problems`."""
    try:
        entries = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    except OSError as error:
        raise BankError([Problem(f"cannot read the bank: {error.strerror}", file=str(folder))]) from None
    if len(entries) > MAX_FILES:
        raise BankError([Problem(f"a bank has at most {MAX_FILES} files", file=str(folder))])
    sources: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: entry.name):
        try:
            sources[entry.name] = _text_of(entry)
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror}", file=shown(entry.name)))
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append(Problem("is not UTF-8", file=shown(entry.name), line=line))
        except ValueError as error:
            problems.append(Problem(str(error), file=shown(entry.name)))
    return sources


def _text_of(entry: Path) -> str:
    if not entry.is_file():
        raise ValueError("is not a file")
    with entry.open("rb") as stream:
        data: bytes = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES:,} bytes")
    return data.decode("utf-8")
