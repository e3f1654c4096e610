"""The security toolkit for everyone who builds on Odoo.

Importing it costs next to nothing: every public name is loaded at its first use, and so are the optional dependencies.
"""

from __future__ import annotations

import importlib
import os
import threading
from typing import TYPE_CHECKING

from zenoo_security._native import __version__

if TYPE_CHECKING:
    from zenoo_security.audit import AuditLog
    from zenoo_security.auth import SecureAuthManager
    from zenoo_security.checks import ProductionSecurityChecker
    from zenoo_security.client import SecureZenooClient
    from zenoo_security.config import SecurityConfig
    from zenoo_security.cookies import SessionCookie
    from zenoo_security.data_encryption import DataEncryption
    from zenoo_security.errors import InvalidInput, RateLimitExceeded, SecurityError
    from zenoo_security.fields import BlindIndex, Encrypted, EncryptedFields, FieldCipher
    from zenoo_security.guards import (
        rate_limited,
        require_any,
        require_fresh_auth,
        require_permission,
        require_role,
        secure_object_access,
    )
    from zenoo_security.keyring import KeyRing
    from zenoo_security.limits import RateLimiter, RateLimits
    from zenoo_security.mfa import MFAManager
    from zenoo_security.objects import ObjectLevelAuthManager
    from zenoo_security.otp import Totp
    from zenoo_security.partner import SecurePartnerInput, create_partner_secure
    from zenoo_security.password_policy import PasswordPolicy
    from zenoo_security.passwords import PasswordHasher
    from zenoo_security.principal import Principal, acting_as, get_current_user
    from zenoo_security.records import RecordInput, model_for
    from zenoo_security.request_guard import RequestGuard
    from zenoo_security.roles import AccessControlManager, Permission, Role
    from zenoo_security.safehttp import SafeClient
    from zenoo_security.sanitize import InputSanitizer
    from zenoo_security.sensitive import SecureDataHandler
    from zenoo_security.sessions import Session
    from zenoo_security.stores import open_store
    from zenoo_security.validate import parse_domain
    from zenoo_security.web import SecurityHeaders, SecurityMiddleware

__all__ = [
    "AccessControlManager",
    "AuditLog",
    "BlindIndex",
    "DataEncryption",
    "Encrypted",
    "EncryptedFields",
    "FieldCipher",
    "InputSanitizer",
    "InvalidInput",
    "KeyRing",
    "MFAManager",
    "ObjectLevelAuthManager",
    "PasswordHasher",
    "PasswordPolicy",
    "Permission",
    "Principal",
    "ProductionSecurityChecker",
    "RateLimitExceeded",
    "RateLimiter",
    "RateLimits",
    "RecordInput",
    "RequestGuard",
    "Role",
    "SafeClient",
    "SecureAuthManager",
    "SecureDataHandler",
    "SecurePartnerInput",
    "SecureZenooClient",
    "SecurityConfig",
    "SecurityError",
    "SecurityHeaders",
    "SecurityMiddleware",
    "Session",
    "SessionCookie",
    "Totp",
    "__version__",
    "acting_as",
    "create_partner_secure",
    "get_current_user",
    "model_for",
    "open_store",
    "parse_domain",
    "rate_limited",
    "require_any",
    "require_fresh_auth",
    "require_permission",
    "require_role",
    "secure_object_access",
]

_MODULES = {
    "AuditLog": "audit",
    "SecureAuthManager": "auth",
    "ProductionSecurityChecker": "checks",
    "SecureZenooClient": "client",
    "SecurityConfig": "config",
    "SessionCookie": "cookies",
    "DataEncryption": "data_encryption",
    "InvalidInput": "errors",
    "RateLimitExceeded": "errors",
    "SecurityError": "errors",
    "BlindIndex": "fields",
    "Encrypted": "fields",
    "EncryptedFields": "fields",
    "FieldCipher": "fields",
    "rate_limited": "guards",
    "require_any": "guards",
    "require_fresh_auth": "guards",
    "require_permission": "guards",
    "require_role": "guards",
    "secure_object_access": "guards",
    "KeyRing": "keyring",
    "RateLimiter": "limits",
    "RateLimits": "limits",
    "MFAManager": "mfa",
    "ObjectLevelAuthManager": "objects",
    "Totp": "otp",
    "SecurePartnerInput": "partner",
    "create_partner_secure": "partner",
    "PasswordPolicy": "password_policy",
    "PasswordHasher": "passwords",
    "Principal": "principal",
    "acting_as": "principal",
    "get_current_user": "principal",
    "RecordInput": "records",
    "model_for": "records",
    "RequestGuard": "request_guard",
    "AccessControlManager": "roles",
    "Permission": "roles",
    "Role": "roles",
    "SafeClient": "safehttp",
    "InputSanitizer": "sanitize",
    "SecureDataHandler": "sensitive",
    "Session": "sessions",
    "open_store": "stores",
    "parse_domain": "validate",
    "SecurityHeaders": "web",
    "SecurityMiddleware": "web",
}
"""Public name -> the module that has it."""


_importing = threading.RLock()
"""Two threads that import at once can wait for each other: for a package, and for a module inside it."""

os.register_at_fork(after_in_child=lambda: globals().update(_importing=threading.RLock()))


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _importing:
        value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
