"""The security toolkit for everyone who builds on Odoo."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from zenoo_security._native import __version__
from zenoo_security.data_encryption import DataEncryption
from zenoo_security.errors import InvalidInput, RateLimitExceeded, SecurityError
from zenoo_security.fields import BlindIndex, Encrypted, EncryptedFields, FieldCipher
from zenoo_security.keyring import KeyRing
from zenoo_security.limits import RateLimiter
from zenoo_security.mfa import MFAManager
from zenoo_security.otp import Totp
from zenoo_security.passwords import PasswordHasher
from zenoo_security.principal import Principal, acting_as, get_current_user
from zenoo_security.sanitize import InputSanitizer

if TYPE_CHECKING:
    from zenoo_security.client import SecureZenooClient
    from zenoo_security.config import SecurityConfig
    from zenoo_security.partner import SecurePartnerInput, create_partner_secure
    from zenoo_security.sensitive import SecureDataHandler

__all__ = [
    "BlindIndex",
    "DataEncryption",
    "Encrypted",
    "EncryptedFields",
    "FieldCipher",
    "InputSanitizer",
    "InvalidInput",
    "KeyRing",
    "MFAManager",
    "PasswordHasher",
    "Principal",
    "RateLimitExceeded",
    "RateLimiter",
    "SecureDataHandler",
    "SecurePartnerInput",
    "SecureZenooClient",
    "SecurityConfig",
    "SecurityError",
    "Totp",
    "__version__",
    "acting_as",
    "create_partner_secure",
    "get_current_user",
]

#: Names that need the extra `rpc` or pydantic, imported when they are first used: pytest imports this package for its
#: plugin at each start.
_LAZY = {
    "SecureDataHandler": "zenoo_security.sensitive",
    "SecurePartnerInput": "zenoo_security.partner",
    "SecureZenooClient": "zenoo_security.client",
    "SecurityConfig": "zenoo_security.config",
    "create_partner_secure": "zenoo_security.partner",
}


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
