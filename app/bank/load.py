"""Load a question bank from a folder and check that it is whole.

A bank is untrusted input: files are limited in size and number, every model refuses unknown keys,
conditions are held to a short list of forms, and every reference must resolve. All problems are
collected and raised together, each with file, line, key and the nearest valid name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import BaseModel, ValidationError

from app.bank.check import problems_of
from app.bank.model import Bank, BankFile, Section
from app.problems import BankError, Problem, nearest
from app.toml_source import line_of

DEFAULT_BANK = "database-design"
MAX_FILES = 100
MAX_BYTES = 1_000_000

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
    """Load `folder` as far as possible and list what is wrong with it."""
    problems: list[Problem] = []
    sources = _sources(folder, problems)
    sections: list[Section] = []
    bank_file: BankFile | None = None
    section_files: dict[str, str] = {}
    for name, text in sources.items():
        if name == "bank.toml":
            bank_file = _parse(BankFile, name, text, problems)
        else:
            section = _parse(Section, name, text, problems)
            if section is not None:
                sections.append(section)
                section_files[section.id] = name
    if bank_file is None:
        if "bank.toml" not in sources:
            problems.append(Problem("the bank has no bank.toml", file=_name_of(folder)))
        return None, problems
    bank = Bank(bank_file, tuple(sections))
    if not problems:
        for section_id, path, problem in problems_of(bank):
            name = section_files.get(section_id, "bank.toml")
            line = line_of(sources[name], path)
            problems.append(replace(problem, file=name, line=line))
    return bank, problems


def _name_of(folder: Path | Traversable) -> str:
    return str(folder) if isinstance(folder, Path) else folder.name


def _sources(folder: Path | Traversable, problems: list[Problem]) -> dict[str, str]:
    try:
        entries = sorted((e for e in folder.iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)
    except OSError as error:
        raise BankError([Problem(f"cannot read the bank: {error.strerror}", file=_name_of(folder))]) from None
    if len(entries) > MAX_FILES:
        raise BankError([Problem(f"a bank has at most {MAX_FILES} files", file=_name_of(folder))])
    sources: dict[str, str] = {}
    for entry in entries:
        try:
            data = entry.read_bytes()
            if len(data) > MAX_BYTES:
                problems.append(Problem(f"is larger than {MAX_BYTES:,} bytes", file=entry.name))
            else:
                sources[entry.name] = data.decode("utf-8")
        except OSError as error:
            problems.append(Problem(f"cannot be read: {error.strerror}", file=entry.name))
        except UnicodeDecodeError as error:
            problems.append(Problem(f"is not UTF-8 (byte {error.start})", file=entry.name))
    return sources


def _parse(model: type[Model], name: str, text: str, problems: list[Problem]) -> Model | None:
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        problems.append(Problem(f"is not TOML: {error.msg}", file=name, line=error.lineno))
        return None
    except RecursionError:
        problems.append(Problem("is nested too deeply", file=name))
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = detail["loc"]
            where, known = _place(model, data, path)
            problems.append(
                Problem(
                    detail["msg"].removeprefix("Value error, "),
                    where=where,
                    file=name,
                    line=line_of(text, path),
                    hint=nearest(str(path[-1]), known) if detail["type"] == "extra_forbidden" else "",
                )
            )
        return None


def _place(model: type[BaseModel], data: Any, path: tuple[int | str, ...]) -> tuple[str, list[str]]:
    """A readable name of `path`, with ids instead of positions, and the keys known at its end."""
    parts: list[str] = []
    current: Any = data
    known = [f.alias or n for n, f in model.model_fields.items()]
    kind: Any = model
    for step in path:
        inner = _model_at(kind, step)
        if inner is not None:
            kind = inner
            known = [f.alias or n for n, f in kind.model_fields.items()]
        current = _descend(current, step)
        if isinstance(step, int) and parts:
            name = current.get("id") if isinstance(current, Mapping) else None
            parts[-1] += f"[{name if isinstance(name, str) else step + 1}]"
        else:
            parts.append(str(step))
    return ".".join(parts), known


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
