"""How well a field is protected: the class that follows from what is declared of it (OWASP ASVS 14.1.1)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.policy.policy import Policy

__all__ = ["Protection", "protection"]

_STRANGERS: Final = frozenset({"base.group_public"})
"""The groups of who is not logged in."""


class Protection(str, Enum):
    """The classes, from the one with the most protection on. The guide has what is required of each."""

    SECRET = "secret"  # noqa: S105 - no password
    SENSITIVE = "sensitive"
    INTERNAL = "internal"
    PUBLIC = "public"


def protection(policy: Policy, model: str, field: str, *, encrypted: EncryptedFields | None = None) -> Protection:
    """The class of a field: encrypted is secret, masked is sensitive, what strangers may read is public.

    >>> from zenoo_security.policy import Policy
    >>> protection(Policy({}, masks={"res.partner": {"phone": "last4"}}), "res.partner", "phone").value
    'sensitive'

    Args:
        policy: its masks, and what the role of `base.group_public` may read.
        model: the model.
        field: its field.
        encrypted: the fields that are encrypted.
    """
    if encrypted is not None and field in (encrypted.for_model(model) or ()):
        return Protection.SECRET
    if field in policy.masks.get(model, ()):
        return Protection.SENSITIVE
    strangers = policy.rights(policy.roles_of_groups(_STRANGERS))
    return Protection.PUBLIC if strangers.allows(f"{model}:read:{field}") else Protection.INTERNAL
