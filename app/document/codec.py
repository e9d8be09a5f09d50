"""Answers to and from the text of an answer file.

`decode` understands as much of a file as the bank allows and keeps the rest: unknown keys, values of
a wrong type and keys of a newer bank stay in place and are reported with their line. `encode` gives
the text back with only the changed answers written anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from urllib.parse import quote

import tomli
from msgspec import Struct, field
from msgspec.structs import replace

from app.bank.model import Bank
from app.bank.versions import version_key
from app.document.answers import Answers, Value
from app.document.dangling import dangling_references
from app.document.items import items
from app.document.layout import Fragment, Layout, Path, comments_only, take_apart
from app.document.reading import FORMAT, Heading, Reader, Reading
from app.document.rewrite import rewrite
from app.document.text import one_line
from app.document.values import Misfit, MisfitMemo, row_address, row_names
from app.problems import DocumentError, Problem
from app.toml_source import Lines


class Document(Struct, frozen=True):
    """An answer file in memory: what was understood, what was not, and the text it came from.

    `unread` holds what the bank does not know, by path, to be written back as it was.
    `newer` says why the file must not be written, when it comes from a newer dbcharter or bank, and
    `foreign`, when it is no answer file of this bank; `refusal` is the one that is not "".
    `rewritten_layout` is true when the file's layout could not be taken apart, so that saving it
    writes it anew as a whole. `line_end` ends its lines; texts in memory have plain newlines.
    """

    answers: Answers
    heading: Heading
    layout: Layout = field(default_factory=Layout)
    unread: Mapping[Path, Value] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()
    newer: str = ""
    foreign: str = ""
    rewritten_layout: bool = False
    line_end: str = "\n"

    @property
    def refusal(self) -> str:
        return self.newer or self.foreign

    @property
    def text(self) -> str:
        """The text of the file."""
        text = self.layout.text
        return text if self.line_end == "\n" else text.replace("\n", self.line_end)


def new_document(bank: Bank, name: str, answers: Answers) -> Document:
    """A document that is not on disk yet; `name` is the file's name without its suffix."""
    heading = Heading(FORMAT, bank.id, bank.version)
    schema = name if name.isprintable() else quote(name, errors="surrogateescape")
    return Document(answers, heading, Layout((), f"#:schema {schema}.schema.json\n"))


def decode(bank: Bank, text: str, file: str = "") -> Document:
    """Read the text of an answer file. Raises DocumentError when it is not TOML."""
    line_end = "\r\n" if "\r\n" in text[: text.find("\n") + 1] else "\n"
    text = text.replace("\r\n", "\n")
    reader = Reader(bank, text, file)
    data = reader.frozen(parse_toml(text, file))
    assert isinstance(data, Mapping)
    reading = reader.read(data)
    layout = take_apart(text, data)
    problems = reading.problems
    if layout is None:
        message = "is laid out in a way that cannot be kept; saving a change writes the file anew"
        hint = "the original is then kept in the folder .dbcharter beside it"
        problems = (*problems, Problem(message, file=file, line=1, hint=hint))
    return Document(
        reading.answers,
        reading.heading,
        layout or comments_only(text),
        reading.unread,
        problems,
        newer=_newer(bank, reading.heading),
        foreign=_foreign(bank, data, reading),
        rewritten_layout=layout is None,
        line_end=line_end,
    )


