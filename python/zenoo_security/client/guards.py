"""What a client needs of its keys: the guard of the database that it is logged in to, and a name for the ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from zenoo_security.client.calls import CallGuard
from zenoo_security.client.model import EncryptedModel, OnError
from zenoo_security.errors import ConfigurationError
from zenoo_security.fields import BlindIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from zenoo_security.fields import Encrypted, EncryptedFields
    from zenoo_security.keyring import KeyRing

__all__ = ["fingerprint", "guards", "helper_owners"]


def guards(
    encrypted_fields: EncryptedFields | None,
    key_ring: KeyRing | None,
    undecryptable: OnError,
    value_free_methods: Mapping[str, Iterable[str]] | None,
) -> Callable[[str], CallGuard]:
    """What makes the guard of a database, to which values may be bound; the arguments are `SecureZenooClient`'s.

    Raises:
        ConfigurationError: there are encrypted fields and no keys, or `undecryptable` is unknown.
    """
    if undecryptable not in get_args(OnError):
        raise ConfigurationError("undecryptable is 'mark' or 'raise'")
    declared = _declared(encrypted_fields)

    def guard(database: str) -> CallGuard:
        if not declared:
            return CallGuard({}, value_free_methods)
        if key_ring is None:
            raise ConfigurationError("encrypted_fields need a key_ring")
        models = {
            name: EncryptedModel(name, fields, key_ring, database, undecryptable) for name, fields in declared.items()
        }
        return CallGuard(models, value_free_methods)

    return guard


def fingerprint(key_ring: KeyRing | None) -> str | None:
    """Tell rings apart: one user's clients with different keys read different values."""
    if key_ring is None:
        return None
    return BlindIndex(key_ring, normalizer="exact").compute("key ring", context=("zenoo_security", "scope"))


def helper_owners(encrypted_fields: EncryptedFields | None) -> dict[str, dict[str, str]]:
    """The field that each helper column belongs to, by model."""
    return {
        model: {
            column: name
            for name, field in fields.items()
            for column in (field.column, field.index_column)
            if column and column != name
        }
        for model, fields in _declared(encrypted_fields).items()
    }


def _declared(encrypted_fields: EncryptedFields | None) -> dict[str, Mapping[str, Encrypted]]:
    return {name: encrypted_fields.for_model(name) or {} for name in encrypted_fields} if encrypted_fields else {}
