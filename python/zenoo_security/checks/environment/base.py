"""What the checks of the environment share."""

from __future__ import annotations

import re

from zenoo_security.checks.check import Check
from zenoo_security.checks.environment.snapshot import Surroundings

__all__ = ["EnvironmentCheck", "is_on", "is_weak", "password_in"]

_OFF = frozenset({"", "0", "false", "no", "off", "none"})
_PLACEHOLDERS = (
    *("admin", "changeme", "change-me", "change_me", "default", "demo", "dummy", "example", "hunter2", "letmein"),
    *("odoo", "password", "placeholder", "secret", "test", "todo", "xxx", "your-", "your_", "1234"),
)
_SHORTEST = 15
"""NIST SP 800-63B-4: characters of a password that is the only factor."""
_FEWEST_CHARACTERS = 6
_PASSWORD = re.compile(r"\A\w+://[^/?#:]*:([^/?#]*)@")


class EnvironmentCheck(Check[Surroundings]):
    """A check of this process."""


def is_on(value: str) -> bool:
    """Whether somebody who set this meant yes. What is not understood counts as yes: `DEBUG=2` is no less debug."""
    return value.strip().lower() not in _OFF


def is_weak(secret: str) -> bool:
    """Whether a secret is short, a common password, or what an example has."""
    from zenoo_security.common_passwords import common_passwords  # noqa: PLC0415 - only for who has a password

    word = secret.casefold()
    return (
        len(secret) < _SHORTEST
        or len(set(secret)) < _FEWEST_CHARACTERS
        or word.startswith(_PLACEHOLDERS)
        or word in common_passwords()
    )


def password_in(url: str) -> str:
    """The password in a URL, also in one with brackets that Python does not take apart and libpq does; else nothing.

    >>> password_in("postgresql://anna:a[b@db.example/shop"), password_in("redis://[::1]:6379")
    ('a[b', '')
    """
    found = _PASSWORD.match(url)
    return found[1] if found else ""
