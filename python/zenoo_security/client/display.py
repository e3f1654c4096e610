"""Names of records as Odoo shows them elsewhere: made of fields, and so of ciphertext where one is encrypted in place.

A name can stand in any answer: as `display_name`, as the text of a many2one, as a cell of an export, inside of a longer
name. Ciphertext in such a text is masked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zenoo_security.client.specs import parts
from zenoo_security.errors import QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.call import Call
    from zenoo_security.client.model import EncryptedModel

__all__ = ["MASK", "DisplayNames"]

MASK = "(encrypted)"
"""What stands for ciphertext in a name."""

_BEGIN = "zs1."
_TOKEN = re.compile(r"zs1\.[\w-]*", re.ASCII)

#: The keys of the context under which a partner's name shows more than the name, and what it shows then.
_SHOWN = {
    "show_address": {"city", "country_id", "state_id", "street", "street2", "zip"},
    "show_email": {"email"},
    "show_vat": {"vat"},
}


class DisplayNames:
    """The names that the encrypted fields of some models could show.

    Args:
        models: the encrypted models by name.
    """

    def __init__(self, models: Mapping[str, EncryptedModel]) -> None:
        self._models = models
        self._in_place = {
            name: [field for field, declared in model.fields.items() if declared.in_place]
            for name, model in models.items()
        }
        self._any_in_place = any(self._in_place.values())
        partner = set(models["res.partner"].fields) if "res.partner" in models else set[str]()
        self._refused = {key: min(shown & partner) for key, shown in _SHOWN.items() if shown & partner}

    def require_plain(self, arguments: list[object]) -> None:
        """Refuse a context, of the call or inside of a specification, that asks for names with encrypted fields."""
        inside = parts(arguments) if self._refused else ()
        for key, given in ((key, part) for part in inside if isinstance(part, Mapping) for key in self._refused):
            if given.get(key):
                raise QueryRefused(
                    f"{key} puts {self._refused[key]!r} into the names of partners, but it is encrypted: read that "
                    "field of the partner instead",
                )

    def attach(self, call: Call) -> None:
        """Have the names in the result of the call replaced, if a field in place could have put ciphertext there."""
        if not self._any_in_place:
            return
        finish, model = call.finish, self._models.get(call.model)
        kept = model.helpers if model else frozenset()
        call.finish = lambda result: _replace(finish(result), kept)


def _replace(value: Any, kept: frozenset[str]) -> Any:
    """Return a result without ciphertext in its texts, except in the columns that the caller asked for by name."""
    if isinstance(value, str):
        return _TOKEN.sub(MASK, value) if _BEGIN in value else value
    if isinstance(value, list):
        return [_replace(item, kept) if isinstance(item, (str, list, dict)) else item for item in value]
    if isinstance(value, dict):
        return {
            key: _replace(item, kept) if isinstance(item, (str, list, dict)) and key not in kept else item
            for key, item in value.items()
        }
    return value
