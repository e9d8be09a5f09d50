"""Fields: one class for each kind of question, imported when the first question of that kind is shown."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from app.session import Session

if TYPE_CHECKING:
    from screens.widgets.fields.base import Field

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "text": "screens.widgets.fields.line:LineField",
        "number": "screens.widgets.fields.line:NumberField",
        "date": "screens.widgets.fields.line:DateField",
        "prose": "screens.widgets.fields.prose:ProseField",
        "list": "screens.widgets.fields.lists:ListField",
        "code": "screens.widgets.fields.prose:CodeField",
        "choice": "screens.widgets.fields.options:ChoiceField",
        "choices": "screens.widgets.fields.options:ChoicesField",
        "flag": "screens.widgets.fields.options:FlagField",
        "sentence": "screens.widgets.fields.sentence:SentenceField",
        "table": "screens.widgets.grid_editor:GridField",
        "records": "screens.widgets.grid_editor:GridField",
    }
)
"""Kind of question: `module:class` of its field."""


def make_field(session: Session, question_id: str) -> Field:
    """A new field for a question."""
    module, _, class_name = FIELDS[session.bank.questions[question_id].kind].partition(":")
    field: Field = getattr(import_module(module), class_name)(session, question_id)
    return field
