"""What an answer file says, as far as the bank allows; what it does not know is kept and reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import TypeGuard, TypeVar, cast

from msgspec import Struct

from app.bank.model import Bank
from app.document.answers import (
    NOT_APPLICABLE_REASONS,
    Answers,
    Conflict,
    Profile,
    State,
    Template,
    Value,
    Waiver,
    fits_toml,
    freeze,
)
from app.document.layout import Path
from app.document.text import clean, normalise, one_line
from app.problems import DocumentError, Problem, nearest
from app.toml_source import Lines

FORMAT = 1
MAX_DEPTH = 40
MAX_HINTS = 200
META = frozenset({"status", "notes", "waivers", "conflicts", "ddl_seen", "ddl_looked_at"})
_PROFILE_KEYS = ("change_types", "risk", "traits", "template")
_STATE_KEYS = frozenset({"state", "reason", "note", "owner", "until"})
_WAIVER_KEYS = frozenset({"code", "target", "reason", "owner", "expires"})
_CONFLICT_KEYS = frozenset({"question", "row", "column", "base", "ours", "theirs"})
_A_WAIVER_NEEDS = "code, target, reason and owner as text, expires as a date"
_A_CONFLICT_NEEDS = "a question of this bank, and ours or theirs that fits it"
_T = TypeVar("_T")


class Heading(Struct, frozen=True):
    """Which format and bank a file says it was written for."""

    format: int
    bank_id: str
    bank_version: str


class Reading(Struct, frozen=True):
    """What was understood, and by path what was not and must be written back as it was."""

    answers: Answers
    heading: Heading
    unread: Mapping[Path, Value]
    problems: tuple[Problem, ...]


class Reader:
    """Understands one file; collects problems and unread values on the way."""

    def __init__(self, bank: Bank, text: str, file: str) -> None:
        self.bank = bank
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.unread: dict[Path, Value] = {}

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    def problem(self, path: Iterable[str | int], message: str, hint: str = "", where: str = "") -> None:
        """Report what is wrong at `path`; `where` names the place, where the path does not."""
        steps = tuple(path)
        name = where or ".".join(map(str, steps[:2]))
        self.problems.append(Problem(message, one_line(clean(name)), self.file, self.lines.of(steps), hint))

    def near(self, name: str, known: Iterable[str]) -> str:
        """The hint at the nearest known name; none once there are very many problems."""
        return nearest(name, known) if len(self.problems) < MAX_HINTS else ""

    def frozen(self, value: object, path: tuple[str | int, ...] = ()) -> Value:
        """A parsed value as an immutable one with normalised text; what is removed is reported.

        Raises DocumentError for what could not be written back.
        """
        if len(path) > MAX_DEPTH:
            raise DocumentError(f"{self.file}: is nested too deeply to be an answer file")
        if isinstance(value, str):
            text, removed = normalise(value)
            if removed:
                self.problem(path, f"left out {', '.join(removed)}")
            return text if removed else value
        if isinstance(value, dict):
            return MappingProxyType({k: self.frozen(v, (*path, k)) for k, v in value.items()})
        if isinstance(value, list):
            return tuple(self.frozen(v, (*path, i)) for i, v in enumerate(value))
        if isinstance(value, int) and not fits_toml(value):
            raise DocumentError(f"{self.file}:{self.lines.of(path)}: an integer has at most 64 bits")
        return freeze(value)

    def read(self, data: Mapping[str, Value]) -> Reading:
        heading = self._heading(data)
        profile = self._profile(data.get("profile"))
        values: dict[str, Value] = {}
        for name, content in data.items():
            if name not in ("format", "bank", "profile", *META):
                self._section(name, content, values)
        answers = Answers(
            profile,
            MappingProxyType(values),
            MappingProxyType(self._states(data.get("status"))),
            MappingProxyType(self._notes(data.get("notes"))),
            self._entries("waivers", data.get("waivers"), read_waiver, _A_WAIVER_NEEDS),
            self._entries(
                "conflicts", data.get("conflicts"), partial(read_conflict, self.bank), _A_CONFLICT_NEEDS
            ),
            MappingProxyType(self._texts("ddl_seen", data.get("ddl_seen"))),
            MappingProxyType(self._texts("ddl_looked_at", data.get("ddl_looked_at"))),
        )
        return Reading(answers, heading, MappingProxyType(self.unread), tuple(self.problems))

    def _section(self, name: str, content: Value, values: dict[str, Value]) -> None:
        section = self.bank.section_by_id.get(name)
        if section is None:
            self.problem((name,), "is not a section of this bank", self.near(name, self.bank.section_by_id))
            self._keep(name, content)
            return
        if not isinstance(content, Mapping):
            self.problem((name,), "must be a table")
            self._keep(name, content)
            return
        for key, value in content.items():
            if f"{name}.{key}" in self.bank.questions:
                values[f"{name}.{key}"] = value
            else:
                moved = self.bank.moved_to.get(f"{name}.{key}")
                hint = self.near(key, [question.id for question in section.questions])
                if moved:
                    hint = f"it is {moved} by now; take it there with: dbcharter migrate {self.file}"
                self.problem((name, key), "is not a question of this bank", hint)
                self.unread[(name, key)] = value

    def _keep(self, name: str, content: Value) -> None:
        if isinstance(content, Mapping) and content:
            self.unread.update({(name, key): value for key, value in content.items()})
        else:
            self.unread[(name,)] = content

    def _heading(self, data: Mapping[str, Value]) -> Heading:
        format_ = data.get("format")
        if not isinstance(format_, int) or isinstance(format_, bool) or format_ < 1:
            self.problem(("format",), f"must be {FORMAT}")
            if format_ is not None:
                self.unread[("format",)] = format_
            format_ = FORMAT
        bank = self._table("bank", data.get("bank"))
        for key, value in bank.items():
            if key not in ("id", "version"):
                self.problem(("bank", key), "is not known here", self.near(key, ("id", "version")))
                self.unread[("bank", key)] = value
            elif not isinstance(value, str):
                self.problem(("bank", key), "must be text")
                self.unread[("bank", key)] = value
        bank_id, version = bank.get("id", self.bank.id), bank.get("version", self.bank.version)
        if isinstance(bank_id, str) and bank_id != self.bank.id:
            self.problem(("bank", "id"), f"is {bank_id!r}; this bank is {self.bank.id!r}")
        return Heading(
            format_,
            bank_id if isinstance(bank_id, str) else self.bank.id,
            version if isinstance(version, str) else self.bank.version,
        )

    def _profile(self, content: Value | None) -> Profile:
        said = self._table("profile", content)
        for key in said:
            if key not in _PROFILE_KEYS:
                self.unread[("profile", key)] = said[key]
                hint = self.near(key, _PROFILE_KEYS)
                self.problem(("profile", key), "is not a part of the profile", hint)
        return Profile(
            self._profile_list(said, "change_types", self.bank.change_types),
            self._profile_text(said, "risk", self.bank.risks, ""),
            self._profile_list(said, "traits", self.bank.traits),
            cast(Template, self._profile_text(said, "template", ("full", "compact"), "full")),
        )

    def _profile_text(self, said: Mapping[str, Value], key: str, known: Iterable[str], default: str) -> str:
        value = said.get(key)
        if value is None:
            return default
        if isinstance(value, str) and value in known and value != default:
            return value
        self.unread[("profile", key)] = value
        if value != default:
            hint = self.near(value, known) if isinstance(value, str) else ""
            self.problem(("profile", key), f"must be one of {', '.join(known)}", hint)
        return default

    def _profile_list(self, said: Mapping[str, Value], key: str, known: Iterable[str]) -> tuple[str, ...]:
        value = said.get(key)
        if value is None:
            return ()
        names = tuple(name for name in value if isinstance(name, str)) if isinstance(value, tuple) else ()
        if not names or names != value:
            self.unread[("profile", key)] = value
            if value != ():
                self.problem(("profile", key), "must be a list of names")
            return ()
        for name in names:
            if name not in known:
                self.problem(("profile", key), f"{name!r} is unknown", self.near(name, known))
        return names

    def _states(self, content: Value | None) -> dict[str, State]:
        states: dict[str, State] = {}
        for question_id, value in self._table("status", content).items():
            state: State | str = "is not a question of this bank"
            hint = ""
            if question_id in self.bank.questions:
                state = read_state(value)
            else:
                hint = self._hint_at_question(question_id, value)
            if isinstance(state, State):
                states[question_id] = state
            else:
                self.unread[("status", question_id)] = value
                self.problem(("status", question_id), state, hint)
        return states

    def _notes(self, content: Value | None) -> dict[str, str]:
        notes: dict[str, str] = {}
        for question_id, value in self._table("notes", content).items():
            if question_id in self.bank.questions and isinstance(value, str):
                notes[question_id] = value
            else:
                self.unread[("notes", question_id)] = value
                hint = self._hint_at_question(question_id, value)
                self.problem(("notes", question_id), "is not a note on a question", hint)
        return notes

    def _texts(self, name: str, content: Value | None) -> dict[str, str]:
        texts: dict[str, str] = {}
        for key, value in self._table(name, content).items():
            if isinstance(value, str):
                texts[key] = value
            else:
                self.unread[(name, key)] = value
                self.problem((name, key), "must be text")
        return texts

    def _hint_at_question(self, name: str, value: Value) -> str:
        if isinstance(value, Mapping):
            for inner in value:
                if f"{name}.{inner}" in self.bank.questions:
                    return f'write the id in quotes: "{name}.{inner}"'
        return self.near(name, self.bank.questions)

    def _entries(
        self, name: str, content: Value | None, read: Callable[[Value], _T | None], needs: str
    ) -> tuple[_T, ...]:
        """What `read` understands of a list of tables; each that it does not is told what it `needs`."""
        if content is None:
            return ()
        if not isinstance(content, tuple):
            self.problem((name,), f"must be a list of tables, each under [[{name}]]")
            self._keep(name, content)
            return ()
        entries = [read(row) for row in content]
        for position, entry in enumerate(entries):
            if entry is None:
                self.problem((name, position), f"needs {needs}", where=name)
        if not entries or None in entries:
            self.unread[(name,)] = content
        return tuple(entry for entry in entries if entry is not None)

    def _table(self, name: str, content: Value | None) -> Mapping[str, Value]:
        if content is None or isinstance(content, Mapping):
            return content or {}
        self.unread[(name,)] = content
        self.problem((name,), "must be a table")
        return {}


def read_state(value: Value) -> State | str:
    """The state that an entry of `[status]` says, or what is wrong with it."""
    if not isinstance(value, Mapping) or set(value) - _STATE_KEYS:
        return f"must be a table of {', '.join(sorted(_STATE_KEYS))}"
    texts = {key: value.get(key, "") for key in ("state", "reason", "note", "owner")}
    until = value.get("until")
    if not all(isinstance(text, str) for text in texts.values()) or not _is_date(until):
        return "holds a value of a wrong type"
    kind, reason, note, owner = map(str, texts.values())
    if kind == "not_applicable":
        if reason not in NOT_APPLICABLE_REASONS or not note.strip():
            return f"needs a note and a reason: {', '.join(NOT_APPLICABLE_REASONS)}"
        return State("not_applicable", reason, note, owner, until)
    if kind == "deferred":
        if not owner.strip() or until is None:
            return "a deferred question needs an owner and a date (until)"
        return State("deferred", reason, note, owner, until)
    return "state must be not_applicable or deferred"


def read_waiver(row: Value) -> Waiver | None:
    """The waiver that a row says; None when it is not one."""
    if not isinstance(row, Mapping) or set(row) - _WAIVER_KEYS:
        return None
    texts = [row.get(key) for key in ("code", "target", "reason", "owner")]
    expires = row.get("expires")
    if not all(isinstance(text, str) and text.strip() for text in texts) or not _is_date(expires):
        return None
    code, target, reason, owner = map(str, texts)
    return Waiver(code, target, reason, owner, expires)


def read_conflict(bank: Bank, row: Value) -> Conflict | None:
    """The conflict that a row says; None when it is not one that could be resolved."""
    if not isinstance(row, Mapping) or set(row) - _CONFLICT_KEYS:
        return None
    question, at, column = row.get("question"), row.get("row"), row.get("column")
    sides = row.get("base"), row.get("ours"), row.get("theirs")
    if not isinstance(question, str) or not isinstance(at, str | None) or not isinstance(column, str | None):
        return None
    if sides[1] is None and sides[2] is None:
        return None
    conflict = Conflict(question, at, column, *sides)
    return conflict if _has_place(bank, conflict) else None


def _has_place(bank: Bank, conflict: Conflict) -> bool:
    """Whether there is such a place in answers, and the sides are what can stand there."""
    sides = [side for side in (conflict.ours, conflict.theirs) if side is not None]
    kind, _, rest = conflict.question.partition(".")
    narrowed = conflict.row is not None or conflict.column is not None
    match kind:
        case "status":
            fits = all(isinstance(read_state(side), State) for side in sides)
            return rest in bank.questions and fits and not narrowed
        case "notes":
            return rest in bank.questions and all(isinstance(side, str) for side in sides) and not narrowed
        case "waivers":
            return not rest and conflict.row is not None and all(map(read_waiver, sides))
        case "profile":
            known = {"risk": tuple(bank.risks), "template": ("full", "compact")}.get(rest, ())
            return all(side in known for side in sides) and not narrowed
    question = bank.questions.get(conflict.question)
    if question is None:
        return False
    if conflict.row is None:
        return conflict.column is None or question.kind == "sentence"
    return question.has_rows and (
        conflict.column is not None or all(isinstance(side, Mapping) for side in sides)
    )


def _is_date(value: object) -> TypeGuard[date | None]:
    return value is None or (isinstance(value, date) and not isinstance(value, datetime))
