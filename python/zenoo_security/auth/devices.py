"""Devices that a user logged in from before: a stranger's failures do not lock them out.

A device has a token, which the browser keeps longer than its session. It is no way in: whoever has it still needs the
password, and gets counters of their own. The devices of an account are one value in the store, so that all of them can
be forgotten at once.
"""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Final

from zenoo_security import tokens
from zenoo_security.accounts import canonical_login
from zenoo_security.errors import FreshLoginRequired, SessionEnded, StoreIncompatible, StoreUnavailable
from zenoo_security.fields import BlindIndex
from zenoo_security.tokens import new_token, token_digest

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["DEVICE_DAYS", "Devices"]

DEVICE_DAYS: Final = 90
"""So long a device is remembered."""

_TTL_S: Final = DEVICE_DAYS * 86_400.0
_LONGEST_SESSION_S: Final = 2 * 86_400.0
_MOST: Final = 20
_TRIES: Final = 20
# The digest of a token and a login, and the store's time at which the device is forgotten.
_DEVICE: Final = struct.Struct(">32sd")


class Devices:
    """The devices of all accounts.

    Args:
        store: where they are.
        key_ring: hides the names of the accounts.
    """

    def __init__(self, store: Store, key_ring: KeyRing) -> None:
        self._store = store
        self._names = BlindIndex(key_ring, normalizer="exact", length=32)

    async def remember(self, database: str, login: str, *, session_id: str) -> str:
        """Make a token for one more device; of more than 20 the oldest is forgotten.

        Args:
            database: the database.
            login: the login, as Odoo has it.
            session_id: the session on that device. It gets one token: each has counters of its own, so whoever stole
                the session would have guesses without end.

        Raises:
            FreshLoginRequired: this session got its token.
            StoreUnavailable: the store does not answer.
        """
        if not await self._store.add(b"device-of/" + session_id.encode(), b"", ttl_s=_LONGEST_SESSION_S):
            raise FreshLoginRequired("a device is remembered once in a session: log in again")
        token, key = new_token(tokens.DEVICE), self._key(database, login)
        now = await self._store.now()
        newcomer = (_digest(token, login), now + _TTL_S)
        for _ in range(_TRIES):
            raw = await self._store.get(key)
            known = [device for device in _read(raw) if device[1] > now][1 - _MOST :]
            after = b"".join(_DEVICE.pack(*device) for device in [*known, newcomer])
            if await self._store.compare_and_set(key, raw, after, ttl_s=_TTL_S):
                return token
        raise StoreUnavailable("the devices of this account change too fast: try again")

    async def known(self, database: str, login: str, token: object) -> bytes | None:
        """The digest of a device token of this account, or `None` for anything else, also for another spelling of it.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        try:
            digest = _digest(token, login)
        except SessionEnded:
            return None
        devices = dict(_read(await self._store.get(self._key(database, login))))
        return digest if digest in devices and await self._store.now() < devices[digest] else None

    async def forget(self, database: str, login: str) -> None:
        """Forget all devices of an account.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        await self._store.delete(self._key(database, login))

    def _key(self, database: str, login: str) -> bytes:
        account = json.dumps([database, canonical_login(login)])
        return b"device/" + self._names.compute(account, context=("zenoo_security", "devices")).encode()


def _digest(token: object, login: str) -> bytes:
    """Of the login as Odoo has it: who differs by case alone is another user, whose device this is not.

    Raises:
        SessionEnded: this is no token of a device.
    """
    return hashlib.sha256(token_digest(token, tokens.DEVICE) + login.encode()).digest()


def _read(raw: bytes | None) -> list[tuple[bytes, float]]:
    try:
        return list(_DEVICE.iter_unpack(raw or b""))
    except struct.error:
        pass
    raise StoreIncompatible("the devices of an account were written by a newer version, or by something else")
