"""Values that pydantic holds to the types of their fields where they come from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import fields

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


class Checked(Struct, frozen=True):
    """A value that a TypeAdapter of pydantic can read; keys that no field has are refused.

    What the program itself makes is not looked at again, so pydantic, which takes long to import, is
    imported only when something is read.
    """

    @classmethod
    def key_of(cls, field: str) -> str:
        """The key that `field` is read from."""
        return field

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        keys = {
            field.name: core_schema.typed_dict_field(
                handler(field.type), required=field.required, validation_alias=cls.key_of(field.name)
            )
            for field in fields(cls)
        }
        read = core_schema.typed_dict_schema(keys, extra_behavior="forbid")
        return core_schema.no_info_after_validator_function(lambda said: cls(**said), read)
