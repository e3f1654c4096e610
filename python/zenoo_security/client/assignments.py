"""Errors of pydantic without the value, which it quotes: in logs that would be an encrypted field in the clear.

Typed records check each attribute that is set: by the application, and by their own `update` and `refresh`.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from zenoo_rpc.models.base import OdooModel

from zenoo_security.client.scope import Scoped
from zenoo_security.errors import FieldError, InvalidFields
from zenoo_security.validate import CODES

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install", "without_values"]

_MARK = "_zenoo_security"


def without_values(make: Callable[[], Any]) -> Any:
    """Return what `make` returns.

    Raises:
        InvalidFields: pydantic refused a value. Its own error is not among the causes.
    """
    try:
        return make()
    except ValidationError as error:
        places = [".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False)]
    raise InvalidFields(FieldError(place, "type", CODES["type"]) for place in places)


def install() -> None:
    """Replace `OdooModel.__setattr__` for records of `Scoped` clients; a second call changes nothing."""
    plain_set = OdooModel.__setattr__
    if hasattr(plain_set, _MARK):
        return

    @functools.wraps(plain_set)
    def set_attribute(self: OdooModel, name: str, value: Any) -> None:
        if isinstance(self.__dict__.get("client"), Scoped):
            without_values(lambda: plain_set(self, name, value))
        else:
            plain_set(self, name, value)

    setattr(set_attribute, _MARK, True)
    setattr(OdooModel, "__setattr__", set_attribute)  # noqa: B010
