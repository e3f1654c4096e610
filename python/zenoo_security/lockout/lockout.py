"""The counters of attempts, in a store."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security._native import AccountKeys, Slowing
from zenoo_security.audit.before import told_before
from zenoo_security.lockout.attempt import Attempt, Settlements
from zenoo_security.lockout.policy import LockoutPolicy
from zenoo_security.stores import Backoff, Counter, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.keyring import KeyRing
    from zenoo_security.stores import Store

__all__ = ["Lockout", "LockoutStatus"]

# Refuses for a moment, so that what is asked together with it is not counted.
_QUESTION: Final = Backoff((1.0,), None, 1.0)


@dataclass(frozen=True)
class LockoutStatus:
    """What a login would be told.

    Args:
        retry_after_s: seconds until the next attempt is allowed, to about a second; 0 when it is allowed now,
            `math.inf` when an administrator has to unlock the account.
    """

    retry_after_s: float

    @property
    def locked(self) -> bool:
        """Whether an attempt would be refused."""
        return self.retry_after_s > 0

    @property
    def stopped(self) -> bool:
        """Whether waiting does not help."""
        return self.retry_after_s == math.inf


class Lockout:
    """The counters of attempts, in a store.

    Args:
        store: where they are.
        key_ring: makes the digests under which accounts, networks and devices are counted; all processes have the same.
        policy: how failures slow down.
    """

    def __init__(self, store: Store, *, key_ring: KeyRing, policy: LockoutPolicy | None = None) -> None:
        self.policy: Final = policy or LockoutPolicy()
        self._store = store
        self._keys = AccountKeys(key_ring)
        self._stranger = Slowing(Counter, [self.policy.account, self.policy.source, self.policy.network])
        self._network = Slowing(Counter, [self.policy.network])
        self._device = Slowing(Counter, [self.policy.device])
        self._settlements = Settlements(store)

    async def reserve(
        self, database: str, login: str, client_ip: str | None = None, *, device: bytes | None = None
    ) -> Attempt | None:
        """Count an attempt, before anything is done for it.

        Args:
            database: the database, as it is.
            login: the login, in whatever form it was typed.
            client_ip: the address of the client. Clients without one are one source, and no network.
            device: 16 to 64 bytes that stand for a device, which the caller has found to be known for this account.

        Returns:
            The attempt, or `None` when there is none: nothing may be looked at then, and the answer is that of a wrong
            password.

        Raises:
            InvalidInput: what was typed cannot be a login, or what came is no address.
            StoreUnavailable: nothing can be counted, so nothing is allowed.
        """
        if device is not None:
            known = self._keys.device(database, login, device, self._device)
            wait_s = await self._store.reserve(known)
            if wait_s == 0:
                return Attempt(self._settlements, known)
            if wait_s != math.inf:
                return None
        counters = self._keys.source(database, login, client_ip, self._stranger)
        return None if await self._store.reserve(counters) else Attempt(self._settlements, counters)

    def account(self, database: str, login: str) -> str:
        """What stands for an account in the audit log: 16 bytes of a keyed digest, in hexadecimal.

        Raises:
            InvalidInput: as for `reserve`.
        """
        return self._keys.source(database, login, None, self._stranger)[0].key.rpartition(b"attempt/a/")[2].hex()

    async def status(
        self, database: str, login: str, client_ip: str | None = None, *, device: bytes | None = None
    ) -> LockoutStatus:
        """What an attempt from there would be told now, without one.

        Args:
            database: the database.
            login: the login.
            client_ip: the address of the client.
            device: as for `reserve`.

        Raises:
            InvalidInput: as for `reserve`.
            StoreUnavailable: the store does not answer.
        """
        if device is not None:
            known = await self._look(self._keys.device(database, login, device, self._device))
            if not known.stopped:
                return known
        return await self._look(self._keys.source(database, login, client_ip, self._stranger))

    async def network_status(self, client_ip: str) -> LockoutStatus:
        """What an attempt from a network would be told now on account of the network alone.

        Raises:
            InvalidInput: it is no address.
            StoreUnavailable: the store does not answer.
        """
        return await self._look(self._keys.network(client_ip, self._network))

    async def _look(self, counters: Sequence[Counter]) -> LockoutStatus:
        question = Counter(b"attempt/q/" + secrets.token_bytes(16), _QUESTION)
        await self._store.reserve([question])
        asked = (*counters, question)
        wait_s = await self._store.reserve(asked)
        if wait_s == 0:  # The answer took so long that the question was over.
            await self._store.settle(asked, [Outcome.GIVEN_BACK] * len(asked))
        return LockoutStatus(wait_s if wait_s > _QUESTION.keep_s else 0.0)

    async def unlock(
        self,
        database: str,
        login: str,
        client_ip: str | None = None,
        *,
        device: bytes | None = None,
        by: str | None = None,
    ) -> None:
        """Forget the failures of an account, for an administrator.

        Args:
            database: the database.
            login: the login.
            client_ip: forget also what was counted for the account from there, and for the network. Other networks from
                which the account failed stay slowed down, for an hour at most by default.
            device: forget also what was counted for this device.
            by: who did, for the audit log; what an administrator is called there.

        Raises:
            InvalidInput: as for `reserve`.
            StoreUnavailable: the store does not answer.
        """
        counters = [*self._keys.source(database, login, client_ip, self._stranger)]
        if device is not None:
            counters += self._keys.device(database, login, device, self._device)
        account = self.account(database, login)
        with told_before("authn_login_unlock", database=database, account=account, client_ip=client_ip, by=by):
            await self._clear(counters)

    async def unlock_network(self, client_ip: str, *, by: str | None = None) -> None:
        """Forget the failures of a network, whatever the accounts.

        Args:
            client_ip: an address in it.
            by: as for `unlock`.

        Raises:
            InvalidInput: it is no address.
            StoreUnavailable: the store does not answer.
        """
        counters = self._keys.network(client_ip, self._network)
        with told_before("authn_login_unlock", client_ip=client_ip, reason="network", by=by):
            await self._clear(counters)

    async def _clear(self, counters: Sequence[Counter]) -> None:
        await self._store.settle(counters, [Outcome.CLEARED] * len(counters))
