"""The JSON Schema of answer files, for editors that complete and check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from app.bank.model import Bank, Column, Enumeration, Question, Section
from app.document.answers import NOT_APPLICABLE_REASONS
from app.document.drafts import DRAFT
from app.document.reading import FORMAT, META

Type: TypeAlias = Any
Entry: TypeAlias = tuple[Type, str, str]
"""The type, title and description of a key."""

DIALECT = GenerateJsonSchema.schema_dialect
"""JSON Schema 2020-12."""

_TYPES: Mapping[str, Type] = {"flag": bool, "number": int | float, "date": date, "list": list[str]}


class NotApplicable(BaseModel):
    """There is nothing to answer, for a reason that is said in a sentence."""

    model_config = ConfigDict(extra="forbid")
    state: Literal["not_applicable"]
    reason: Literal[tuple(NOT_APPLICABLE_REASONS)]  # type: ignore[valid-type]  # the values are data
    note: str = Field(min_length=1)
    owner: str = ""
    until: date | None = None


class Deferred(BaseModel):
    """The answer comes later, from somebody, by a date."""

    model_config = ConfigDict(extra="forbid")
    state: Literal["deferred"]
    owner: str = Field(min_length=1)
    until: date
    reason: str = ""
    note: str = ""


class AcceptedFinding(BaseModel):
    """A finding that is accepted on purpose."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(min_length=1)
    target: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    owner: str = Field(min_length=1)
    expires: date | None = None


class _ForToml(GenerateJsonSchema):
    """TOML has no null, and an absent key is an unanswered question: there is no default to show."""

    def nullable_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema(bank: Bank) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an answer file of `bank`, with dates as ISO strings.

    Keys that the bank does not have are allowed, since an answer file keeps them.
    """
    keys: dict[str, Entry] = {
        "format": (Literal[FORMAT], "Format", "Format of the answer file."),
        "bank": (_bank_model(bank), "Question bank", "The bank that the answers belong to."),
        "profile": (_profile_model(bank), "Profile", "What kind of change this is."),
    }
    for section in bank.sections:
        keys[section.id] = (_section_model(section, bank), section.title, section.why)
    states = {qid: (NotApplicable | Deferred, q.title, q.prompt) for qid, q in bank.questions.items()}
    notes = {qid: (str, q.title, q.prompt) for qid, q in bank.questions.items()}
    meta: dict[str, Entry] = {
        "status": (_model("status", states), "Status", "Questions that are not applicable or deferred."),
        "notes": (_model("notes", notes), "Notes", "Notes beside questions; they are not rendered."),
        "waivers": (list[AcceptedFinding], "Waivers", "Findings that are accepted on purpose."),
        "conflicts": (list[dict[str, Any]], "Conflicts", "What a merge left open: dbcharter resolve."),
        "ddl_seen": (dict[str, str], "DDL seen", "Tables of DDL files as last compared; dbcharter keeps it."),
        "ddl_looked_at": (dict[str, str], "DDL looked at", "Answers found right for changed tables since."),
    }
    assert meta.keys() == META
    root = _model("answers", keys | meta, title=f"Answers: {bank.file.title}")
    return {"$schema": DIALECT, **root.model_json_schema(schema_generator=_ForToml)}


def _model(name: str, keys: Mapping[str, Entry], title: str = "") -> type[BaseModel]:
    """A model with optional keys; the fields have numbers for names, since a key may be any word."""
    fields: dict[str, Any] = {}
    for number, (key, (kind, key_title, description)) in enumerate(keys.items()):
        info = Field(default=None, alias=key, title=key_title, description=description or None)
        fields[f"key_{number}"] = (kind, info)
    config = ConfigDict(extra="allow", title=title or name)
    return create_model(name, __config__=config, **fields)


def _bank_model(bank: Bank) -> type[BaseModel]:
    keys: dict[str, Entry] = {
        "id": (Literal[bank.id], "Bank", "Id of the question bank."),
        "version": (str, "Version", "Version of the bank that the file was written for."),
    }
    return _model("bank", keys)


def _profile_model(bank: Bank) -> type[BaseModel]:
    risks = "; ".join(f"{risk.id}: {risk.help}" for risk in bank.risks.values())
    changes = "; ".join(f"{change.id}: {change.title}" for change in bank.change_types.values())
    traits = "; ".join(f"{trait.id}: {trait.question}" for trait in bank.traits.values())
    keys: dict[str, Entry] = {
        "change_types": (_list_of(_one_of(bank.change_types)), "Change types", changes),
        "risk": (_one_of(bank.risks), "Risk", risks),
        "traits": (_list_of(_one_of(bank.traits) if bank.traits else str), "Traits", traits),
        "template": (Literal["full", "compact"], "Template", "Which document is written; full if absent."),
    }
    return _model("profile", keys)


def _section_model(section: Section, bank: Bank) -> type[BaseModel]:
    keys: dict[str, Entry] = {}
    for question in section.questions:
        description = "\n\n".join(text for text in (question.prompt, question.help) if text)
        keys[question.id] = (_question_type(section, question, bank), question.title, description)
    return _model(section.id, keys, title=section.title)


def _question_type(section: Section, question: Question, bank: Bank) -> Type:
    name = f"{section.id}_{question.id}"
    if question.kind == "sentence":
        slots: dict[str, Entry] = {slot.id: (str, slot.title, "") for slot in question.slots}
        return _model(name, slots, title=question.title)
    if question.has_rows:
        columns: dict[str, Entry] = {
            column.id: (_value_type(column, bank), column.title, column.help) for column in question.columns
        }
        columns[DRAFT] = (Literal[True], "Draft", "Taken over and not accepted yet; counts for nothing.")
        return _list_of(_model(name, columns, title=question.title))
    return _value_type(question, bank)


def _value_type(thing: Question | Column, bank: Bank) -> Type:
    options = bank.options_of(thing)
    if thing.kind == "choice":
        return _choice(options)
    if thing.kind == "choices":
        return _list_of(_choice(options))
    if thing.kind == "number" and options is not None:
        return _one_of(map(int, options.by_id))
    return _TYPES.get(thing.kind, str)


def _choice(options: Enumeration | None) -> Type:
    if options is None:
        return str
    known = _one_of(options.by_id)
    return known | str if options.open else known


def _list_of(kind: Type) -> Type:
    return list[kind]


def _one_of(values: Iterable[str | int]) -> Type:
    return Literal[tuple(values)]
