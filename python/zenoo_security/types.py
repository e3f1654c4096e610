"""Annotated types for pydantic models: a field of such a type holds the normal form, or the model is not built.

    >>> from pydantic import BaseModel
    >>> from zenoo_security.types import Email
    >>> class Signup(BaseModel):
    ...     email: Email
    >>> Signup(email="Marc@Example.COM").email
    'Marc@example.com'

An error has the code of `zenoo_security.validate.CODES` as its `type` and the sentence of that code as its `msg`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic_core import PydanticCustomError, core_schema

from zenoo_security import validate
from zenoo_security._native import validate_phone, validate_vat
from zenoo_security.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

__all__ = ["Checked", "Email", "Language", "Line", "PersonName", "Phone", "RecordId", "Vat", "Website"]


@dataclass(frozen=True, eq=False)
class Checked:
    """Marks a text field that one of the validators of `zenoo_security.validate` checks.

    Args:
        check: takes the value and gives back its normal form, or raises `InvalidInput`.
        json_schema: what is known of the text, in the words of JSON Schema.
    """

    check: Callable[[object], str]
    json_schema: dict[str, Any] = field(default_factory=dict)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _with_code(self.check), serialization=core_schema.to_string_ser_schema(when_used="json")
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", **self.json_schema}


def _with_code(check: Callable[[object], str]) -> Callable[[object], str]:
    def checked(value: object) -> str:
        try:
            return check(value)
        except InvalidInput as error:
            raise PydanticCustomError(error.code, error.message) from None

    return checked


Email = Annotated[str, Checked(validate.email, {"format": "email", "maxLength": 254})]
"""An e-mail address (`validate.email`)."""

Phone = Annotated[str, Checked(validate_phone, {"pattern": r"^\+[1-9][0-9]{7,14}$"})]
"""A phone number with its country calling code (`validate.phone`)."""

Website = Annotated[str, Checked(validate.url, {"format": "uri", "maxLength": 2048})]
"""An address with http or https (`validate.url`)."""

Vat = Annotated[str, Checked(validate_vat, {"pattern": "^[A-Z]{2}[0-9A-Z+*]{2,14}$"})]
"""A VAT number with its country prefix (`validate.vat`)."""

PersonName = Annotated[str, Checked(validate.name, {"minLength": 1, "maxLength": 128})]
"""The name of a person or a company (`validate.name`)."""

Line = Annotated[str, Checked(validate.line, {"minLength": 1, "maxLength": 256})]
"""One line of text without hidden characters (`validate.line`)."""

Language = Annotated[str, Checked(validate.language, {"pattern": "^[a-z]{2,3}(_[A-Z]{2}|_[0-9]{3})?(@[a-z]{2,16})?$"})]
"""A language as Odoo names it (`validate.language`)."""

RecordId = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
"""The id of a record: PostgreSQL's `integer`, above 0."""
