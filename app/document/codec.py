"""Answers to and from the text of an answer file.

`decode` understands as much of a file as the bank allows and keeps the rest: unknown keys, values of
a wrong type and keys of a newer bank stay in place and are reported with their line. `encode` gives
the text back with only the changed answers written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import cast

import tomli

from app.bank.model import Bank
from app.document.answers import (
    NOT_APPLICABLE_REASONS,
    Answers,
    Profile,
    State,
    Template,
    Value,
    Waiver,
    freeze,
)
from app.document.layout import Item, Layout, Path, rewrite, take_apart
from app.document.text import normalise
from app.document.values import Misfit, dangling_references, misfits, row_address, row_addresses
from app.problems import DocumentError, Problem, nearest
from app.toml_source import line_of

FORMAT = 1
_PROFILE_KEYS = ("change_types", "risk", "traits", "template")
_STATE_KEYS = frozenset({"state", "reason", "note", "owner", "until"})
_WAIVER_KEYS = frozenset({"code", "target", "reason", "owner", "expires"})


@dataclass(frozen=True)
class Heading:
    """Which format and bank a file says it was written for."""

    format: int
    bank_id: str
    bank_version: str


@dataclass(frozen=True)
class Document:
    """An answer file in memory: what was understood, what was not, and the text it came from.

    `unread` holds what the bank does not know, by path, to be written back as it was.
    `newer` says why the file must not be written, when it comes from a newer dbcharter or bank.
    `rewritten_layout` is true when the file's layout could not be taken apart, so that saving it
    writes it anew as a whole.
    """

    answers: Answers
    heading: Heading
    layout: Layout = field(default_factory=Layout)
    unread: Mapping[Path, Value] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()
    newer: str = ""
    rewritten_layout: bool = False


def new_document(bank: Bank, name: str, answers: Answers) -> Document:
    """A document that is not on disk yet; `name` is the file's name without its suffix."""
    heading = Heading(FORMAT, bank.id, bank.version)
    return Document(answers, heading, Layout((), f"#:schema {name}.schema.json\n"))


def decode(bank: Bank, text: str, file: str = "") -> Document:
    """Read the text of an answer file. Raises DocumentError when it is not TOML."""
    text = text.replace("\r\n", "\n")
    try:
        raw = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        hint = ""
        if "\n<<<<<<< " in "\n" + text:
            hint = "it holds conflict marks of git; resolve them first"
        raise DocumentError(f"{file}:{error.lineno}: not TOML: {error.msg}", hint) from None
    except RecursionError:
        raise DocumentError(f"{file}: is nested too deeply to be an answer file") from None
    reader = _Reader(bank, text, file)
    data = cast(Mapping[str, Value], reader.cleaned(freeze(raw), ()))
    answers, heading = reader.read(data)
    layout = take_apart(text, data)
    return Document(
        answers,
        heading,
        layout or Layout(),
        MappingProxyType(reader.unread),
        tuple(reader.problems),
        newer=_newer(bank, heading),
        rewritten_layout=layout is None and bool(data),
    )


def encode(bank: Bank, document: Document, answers: Answers) -> Document:
    """The document that says `answers`; `layout.text` is the text of its file."""
    layout = document.layout
    head = ""
    if not layout.fragments:
        head, layout = layout.tail, Layout()
    layout = rewrite(layout, items(bank, document, answers), partial(_row_name, bank))
    if head:
        layout = Layout(layout.fragments, layout.tail)
        first = layout.fragments[0]
        text = head + first.text.lstrip("\n")
        layout = Layout(
            (type(first)(first.kind, first.path, text, first.value), *layout.fragments[1:]), layout.tail
        )
    return Document(answers, document.heading, layout, document.unread, document.problems, document.newer)


def _newer(bank: Bank, heading: Heading) -> str:
    if heading.format > FORMAT:
        return f"the file has format {heading.format}; this dbcharter knows format {FORMAT}"
    if heading.bank_id == bank.id and _version(heading.bank_version) > _version(bank.version):
        return f"the file was written for {bank.id} {heading.bank_version}; this bank is {bank.version}"
    return ""


def _version(text: str) -> tuple[int, ...]:
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) else ()


