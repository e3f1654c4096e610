"""The errors of a pydantic model as errors of this package: the name of the field, a stable code and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from zenoo_security import validate
from zenoo_security.errors import FieldError, InputTooLarge, InvalidFields, InvalidInput

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

__all__ = ["built", "field_errors", "mapping"]

_MAX_FIELDS: Final = 64
"""A dictionary with more keys is refused before any of them is looked at."""

_CODES_OF_PYDANTIC: Final = {
    "extra_forbidden": "unknown_field",
    "missing": "missing",
    "string_unicode": "encoding",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "int_parsing_size": "out_of_range",
    "finite_number": "out_of_range",
    "literal_error": "choice",
    # From validators of the application.
    "value_error": "invalid",
    "assertion_error": "invalid",
}
"""Codes of pydantic's own errors; any other one is about the type."""


def mapping(data: object, *, most: int = _MAX_FIELDS) -> dict[str, Any]:
    """Copy a mapping that came from outside.

    Raises:
        InvalidInput: it is none (code `type`).
        InputTooLarge: it has more than `most` keys (code `too_many_fields`).
    """
    if not isinstance(data, Mapping):
        raise InvalidInput(validate.CODES["type"], code="type")
    if len(data) > most:
        raise InputTooLarge(validate.CODES["too_many_fields"], code="too_many_fields")
    return dict(data)


def built(kind: type[Any], values: Mapping[Any, Any]) -> Any:
    """Build a model.

    Raises:
        InvalidFields: one or more fields are not accepted. Pydantic's error, which holds the input, is not its context.
    """
    model: type[BaseModel] = kind
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        problems = field_errors(error)
    raise InvalidFields(problems)


def field_errors(error: ValidationError) -> list[FieldError]:
    """Tell each problem by field, code and sentence, without the input."""
    return [_field_error(details) for details in error.errors(include_url=False, include_input=False)]


def _field_error(details: ErrorDetails) -> FieldError:
    kind = details["type"]
    code = _CODES_OF_PYDANTIC.get(kind, kind if kind in validate.CODES else "type")
    if kind == "too_long" and "field_type" in details.get("ctx", {}):  # pydantic's own, of a list
        code = "too_large"
    name = "?" if kind == "invalid_key" else _safe_name(details["loc"])
    return FieldError(name, code, validate.CODES[code])


def _safe_name(location: tuple[int | str, ...]) -> str:
    """The field's name. A key that came from outside is repeated only when it could be the name of a field."""
    try:
        return validate.field_name(location[0] if location else None)
    except InvalidInput:
        return "?"
