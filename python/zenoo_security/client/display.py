"""Names of records as Odoo shows them elsewhere: made of fields, and so of ciphertext where one is encrypted in place.

A name can stand in any answer: as `display_name`, as the text of a many2one, as a cell of an export, inside of a longer
name. Ciphertext in such a text is masked. A whole name of a record of the model that is called is decrypted; that in
the texts of other models is not, since whoever can name a tag could have any token decrypted that way.
"""

from __future__ import annotations

import contextlib
import marshal
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zenoo_security.client.field import TOKEN
from zenoo_security.client.specs import parts
from zenoo_security.errors import DecryptionError, QueryRefused

if TYPE_CHECKING:
    from zenoo_security.client.call import Call
    from zenoo_security.client.field import ModelField
    from zenoo_security.client.model import EncryptedModel

__all__ = ["MASK", "DisplayNames"]

MASK = "(encrypted)"
"""What stands for ciphertext in a name."""

_NAMES = {"display_name", "__formatted_display_name"}

#: Where Odoo's `_rec_name`, of which the names of records are made, is neither `name` nor `x_name`.
_NAMED_BY = {"res.partner.bank": "acc_number"}
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
        self._any_in_place = any(_in_place(model) for model in models.values())
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

        def replaced(result: Any) -> Any:
            result = finish(result)
            if not _may_show(result):
                return result
            if model:
                _decrypt(model, result)
            return _mask(result, kept)

        call.finish = replaced


def _in_place(model: EncryptedModel) -> list[ModelField]:
    return [field for field in model.fields.values() if not field.shadow]


def _may_show(result: Any) -> bool:
    """Whether there is ciphertext anywhere in a result: looking costs a twentieth of walking through it."""
    try:
        return TOKEN.encode() in marshal.dumps(result)
    except ValueError:  # it holds an `Undecryptable`, which is no plain data
        return True


def _decrypt(model: EncryptedModel, result: Any) -> None:
    """Decrypt the names of a model's own records where the whole name is the token of the field that names them.

    Of no other field: whoever can name a record would have the tokens of the others decrypted.
    """
    names = {_NAMED_BY.get(model.model, "name"), "x_name"}
    fields = [field for field in _in_place(model) if field.name in names]
    rows = result.get("records") if isinstance(result, dict) else result
    for row in rows if isinstance(rows, list) and fields else ():
        if isinstance(row, dict):
            for key in _NAMES & row.keys():
                row[key] = _whole(fields, row[key], row.get("id", 0))
        elif _is_pair(row):
            row[1] = _whole(fields, row[1], row[0])


def _is_pair(row: Any) -> bool:
    return isinstance(row, list) and len(row) == 2 and isinstance(row[0], int)  # noqa: PLR2004


def _whole(fields: list[ModelField], name: Any, record: int) -> Any:
    if isinstance(name, str) and name.startswith(TOKEN):
        for field in fields:
            with contextlib.suppress(DecryptionError):
                return field.cipher.decrypt(name, context=field.context(record=record))
    return name


def _mask(value: Any, kept: frozenset[str]) -> Any:
    """Return a result without ciphertext in its texts, except in the columns that the caller asked for by name."""
    if isinstance(value, str):
        return _TOKEN.sub(MASK, value) if TOKEN in value else value
    if isinstance(value, list):
        return [_mask(item, kept) if isinstance(item, (str, list, dict)) else item for item in value]
    if isinstance(value, dict):
        return {
            key: _mask(item, kept) if isinstance(item, (str, list, dict)) and key not in kept else item
            for key, item in value.items()
        }
    return value