def items(bank: Bank, document: Document, answers: Answers) -> list[Item]:
    """Everything the file must say, in interview order."""
    heading, profile = document.heading, answers.profile
    unread = dict(document.unread)
    found = [
        Item(("format",), "key", (heading.format,)),
        Item(("bank", "id"), "key", (heading.bank_id,)),
        Item(("bank", "version"), "key", (heading.bank_version,)),
    ]
    said: dict[str, Value] = {
        "change_types": profile.change_types,
        "risk": profile.risk,
        "traits": profile.traits,
        "template": "" if profile.template == "full" else profile.template,
    }
    found += [Item(("profile", name), "key", (value,)) for name, value in said.items() if value]
    for section in bank.sections:
        keys: list[Item] = []
        tables: list[Item] = []
        for question_id in bank.questions_in(section.id):
            value = answers.values.get(question_id)
            if value is not None:
                item = _answer_item(bank, question_id, value)
                (keys if item.kind == "key" else tables).append(item)
        for path in [path for path in unread if path[0] == section.id]:
            item = _item(path, unread.pop(path))
            (keys if item.kind == "key" else tables).append(item)
        found += keys + tables
    found += [_item(path, value) for path, value in unread.items() if path[0] not in _META]
    known = {qid: position for position, qid in enumerate(bank.questions)}
    for question_id in sorted(answers.states, key=lambda qid: known.get(qid, len(known))):
        value = _state_value(answers.states[question_id])
        found.append(Item(("status", question_id), "key", (value,)))
    for question_id in sorted(answers.notes, key=lambda qid: known.get(qid, len(known))):
        found.append(Item(("notes", question_id), "key", (answers.notes[question_id],)))
    found += [
        _item(path, value) for path, value in unread.items() if path[0] in _META and path != ("waivers",)
    ]
    waivers = [_waiver_value(waiver) for waiver in answers.waivers]
    rest = unread.get(("waivers",))
    waivers += [row for row in rest if isinstance(row, Mapping)] if isinstance(rest, tuple) else []
    if waivers:
        found.append(Item(("waivers",), "block", tuple(waivers)))
    return _keys_before_tables(found)


_META = frozenset({"status", "notes", "waivers"})


def _keys_before_tables(found: list[Item]) -> list[Item]:
    """Keys of the whole file first: TOML gives them to the table above them otherwise."""
    root = [item for item in found if len(item.path) == 1 and item.kind == "key"]
    return root + [item for item in found if not (len(item.path) == 1 and item.kind == "key")]


def _answer_item(bank: Bank, question_id: str, value: Value) -> Item:
    question = bank.questions[question_id]
    path = tuple(question_id.split(".", 1))
    if (
        question.has_rows
        and isinstance(value, tuple)
        and value
        and all(isinstance(r, Mapping) for r in value)
    ):
        return Item(path, "block", value)
    if question.kind == "sentence" and isinstance(value, Mapping):
        return Item(path, "table", (value,))
    return Item(path, "key", (value,))


def _row_name(bank: Bank, path: Path, value: Value) -> str:
    """What a row is called, so that a changed row can be told from another one."""
    if not isinstance(value, Mapping):
        return ""
    question = bank.questions.get(".".join(path))
    if question is not None:
        return row_address(question, value)
    return f"{value.get('code')}/{value.get('target')}" if path == ("waivers",) else ""


def _item(path: Path, value: Value) -> Item:
    """An item for something the bank does not know, in the form that its value suggests."""
    if isinstance(value, Mapping):
        return Item(path, "table", (value,))
    if isinstance(value, tuple) and value and all(isinstance(row, Mapping) for row in value):
        return Item(path, "block", value)
    return Item(path, "key", (value,))


def _state_value(state: State) -> Value:
    said: dict[str, Value] = {"state": state.state}
    for name in ("reason", "note", "owner"):
        if getattr(state, name):
            said[name] = getattr(state, name)
    if state.until is not None:
        said["until"] = state.until
    return MappingProxyType(said)


def _waiver_value(waiver: Waiver) -> Mapping[str, Value]:
    said: dict[str, Value] = {
        "code": waiver.code,
        "target": waiver.target,
        "reason": waiver.reason,
        "owner": waiver.owner,
    }
    if waiver.expires is not None:
        said["expires"] = waiver.expires
    return MappingProxyType(said)


