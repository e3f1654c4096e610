"""Where logins have failed: for the list of those who have to wait. The counters themselves know digests alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import DecryptionError
from zenoo_security.fields import BlindIndex, FieldCipher

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["FailedLogins"]

_PREFIX: Final = b"odoo-failed/"
_CONTEXT: Final = ("zenoo_security", "failed logins")
_MOST: Final = 1000


class FailedLogins:
    """Notes in a store, one for each account and network: the account as a digest, the network sealed.

    Of what was typed and is no user's login a digest is all there is.

    Args:
        store: where they are.
        ring: makes the digests and seals.
        database: the database's name.
        keep_s: seconds after the latest failure that a note is forgotten.
    """

    def __init__(self, store: Store, ring: KeyRing, database: str, *, keep_s: float) -> None:
        self._store: Final = store
        self._database: Final = database
        self._keep_s: Final = keep_s
        self._names: Final = BlindIndex(ring, normalizer="exact", length=32)
        self._cipher: Final = FieldCipher(ring)

    async def note(self, account: str, network: str | None, *, again: bool = True) -> None:
        """Write down a failure.

        Args:
            account: the canonical login.
            network: of the client, if it is known.
            again: write also where there is a note, and so keep it for longer.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        key = self._account(account) + self._name(account, network or "")
        if again or await self._store.get(key) is None:
            token = self._cipher.encrypt(network or "", context=_CONTEXT)
            await self._store.put(key, token.encode(), ttl_s=self._keep_s)

    async def of(self, accounts: Mapping[str, str]) -> tuple[list[tuple[str, str, str | None]], list[str]]:
        """The failures of accounts, each with the account, what it stands for, and the network; and all networks.

        Args:
            accounts: canonical login -> what it stands for.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        named = {self._account(account): (account, meaning) for account, meaning in accounts.items()}
        found: list[tuple[str, str, str | None]] = []
        networks: set[str] = set()
        async for key, value in self._store.scan(_PREFIX):
            try:
                network = str(self._cipher.decrypt(value.decode(), context=_CONTEXT))
            except DecryptionError:
                continue  # Of another database.
            if network and len(networks) < _MOST:
                networks.add(network)
            if (whose := named.get(key.rpartition(b"/")[0] + b"/")) and len(found) < _MOST:
                found.append((*whose, network or None))
        return found, sorted(networks)

    def _account(self, account: str) -> bytes:
        return _PREFIX + self._name(account) + b"/"

    def _name(self, *parts: str) -> bytes:
        return self._names.compute(json.dumps([self._database, *parts]), context=_CONTEXT).encode()
