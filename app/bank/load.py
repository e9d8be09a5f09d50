"""Load a question bank from a folder and check that it is whole.

A bank is untrusted input: files are limited in size and number, every model refuses unknown keys,
conditions are held to a short list of forms, and every reference must resolve. All problems are
collected and raised together, each with file, line, key and the nearest valid name.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.bank.check import FoundIn, problems_of
from app.bank.model import Bank, BankFile, Section
from app.problems import BankError, Problem, nearest
from app.toml_source import Lines

DEFAULT_BANK = "database-design"
MAX_FILES = 100
MAX_BYTES = 1_000_000
MAX_PROBLEMS = 50
"""How many problems are told; a hostile bank could hold any number."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_QUOTED = re.compile(r"'([^']*)'")

Model = TypeVar("Model", bound=BaseModel)


@cache
def default_bank() -> Bank:
    """The bank that ships with dbcharter."""
    return load_bank(files("question_banks") / DEFAULT_BANK)


def load_bank(folder: Path | Traversable) -> Bank:
    """Load every TOML file of `folder`; raise BankError with all problems found."""
    bank, problems = read_bank(folder)
    if bank is None or problems:
        raise BankError(problems)
    return bank


def read_bank(folder: Path | Traversable) -> tuple[Bank | None, list[Problem]]:
    """Load `folder` as far as possible and list what is wrong with it.

    Raises BankError when the folder cannot be read at all.
    """
    problems: list[Problem] = []
    sources = _sources(folder, problems)
    sections: dict[str, tuple[str, Section]] = {}
    bank_file: BankFile | None = None
    for name, text in sources.items():
        if name == "bank.toml":
            bank_file = _parse(BankFile, name, text, problems)
            continue
        section = _parse(Section, name, text, problems)
        if section is not None and section.id in sections:
            message = f"the section id {section.id!r} is also that of {sections[section.id][0]}"
            problems.append(Problem(message, file=name, line=Lines(text).of(("id",))))
        elif section is not None:
            sections[section.id] = name, section
    if bank_file is None:
        if "bank.toml" not in sources:
            problems.append(Problem("the bank has no bank.toml", file=_name_of(folder)))
        return None, problems
    bank = Bank(bank_file, tuple(section for _, section in sections.values()))
    if not problems:
        names = {section_id: name for section_id, (name, _) in sections.items()}
        problems += _placed(problems_of(bank), sources, names)
    return bank, problems


def placed(folder: Path | Traversable, found: Iterable[FoundIn]) -> list[Problem]:
    """What was found in the bank that `folder` holds, with the file and line of each problem."""
    sources = _sources(folder, [])
    names: dict[str, str] = {}
    for name, text in sources.items():
        section = _parse(Section, name, text, []) if name != "bank.toml" else None
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


def _name_of(folder: Path | Traversable) -> str:
    return str(folder) if isinstance(folder, Path) else folder.name


def _sources(folder: Path | Traversable, problems: list[Problem]) -> dict[str, str]:
    """The text of every TOML file of `folder` by its name; what cannot be read is added to `problems`."""
    try:
        entries = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    except OSError as error:
        raise BankError([Problem(f"cannot read the bank: {error.strerror}", file=_name_of(folder))]) from None
    if len(entries) > MAX_FILES:
        raise BankError([Problem(f"a bank has at most {MAX_FILES} files", file=_name_of(folder))])
    sources: dict[str, str] = {}
    for entry in sorted(entries, key=lambda entry: entry.name):
        try:
            sources[entry.name] = _text_of(entry)
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror}", file=_shown(entry.name)))
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append(Problem("is not UTF-8", file=_shown(entry.name), line=line))
        except ValueError as error:
            problems.append(Problem(str(error), file=_shown(entry.name)))
    return sources


def _text_of(entry: Path | Traversable) -> str:
    if not entry.is_file():
        raise ValueError("is not a file")
    with entry.open("rb") as stream:
        data: bytes = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES:,} bytes")
    return data.decode("utf-8")