class _Reader:
    """Collects problems and unread values while a file is understood."""

    def __init__(self, bank: Bank, text: str, file: str) -> None:
        self.bank = bank
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.unread: dict[Path, Value] = {}

    def problem(self, path: Iterable[str | int], where: str, message: str, hint: str = "") -> None:
        line = line_of(self.text, tuple(path)) if len(self.problems) < 200 else 0
        self.problems.append(Problem(message, where, self.file, line, hint))

    def cleaned(self, value: Value, path: tuple[str | int, ...]) -> Value:
        """`value` with normalised text; what is removed is reported."""
        if isinstance(value, str):
            text, removed = normalise(value)
            if removed:
                where = ".".join(map(str, path[:2]))
                self.problem(path, where, f"left out {', '.join(removed)}")
            return text if removed else value
        if isinstance(value, Mapping):
            return MappingProxyType({k: self.cleaned(v, (*path, k)) for k, v in value.items()})
        if isinstance(value, tuple):
            return tuple(self.cleaned(v, (*path, i)) for i, v in enumerate(value))
        return value

    def read(self, data: Mapping[str, Value]) -> tuple[Answers, Heading]:
        profile = self._profile(data.get("profile"))
        values: dict[str, Value] = {}
        for name, content in data.items():
            if name in ("format", "bank", "profile", *_META):
                continue
            section = self.bank.section_by_id.get(name)
            if section is None or not isinstance(content, Mapping):
                self._unknown_section(name, content)
                continue
            for key, value in content.items():
                question_id = f"{name}.{key}"
                if question_id in self.bank.questions:
                    values[question_id] = value
                else:
                    self.unread[(name, key)] = value
                    ids = [q.id for q in section.questions]
                    self.problem(
                        (name, key), question_id, "is not a question of this bank", nearest(key, ids)
                    )
        answers = Answers(
            profile,
            MappingProxyType(values),
            MappingProxyType(dict(self._states(data.get("status")))),
            MappingProxyType(self._notes(data.get("notes"))),
            tuple(self._waivers(data.get("waivers"))),
        )
        return answers, self._heading(data)

    def _unknown_section(self, name: str, content: Value) -> None:
        if isinstance(content, Mapping) and content:
            for key, value in content.items():
                self.unread[(name, key)] = value
        else:
            self.unread[(name,)] = content
        self.problem((name,), name, "is not a section of this bank", nearest(name, self.bank.section_by_id))

    def _heading(self, data: Mapping[str, Value]) -> Heading:
        format_ = data.get("format")
        if not isinstance(format_, int) or isinstance(format_, bool) or format_ < 1:
            self.problem(("format",), "format", f"must be {FORMAT}")
            format_ = FORMAT
        said = data.get("bank")
        bank = said if isinstance(said, Mapping) else {}
        for key, value in bank.items():
            if key not in ("id", "version") or not isinstance(value, str):
                self.unread[("bank", key)] = value
        bank_id, version = bank.get("id"), bank.get("version")
        if bank_id is not None and bank_id != self.bank.id:
            self.problem(("bank", "id"), "bank.id", f"is {bank_id!r}; this bank is {self.bank.id!r}")
        return Heading(
            format_,
            bank_id if isinstance(bank_id, str) else self.bank.id,
            version if isinstance(version, str) else self.bank.version,
        )

    def _profile(self, said: Value | None) -> Profile:
        if said is None:
            return Profile()
        if not isinstance(said, Mapping):
            self.unread[("profile",)] = said
            self.problem(("profile",), "profile", "must be a table")
            return Profile()
        for key in said:
            if key not in _PROFILE_KEYS:
                self.unread[("profile", key)] = said[key]
                self.problem(
                    ("profile", key),
                    f"profile.{key}",
                    "is not a part of the profile",
                    nearest(key, _PROFILE_KEYS),
                )
        risk = self._profile_text(said, "risk", self.bank.risks)
        template = self._profile_text(said, "template", ("full", "compact"))
        return Profile(
            self._profile_list(said, "change_types", self.bank.change_types),
            risk,
            self._profile_list(said, "traits", self.bank.traits),
            cast(Template, template or "full"),
        )

    def _profile_text(self, said: Mapping[str, Value], key: str, known: Iterable[str]) -> str:
        value = said.get(key)
        if value is None or (isinstance(value, str) and value in known):
            return value or ""
        self.unread[("profile", key)] = value
        text = value if isinstance(value, str) else ""
        self.problem(
            ("profile", key), f"profile.{key}", f"must be one of {', '.join(known)}", nearest(text, known)
        )
        return ""

    def _profile_list(self, said: Mapping[str, Value], key: str, known: Iterable[str]) -> tuple[str, ...]:
        value = said.get(key)
        if value is None:
            return ()
        if not isinstance(value, tuple) or not all(isinstance(name, str) for name in value):
            self.unread[("profile", key)] = value
            self.problem(("profile", key), f"profile.{key}", "must be a list of names")
            return ()
        names = [name for name in value if isinstance(name, str)]
        for name in names:
            if name not in known:
                self.problem(("profile", key), f"profile.{key}", f"{name!r} is unknown", nearest(name, known))
        return tuple(names)

    def _states(self, said: Value | None) -> Iterable[tuple[str, State]]:
        for question_id, value in self._table("status", said).items():
            state = self._state(question_id, value)
            if state is None:
                self.unread[("status", question_id)] = value
            else:
                yield question_id, state

    def _state(self, question_id: str, value: Value) -> State | None:
        def refuse(message: str, hint: str = "") -> None:
            self.problem(("status", question_id), f"status.{question_id}", message, hint)

        if question_id not in self.bank.questions:
            refuse("is not a question of this bank", nearest(question_id, self.bank.questions))
            return None
        if not isinstance(value, Mapping) or set(value) - _STATE_KEYS:
            refuse(f"must be a table of {', '.join(sorted(_STATE_KEYS))}")
            return None
        texts = {key: value.get(key, "") for key in ("state", "reason", "note", "owner")}
        until = value.get("until")
        if not all(isinstance(text, str) for text in texts.values()) or not isinstance(until, date | None):
            refuse("holds a value of a wrong type")
            return None
        kind, reason = str(texts["state"]), str(texts["reason"])
        note, owner = str(texts["note"]), str(texts["owner"])
        if kind == "not_applicable":
            if reason not in NOT_APPLICABLE_REASONS or not note.strip():
                refuse(f"needs a note and a reason: {', '.join(NOT_APPLICABLE_REASONS)}")
                return None
            return State("not_applicable", reason, note, owner, until)
        if kind == "deferred":
            if not owner.strip() or until is None:
                refuse("a deferred question needs an owner and a date (until)")
                return None
            return State("deferred", reason, note, owner, until)
        refuse("state must be not_applicable or deferred", nearest(kind, ("not_applicable", "deferred")))
        return None

    def _notes(self, said: Value | None) -> dict[str, str]:
        notes: dict[str, str] = {}
        for question_id, value in self._table("notes", said).items():
            if question_id in self.bank.questions and isinstance(value, str):
                notes[question_id] = value
            else:
                self.unread[("notes", question_id)] = value
                hint = nearest(question_id, self.bank.questions)
                self.problem(
                    ("notes", question_id), f"notes.{question_id}", "is not a note on a question", hint
                )
        return notes

    def _waivers(self, said: Value | None) -> Iterable[Waiver]:
        if said is None:
            return
        rows = said if isinstance(said, tuple) else (said,)
        refused: list[Value] = []
        for position, row in enumerate(rows):
            waiver = _waiver(row)
            if waiver is None:
                refused.append(row)
                self.problem(
                    ("waivers", position),
                    "waivers",
                    "needs code, target, reason and owner as text, expires as a date",
                )
            else:
                yield waiver
        if refused:
            self.unread[("waivers",)] = tuple(refused)

    def _table(self, name: str, said: Value | None) -> Mapping[str, Value]:
        if said is None or isinstance(said, Mapping):
            return said or {}
        self.unread[(name,)] = said
        self.problem((name,), name, "must be a table")
        return {}


