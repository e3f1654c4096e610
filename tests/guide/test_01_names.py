"""Defect 1: the guide's blocks did not run as written, for names that were never defined.

Whoever copied them calls these names, with these parameters by position; more of ours are keywords.
"""

from __future__ import annotations

import inspect

import pytest

import zenoo_security

CALLS = [
    ("SecureAuthManager.hash_password", ["self", "password"]),
    ("SecureAuthManager.verify_password", ["self", "password", "hashed"]),
    ("SecureAuthManager.authenticate", ["self", "username", "password", "database"]),
    ("MFAManager.authenticate_with_mfa", ["self", "username", "password", "totp_token", "database"]),
    ("SecurityConfig.from_environment", []),
    ("SecurityConfig.validate", ["self"]),
    ("MFAManager.generate_secret", ["self", "username"]),
    ("MFAManager.generate_qr_code", ["self", "username", "secret"]),
    ("MFAManager.verify_totp", ["self", "secret", "token"]),
    ("DataEncryption.encrypt_sensitive_data", ["self", "data"]),
    ("DataEncryption.decrypt_sensitive_data", ["self", "encrypted_data"]),
    ("SecureDataHandler", []),
    ("SecureDataHandler.store_sensitive_partner_data", ["self", "client", "partner_data"]),
    ("SecureDataHandler.retrieve_sensitive_partner_data", ["self", "client", "partner_id"]),
    ("InputSanitizer", []),
    ("InputSanitizer.sanitize_string", ["value"]),
    ("InputSanitizer.sanitize_dict", ["data"]),
    ("create_partner_secure", ["client", "partner_data"]),
    ("RateLimiter", ["max_requests", "window_seconds"]),
    ("RateLimiter.is_allowed", ["self", "identifier"]),
    ("RateLimiter.get_remaining_requests", ["self", "identifier"]),
    ("get_current_user", []),
]
POSITIONAL = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}


def named(path: str) -> object:
    found: object = zenoo_security
    for name in path.split("."):
        found = getattr(found, name)
    return found


@pytest.mark.parametrize(("path", "parameters"), CALLS, ids=[path for path, _ in CALLS])
def test_the_names_of_the_guide_take_its_parameters_by_position(path: str, parameters: list[str]) -> None:
    signature = inspect.signature(named(path))  # type: ignore[arg-type]
    ours = [parameter for parameter in signature.parameters.values() if parameter.kind in POSITIONAL]
    assert [parameter.name for parameter in ours] == parameters


@pytest.mark.parametrize(
    "name", ["SecureAuthManager", "MFAManager", "DataEncryption", "SecureDataHandler", "InputSanitizer"]
)
def test_what_the_guide_makes_without_arguments_needs_none(name: str) -> None:
    parameters = inspect.signature(named(name)).parameters.values()  # type: ignore[arg-type]
    assert all(parameter.default is not inspect.Parameter.empty for parameter in parameters)
