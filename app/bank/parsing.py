"""Read one file of a bank: TOML into a model, or everything that is wrong with it.

Pydantic holds the data to the types and limits of the model. It is imported when the first file is
parsed: a bank that is remembered (`app.bank.remembered`) needs none.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_type_hints

import tomli

from app.bank.model import Data, file_key
from app.problems import Problem, nearest
from app.toml_source import Lines

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

MAX_PROBLEMS = 50
"""How many problems are told; a hostile bank could hold any number."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_PLAIN = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_QUOTED = re.compile(r"'([^']*)'")

Model = TypeVar("Model", bound=Data)


_adapters: dict[type[Data], TypeAdapter[Any]] = {}


def _adapter(model: type[Data]) -> TypeAdapter[Any]:
    """What reads `model`; made once, which takes long."""
    from pydantic import TypeAdapter

    if model not in _adapters:
        _adapters[model] = TypeAdapter(model)
    return _adapters[model]


def parse(model: type[Model], name: str, text: str, problems: list[Problem]) -> Model | None:
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
    from pydantic import ValidationError

    try:
        read: Model = _adapter(model).validate_python(data)
        return read
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


def _described(model: type[Data], data: Any, detail: ErrorDetails, name: str, line: int) -> Problem:
    """One error of pydantic as a problem: what is wrong where, and the nearest name that is right."""
    where, known = _place(model, data, detail["loc"])
    last, given = str(detail["loc"][-1]), detail["input"]
    message, hint = detail["msg"].removeprefix("Value error, "), ""
    match detail["type"]:
        case "extra_forbidden":
            message, hint = f"there is no key {shown(last)}", nearest(last[:60], known)
        case "missing":
            message = "is missing"
        case "dict_type":
            message = "must be a table of keys"
        case "literal_error":
            options = _QUOTED.findall(str(detail.get("ctx", {}).get("expected", ""))) or ["1"]
            message = f"{reprlib.repr(given)} is not one of {', '.join(options)}"
            hint = nearest(given[:60], options) if isinstance(given, str) else ""
        case "string_pattern_mismatch":
            message = f"{reprlib.repr(given)} does not match {detail.get('ctx', {}).get('pattern', '')}"
    return Problem(message, where=where, file=name, line=line, hint=hint)


def shown(name: str) -> str:
    """A name from a file as it may be printed."""
    return name if _PLAIN.fullmatch(name) else reprlib.repr(name)


def _place(model: type[Data], data: Any, path: tuple[int | str, ...]) -> tuple[str, list[str]]:
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
            parts[-1] += f"[{shown(name) if isinstance(name, str) else step + 1}]"
        else:
            parts.append(shown(str(step)))
    return ".".join(parts), known


def _keys(model: type[Data]) -> list[str]:
    return list(map(file_key, model.__struct_fields__))


def _model_at(kind: Any, step: int | str) -> type[Data] | None:
    if isinstance(step, int) or not (isinstance(kind, type) and issubclass(kind, Data)):
        return None
    for name, hint in get_type_hints(kind).items():
        if step == file_key(name):
            for argument in get_args(hint):
                if isinstance(argument, type) and issubclass(argument, Data):
                    return argument
    return None


def _descend(current: Any, step: int | str) -> Any:
    if isinstance(step, int):
        return current[step] if isinstance(current, list) and step < len(current) else None
    return current.get(step) if isinstance(current, Mapping) else None
