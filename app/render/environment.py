"""Templates that may come from anyone: what they can do is little, and it is counted.

A template gets one value, `document`, and prints texts of it. Before it is compiled, its syntax tree is
held to a short list of forms: no arithmetic, no repetition of text, no attribute with an underscore
in front, no call but of a macro. While it runs, every printed text and every turn of a loop is
charged to a budget. Text that is not `Markdown` already is escaped on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateNotFound,
    nodes,
    pass_context,
)
from jinja2 import TemplateError as JinjaError
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from app.problems import TemplateError
from app.render.markdown import Markdown, inline
from app.render.template_errors import Missing, explained, kind_of

MAX_TEMPLATE_BYTES = 200_000
MAX_OUTPUT = 50_000_000
"""Characters that a document may have."""

MAX_WORK = 120_000_000
"""What a rendering may cost: a unit for each character printed, by macros too, and those below."""

STEP = 30
"""The cost of printing anything, and of a turn of a loop; in units of about 30 ns."""

CALL = 400
"""The cost of calling a macro."""

MAX_LOOPS = 5
MAX_DEPTH = 60

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,90}\.jinja")
_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Assign,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Macro,
    nodes.Call,
    nodes.Keyword,
    nodes.Import,
    nodes.FromImport,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Filter,
    nodes.Test,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_OPERATORS = {nodes.Concat: "~", nodes.Include: "include", nodes.ScopedEvalContextModifier: "autoescape"}
_FILTERS = ("length", "lower", "upper")
_TESTS = ("defined", "none")
_TURNS = "turns of a loop"


def render_template(name: str, values: dict[str, object], folder: Path | None = None) -> str:
    """The output of the template file `name`, of `folder` or else of those that ship.

    Raises TemplateError, with file and line, for a template that is refused or fails.
    """
    return Renderer(folder).each(name, [values])[0]


class Renderer:
    """Renders the templates of `folder`, or else those that ship, each read and compiled once.

    Not to be used by two threads at once.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._environment: _Templates | None = None

    def each(self, name: str, all_values: Iterable[dict[str, object]]) -> list[str]:
        """As `render_template`, once for each of `all_values`, on one budget."""
        try:
            if self._environment is None:
                self._environment = _Templates(self._folder)
            self._environment.begin()
            template = self._environment.get_template(name)
            outputs: list[str] = []
            size = 0
            for values in all_values:
                pieces: list[str] = []
                for piece in template.generate(**values):
                    size += len(piece)
                    if size > MAX_OUTPUT:
                        raise _TooMuchError(f"writes more than {MAX_OUTPUT // 1_000_000} million characters")
                    pieces.append(piece)
                outputs.append("".join(pieces))
            return outputs
        except TemplateError:
            raise
        except Exception as error:  # whatever a template provokes is the template's failure
            raise explained(error, name) from None


class _TooMuchError(Exception):
    """A template that would use more than its budget."""