def parse_toml(text: str, file: str) -> dict[str, object]:
    """The data of a TOML text with plain newlines. Raises DocumentError."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        hint = ""
        if "\n<<<<<<< " in "\n" + text:
            hint = "it holds conflict marks of git; resolve them first"
        raise DocumentError(f"{file}:{error.lineno}: not TOML: {error.msg}", hint) from None
    except RecursionError:
        raise DocumentError(f"{file}: is nested too deeply to be an answer file") from None
    except ValueError:  # an integer of thousands of digits, which the parser passes on to int()
        raise DocumentError(f"{file}: holds a number that is too long") from None


def encode(
    bank: Bank,
    document: Document,
    answers: Answers,
    spare: Mapping[Path, list[Fragment]] = MappingProxyType({}),
) -> Document:
    """The document that says `answers`; its `text` is the text of the file.

    What `document` does not say yet takes its text from `spare`, where that says it.
    """
    said, aside = items(bank, document.heading, answers, document.unread, document.layout)
    layout = rewrite(document.layout, said, partial(row_name, bank), aside, spare)
    unread = document.unread
    if aside:
        unread = MappingProxyType({path: value for path, value in unread.items() if path not in aside})
    return replace(document, answers=answers, layout=layout, unread=unread, rewritten_layout=False)


def _newer(bank: Bank, heading: Heading) -> str:
    if heading.format > FORMAT:
        return f"the file has format {heading.format}; this dbcharter knows format {FORMAT}"
    if heading.format < FORMAT:
        return f"the file has format {heading.format}; migrate it first: dbcharter migrate FILE"
    if heading.bank_id == bank.id and version_key(heading.bank_version) > version_key(bank.version):
        return f"the file was written for {bank.id} {heading.bank_version}; this bank is {bank.version}"
    return ""


def _foreign(bank: Bank, data: Mapping[str, Value], reading: Reading) -> str:
    """Why a file is none of this bank: what it says of itself is wrong, or it says nothing that we know."""
    said, heading = data.get("bank"), reading.heading
    named = said.get("id") if isinstance(said, Mapping) else said
    if data.get("format", FORMAT) != heading.format or isinstance(data.get("format"), bool):
        return f"its format is no number from 1 to {FORMAT}"
    if heading.bank_id != bank.id:
        return f"the file was written for the bank {heading.bank_id!r}; this bank is {bank.id!r}"
    if named is not None and named != bank.id:
        return "its bank has no name"
    if "format" not in data and named is None and reading.answers == Answers():
        return "it has neither a format nor a bank nor an answer"
    return ""


def row_name(bank: Bank, path: Path, value: Value) -> str:
    """What a row is called, so that a changed row can be told from another one."""
    if not isinstance(value, Mapping):
        return ""
    question = bank.questions.get(".".join(path))
    if question is not None:
        return row_address(question, value)
    if path == ("conflicts",):
        return "/".join(str(value.get(part)) for part in ("question", "row", "column"))
    return f"{value.get('code')}/{value.get('target')}" if path == ("waivers",) else ""


def value_problems(
    bank: Bank,
    document: Document,
    file: str,
    memo: MisfitMemo | None = None,
    references: bool = True,
) -> list[Problem]:
    """Open conflicts, answers that do not fit, and references to rows that are not there.

    `memo` remembers the misfits from one look to the next. `references` says whether to look
    for these.
    """
    memo, answers = memo or MisfitMemo(bank), document.answers
    found: list[Misfit] = []
    for question_id, value in answers.values.items():
        found += [misfit for misfit in memo.misfits(question_id, value) if not misfit.missing]
    if references:
        found += dangling_references(bank, answers)
    if not found and not answers.conflicts:
        return []
    lines = Lines(document.layout.text) if document.layout.fragments else None
    addresses: dict[str, list[str]] = {}
    for misfit in found:
        if misfit.row is not None and misfit.question not in addresses:
            question = bank.questions[misfit.question]
            addresses[misfit.question] = row_names(question, answers.values[misfit.question])
    open_conflicts = [
        Problem(
            "was changed on both sides",
            one_line(conflict.address),
            file,
            lines.of(("conflicts", position)) if lines else 0,
            f"choose with: dbcharter resolve {file} {position + 1}",
        )
        for position, conflict in enumerate(answers.conflicts)
    ]
    return open_conflicts + [
        _as_problem(lines, addresses.get(misfit.question, []), file, misfit) for misfit in found
    ]


def _as_problem(lines: Lines | None, addresses: list[str], file: str, misfit: Misfit) -> Problem:
    where = misfit.question
    path: list[str | int] = list(misfit.question.split(".", 1))
    if misfit.row is not None:
        path.append(misfit.row)
        if misfit.row < len(addresses):
            where += f"[{addresses[misfit.row]}]"
    if misfit.column:
        path.append(misfit.column)
        where += f".{misfit.column}"
    return Problem(misfit.message, where, file, lines.of(path) if lines else 0, misfit.hint)