def _parse(model: type[Model], name: str, text: str, problems: list[Problem]) -> Model | None:
    """`text` as a model, or None with the reasons added to `problems`."""
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        problems.append(Problem(f"is not TOML: {error.msg}", file=name, line=error.lineno))
        return None
    except (RecursionError, ValueError):
        problems.append(Problem("is not TOML: nested too deeply, or a number too long", file=name))
        return None
    room = max(MAX_PROBLEMS - len(problems), 0)
    for path in islice(_control_characters(data, ()), room):
        message = "has a control character, which a terminal could obey"
        where, _ = _place(model, data, path)
        problems.append(Problem(message, where=where, file=name, line=Lines(text).of(path)))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        lines = Lines(text)
        for detail in details[:room]:
            problems.append(_described(model, data, detail, name, lines.of(detail["loc"])))
        if len(details) > room:
            problems.append(Problem(f"has {len(details) - room} more problems", file=name))
        return None


def _control_characters(value: object, path: tuple[int | str, ...]) -> Iterator[tuple[int | str, ...]]:
    """The paths of the texts that hold a character which is not meant to be seen."""
    if isinstance(value, str):
        if _CONTROL.search(value):
            yield path
    elif isinstance(value, Mapping | list):
        for key, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from _control_characters(inner, (*path, key))


def _described(model: type[BaseModel], data: Any, detail: ErrorDetails, name: str, line: int) -> Problem:
    """One error of pydantic as a problem: what is wrong where, and the nearest name that is right."""
    where, known = _place(model, data, detail["loc"])
    last, given = str(detail["loc"][-1]), detail["input"]
    message, hint = detail["msg"].removeprefix("Value error, "), ""
    match detail["type"]:
        case "extra_forbidden":
            message, hint = f"there is no key {_shown(last)}", nearest(last[:60], known)
        case "missing":
            message = "is missing"
        case "literal_error":
            options = _QUOTED.findall(str(detail.get("ctx", {}).get("expected", ""))) or ["1"]
            message = f"{reprlib.repr(given)} is not one of {', '.join(options)}"
            hint = nearest(given[:60], options) if isinstance(given, str) else ""
        case "string_pattern_mismatch":
            message = f"{reprlib.repr(given)} does not match {detail.get('ctx', {}).get('pattern', '')}"
    return Problem(message, where=where, file=name, line=line, hint=hint)


def _shown(name: str) -> str:
    """A name from a file as it may be printed."""
    return name if _PLAIN.fullmatch(name) else reprlib.repr(name)


def _place(model: type[BaseModel], data: Any, path: tuple[int | str, ...]) -> tuple[str, list[str]]:
    """A readable name of `path`, with ids instead of positions, and the keys known at its end.

    Steps that only say which of several types was tried are left out.
    """
    parts: list[str] = []
    current: Any = data
    kind: Any = model
    known = _keys(model)
    for step in path:
        if not isinstance(current, list if isinstance(step, int) else Mapping):
            continue
        inner = _model_at(kind, step)
        if inner is not None:
            kind = inner
            known = _keys(kind)
        current = _descend(current, step)
        if isinstance(step, int) and parts:
            name = current.get("id") if isinstance(current, Mapping) else None
            parts[-1] += f"[{_shown(name) if isinstance(name, str) else step + 1}]"
        else:
            parts.append(_shown(str(step)))
    return ".".join(parts), known


def _keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_at(kind: Any, step: int | str) -> type[BaseModel] | None:
    if isinstance(step, int) or not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return None
    for name, info in kind.model_fields.items():
        if step in (info.alias, name):
            for argument in getattr(info.annotation, "__args__", ()):
                if isinstance(argument, type) and issubclass(argument, BaseModel):
                    return argument
    return None


def _descend(current: Any, step: int | str) -> Any:
    if isinstance(step, int):
        return current[step] if isinstance(current, list) and step < len(current) else None
    return current.get(step) if isinstance(current, Mapping) else None