class _Loader(BaseLoader):
    """Template files directly in `folder`, and behind them the ones that ship."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None and not (folder.is_dir() and any(folder.glob("*.jinja"))):
            raise TemplateError(
                f"{folder}: is not a folder with templates", "put full.md.jinja or compact.md.jinja into it"
            )

    def get_source(self, _environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        if not _NAME.fullmatch(template):
            raise TemplateError(
                f"{template!r} is not a template", "name a file of the same folder that ends in .jinja"
            )
        data = self._own(template)
        if data is None:
            shipped = files("output_templates") / template
            if not shipped.is_file():
                raise TemplateNotFound(template)
            data = shipped.read_bytes()
        if len(data) > MAX_TEMPLATE_BYTES:
            raise TemplateError(f"{template}: is larger than {MAX_TEMPLATE_BYTES // 1000} kB")
        try:
            return data.decode("utf-8"), template, lambda: True
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise TemplateError(f"{template}:{line}: is not UTF-8") from None

    def _own(self, template: str) -> bytes | None:
        if self._folder is None:
            return None
        path = self._folder / template
        if not path.exists():
            return None
        if path.resolve().parent != self._folder.resolve() or not path.is_file():
            raise TemplateError(f"{path}: is not a file in the folder of templates")
        try:
            with path.open("rb") as file:
                return file.read(MAX_TEMPLATE_BYTES + 1)
        except OSError as error:
            raise TemplateError(f"{path}: cannot be read: {error.strerror}") from None


class _Templates(ImmutableSandboxedEnvironment):
    """The templates of one folder, and the budget of the present rendering."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(
            loader=_Loader(folder),
            undefined=Missing,
            finalize=self._print,
            autoescape=True,  # macros then hand on Markdown, which is not escaped again
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._work = 0
        self.globals = {}
        self.tests = {name: self.tests[name] for name in _TESTS}
        self.filters = {name: self.filters[name] for name in _FILTERS}
        self.filters[_TURNS] = self._turns

    def begin(self) -> None:
        """Begin a rendering, with the whole budget."""
        self._work = 0

    def compile(self, source: Any, name: Any = None, filename: Any = None, *args: Any, **kwargs: Any) -> Any:
        if isinstance(source, str):
            source = self.parse(source, name, filename)
            _check(source, name or "template")
            _charge_loops(source)
        return super().compile(source, name, filename, *args, **kwargs)

    def is_safe_callable(self, obj: object) -> bool:
        return isinstance(obj, Macro)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return not attr.startswith("_") and super().is_safe_attribute(obj, attr, value)

    def call(self, context: Context, macro: Any, /, *args: Any, **kwargs: Any) -> Any:
        self._charge(CALL)
        return super().call(context, macro, *args, **kwargs)

    def _charge(self, units: int) -> None:
        self._work += units
        if self._work > MAX_WORK:
            raise _TooMuchError("repeats too much")

    @pass_context  # keeps Jinja from printing constants at compile time, by other rules
    def _print(self, _context: Context, value: object) -> object:
        """What is printed for `value`: Markdown as it is, anything else that is text escaped."""
        if isinstance(value, StrictUndefined):
            return value
        if isinstance(value, Markup):
            text = value
        elif isinstance(value, str):
            text = inline(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            text = inline(str(value))
        else:
            raise JinjaError(f"prints {kind_of(value)}, which is neither text nor a number")
        self._charge(len(text) + STEP)
        return Markdown(text)

    def _turns(self, items: Iterable[object], characters: int) -> Iterator[object]:
        """`items`, each charged with the length of the text that a turn of the loop writes by itself."""
        for item in items:
            self._charge(characters + STEP)
            yield item


def _check(template: nodes.Template, name: str) -> None:
    """Raise TemplateError unless every node of `template` is of an allowed form."""
    macros = _macro_names(template)
    waiting: list[tuple[nodes.Node, int, int, int]] = [(template, 1, 0, 0)]
    while waiting:
        node, line, loops, depth = waiting.pop()
        line = node.lineno or line
        reason = _refusal(node, macros, loops, depth)
        if reason:
            raise TemplateError(f"{name}:{line}: {reason}")
        loops += isinstance(node, nodes.For)
        waiting += [(child, line, loops, depth + 1) for child in node.iter_child_nodes()]


def _macro_names(template: nodes.Template) -> frozenset[str]:
    """What may be called: macros of this template, imported macros, and anything of an imported template."""
    names = {macro.name for macro in template.find_all(nodes.Macro)}
    names |= {item.target for item in template.find_all(nodes.Import)}
    for item in template.find_all(nodes.FromImport):
        names |= {pair if isinstance(pair, str) else pair[1] for pair in item.names}
    return frozenset(names)


def _refusal(node: nodes.Node, macros: frozenset[str], loops: int, depth: int) -> str:
    """Why a node is refused, or ""."""
    if depth > MAX_DEPTH:
        return "is nested too deeply"
    match node:
        case nodes.Getattr() if node.attr.startswith("_"):
            return f"{node.attr!r}: names with an underscore in front are out of reach"
        case nodes.Getitem() if not (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int)):
            return "only a number may stand in square brackets"
        case nodes.Call() if (name := _called(node)) not in macros:
            return "only macros may be called" + (f"; there is none called {name!r}" if name else "")
        case nodes.Call() if node.dyn_args is not None or node.dyn_kwargs is not None:
            return "a macro takes no starred arguments"
        case nodes.For() if node.recursive:
            return "a loop may not be recursive"
        case nodes.For() if loops >= MAX_LOOPS:
            return f"loops are nested deeper than {MAX_LOOPS}"
        case nodes.Import() | nodes.FromImport() if not isinstance(node.template, nodes.Const):
            return "the name of an imported template must be written out"
        case nodes.Import() | nodes.FromImport() if node.with_context:
            return "a template may not be imported with its context"
        case nodes.Assign() if not isinstance(node.target, nodes.Name):
            return "only a plain name may be set"
        case nodes.Filter() if node.name not in _FILTERS:
            return f"there is no filter {node.name!r}; there are {', '.join(_FILTERS)}"
        case nodes.Test() if node.name not in _TESTS:
            return f"there is no test {node.name!r}; there are {', '.join(_TESTS)}"
        case nodes.Tuple() if node.ctx == "store":
            return ""
        case nodes.Scope():
            return ""
    return "" if isinstance(node, _ALLOWED) else f"{_word(node)} is not allowed in a template"


def _called(call: nodes.Call) -> str:
    """The name that a call goes to, or that of the imported template that it goes into; "" for others."""
    callee = call.node.node if isinstance(call.node, nodes.Getattr) else call.node
    return callee.name if isinstance(callee, nodes.Name) else ""


def _word(node: nodes.Node) -> str:
    """A node's form as a person would look for it."""
    operator = _OPERATORS.get(type(node)) or getattr(node, "operator", "")
    return f"'{operator}'" if operator else re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).lower()


def _charge_loops(template: nodes.Template) -> None:
    """Have every loop charge its turns, with the text that stands in its body."""
    for loop in template.find_all(nodes.For):
        literal = sum(len(data.data) for part in loop.body for data in part.find_all(nodes.TemplateData))
        size = nodes.Const(literal, lineno=loop.lineno)
        loop.iter = nodes.Filter(loop.iter, _TURNS, [size], [], None, None, lineno=loop.lineno)