def _waiver(row: Value) -> Waiver | None:
    if not isinstance(row, Mapping) or set(row) - _WAIVER_KEYS:
        return None
    texts = [row.get(key) for key in ("code", "target", "reason", "owner")]
    expires = row.get("expires")
    if not all(isinstance(text, str) and text.strip() for text in texts):
        return None
    if not isinstance(expires, date | None):
        return None
    code, target, reason, owner = map(str, texts)
    return Waiver(code, target, reason, owner, expires)


def value_problems(bank: Bank, document: Document, file: str) -> list[Problem]:
    """Answers that do not fit their questions, and references to rows that are not there."""
    found: list[Misfit] = []
    for question_id, value in document.answers.values.items():
        found += [misfit for misfit in misfits(bank, question_id, value) if not misfit.missing]
    found += dangling_references(bank, document.answers)
    return [_as_problem(bank, document, file, misfit) for misfit in found]


def _as_problem(bank: Bank, document: Document, file: str, misfit: Misfit) -> Problem:
    where = misfit.question
    path: list[str | int] = list(misfit.question.split(".", 1))
    if misfit.row is not None:
        path.append(misfit.row)
        rows = document.answers.rows(misfit.question)
        addresses = row_addresses(bank.questions[misfit.question], rows)
        if misfit.row < len(addresses):
            where += f"[{addresses[misfit.row]}]"
    if misfit.column:
        path.append(misfit.column)
        where += f".{misfit.column}"
    line = line_of(document.layout.text, path) if document.layout.fragments else 0
    return Problem(misfit.message, where, file, line, misfit.hint)
