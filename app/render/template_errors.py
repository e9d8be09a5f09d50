"""What went wrong in a template, with file and line, in words of the document rather than of Python."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from jinja2 import StrictUndefined, TemplateNotFound, TemplateSyntaxError
from jinja2.utils import missing
from msgspec import Struct

from app.problems import TemplateError, nearest
from app.render import view

_KINDS = {"str": "text", "Markdown": "text", "tuple": "list", "int": "number", "float": "number"}
_VIEWS = frozenset(
    name for name, thing in vars(view).items() if isinstance(thing, type) and issubclass(thing, Struct)
)
_CLASS = re.compile(rf"'({'|'.join([*_KINDS, *_VIEWS])})'(?: object)?")
_SMALL = re.compile(r"(?<!^)(?=[A-Z])")


def kind_of(value: object) -> str:
    """What a value is to the author of a template, such as `a section`."""
    return _named(type(value).__name__)


def _named(name: str) -> str:
    words = _KINDS.get(name) or _SMALL.sub(" ", name).lower().removesuffix(" view")
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


class Missing(StrictUndefined):
    """Stands for what a template names and is not there; says so when it is used."""

    @property
    def _undefined_message(self) -> str:
        name, thing = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        if thing is missing:
            return f"there is no {name!r}"
        if not isinstance(name, str):
            return f"{kind_of(thing)} has no element {name}"
        hint = nearest(name, getattr(thing, "__struct_fields__", ()))
        return f"{kind_of(thing)} has no {name!r}" + (f"; {hint}" if hint else "")


def explained(error: Exception, name: str) -> TemplateError:
    """`error`, of the template `name` or one that it imports, as one that names file and line."""
    if isinstance(error, TemplateNotFound):
        return TemplateError(f"{name}: there is no template {error.name!r}")
    if isinstance(error, TemplateSyntaxError):
        return TemplateError(f"{error.filename or error.name or name}:{error.lineno}: {error.message}")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(".jinja")]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else name
    if isinstance(error, RecursionError):
        return TemplateError(f"{place}: calls or imports itself without end, or is nested too deeply")
    said = str(error) or f"fails with {type(error).__name__}"
    if isinstance(error, TypeError):
        said = _CLASS.sub(lambda found: _named(found[1]), said)
    return TemplateError(f"{place}: {said}")
