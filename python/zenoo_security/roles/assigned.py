"""The roles of one user as a store holds them: one JSON value, read strictly (docs/formats.md)."""

from __future__ import annotations

import hashlib
import json
import math
from functools import lru_cache
from typing import Any, Final, NamedTuple

from zenoo_security.accounts import check_database, check_login
from zenoo_security.errors import StoreIncompatible

__all__ = ["MAX_ROLES", "NOTHING", "Account", "Assigned", "Assignment", "decode", "encode", "key_of"]

MAX_ROLES: Final = 100
"""Roles that one user may be assigned."""

_VERSION: Final = 1
_MAX_BYTES: Final = 64 * 1024
_MAX_NAME_CHARS: Final = 200
_KEYS: Final = frozenset({"version", "database", "login", "roles"})


class Account(NamedTuple):
    """A user: a login as Odoo has it, in one database."""

    database: str
    login: str


class Assignment(NamedTuple):
    """A role that a user was assigned.

    Attributes:
        role: its name.
        expires_at: the store's time in Unix seconds after which it counts no more; `None` when it stays.
    """

    role: str
    expires_at: float | None


class Assigned(NamedTuple):
    """What a user was assigned, expired or not: each role once."""

    assignments: tuple[Assignment, ...]

    @property
    def expires(self) -> bool:
        """Whether time matters."""
        return any(assignment.expires_at is not None for assignment in self.assignments)

    def at(self, now: float) -> Assigned:
        """What of it counts at a time."""
        return Assigned(tuple(a for a in self.assignments if a.expires_at is None or a.expires_at > now))

    def without(self, role: str) -> Assigned:
        """The rest."""
        return Assigned(tuple(a for a in self.assignments if a.role != role))

    @property
    def roles(self) -> frozenset[str]:
        """Their names."""
        return frozenset(assignment.role for assignment in self.assignments)

    def ttl_s(self, now: float) -> float | None:
        """Seconds until nothing of it counts; `None` when something stays."""
        times = [math.inf if a.expires_at is None else a.expires_at for a in self.assignments]
        last = max(times, default=math.inf)
        return None if last == math.inf else last - now


NOTHING: Final = Assigned(())


@lru_cache(maxsize=4096)
def key_of(database: str, login: str) -> bytes:
    """Where the roles of a user are.

    Raises:
        InvalidInput, InputTooLarge: this is no database or no login.
    """
    account = json.dumps([check_database(database), check_login(login)])
    return b"roles/" + hashlib.sha256(account.encode()).digest()


def encode(account: Account, assigned: Assigned) -> bytes | None:
    """The value of a user; `None` when there is nothing to hold."""
    if not assigned.assignments:
        return None
    roles = dict(sorted(assigned.assignments))
    return json.dumps({"version": _VERSION, **account._asdict(), "roles": roles}).encode()


def decode(account: Account, raw: bytes | None) -> Assigned:
    """What a user was assigned.

    Raises:
        StoreIncompatible: the value is damaged, that of another user, or of a newer version. There are no roles then.
    """
    if raw is None:
        return NOTHING
    read = _read(raw) if len(raw) <= _MAX_BYTES else None
    if read is None or read[0] != account:
        raise StoreIncompatible(
            "the roles of a user in the store are damaged, or were written by a newer version: assign them anew after "
            "AccessControlManager.forget"
        )
    return read[1]


@lru_cache(maxsize=1024)
def _read(raw: bytes) -> tuple[Account, Assigned] | None:
    try:
        data = json.loads(raw)
        if set(data) == _KEYS and data["version"] == _VERSION and len(data["roles"]) <= MAX_ROLES:
            assignments = tuple(_assignment(role, expires_at) for role, expires_at in data["roles"].items())
            return Account(data["database"], data["login"]), Assigned(assignments)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        pass
    return None


def _assignment(role: str, expires_at: Any) -> Assignment:
    if not 0 < len(role) <= _MAX_NAME_CHARS:
        raise ValueError
    if expires_at is None:
        return Assignment(role, None)
    if isinstance(expires_at, bool) or not isinstance(expires_at, (int, float)) or not math.isfinite(expires_at):
        raise ValueError
    return Assignment(role, float(expires_at))
