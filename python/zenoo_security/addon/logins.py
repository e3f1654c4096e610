"""One counter of failed logins for every entrance of an Odoo database, for code that cannot `await`."""

from __future__ import annotations

import ipaddress
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from zenoo_security.accounts import canonical_login
from zenoo_security.errors import InvalidInput, LoginFailed
from zenoo_security.fields import BlindIndex
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout
from zenoo_security.stores.waiting import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from zenoo_security.lockout import Attempt, LockoutPolicy
    from zenoo_security.stores import Store

__all__ = ["Logins", "Proof"]

_KNOWN_S: Final = 30 * 86_400.0
_SALT: Final = b"zenoo-security odoo logins"


class Proof:
    """What a login has shown, as far as the block that holds it can tell."""

    def __init__(self) -> None:
        self.is_whole = True
        """Whether nothing is to be shown any more, such as the code of a second factor."""


class Logins:
    """The counters of one database.

    A network from which an account has logged in within 30 days has a counter of its own for it, as a known device has
    in `Lockout`: strangers elsewhere do not keep the owner out.

    Args:
        store: where they are, for all workers and servers.
        database: the database's name.
        secret: Odoo's `database.secret`. Accounts and networks are counted under digests that are keyed with it.
        policy: how failures slow down.

    Raises:
        ParameterError: the secret is none.
    """

    def __init__(self, store: Store, database: str, secret: str, policy: LockoutPolicy) -> None:
        # Nobody guesses a random text: the least costs that there are.
        ring = KeyRing.from_passphrase(secret, _SALT, memory_kib=19_456, passes=2, lanes=1)
        self._store = store
        self._database = database
        self._lockout = Lockout(store, key_ring=ring, policy=policy)
        self._names = BlindIndex(ring, normalizer="exact", length=32)

    @contextmanager
    def attempt(
        self,
        login: object,
        client_ip: str | None,
        *,
        outages: tuple[type[BaseException], ...] = (),
        never_stopped: Callable[[], Iterable[str]] = tuple,
    ) -> Iterator[Proof]:
        """Run the block if there is an attempt left, and settle it by how the block ends.

        Args:
            login: the login, as it was typed.
            client_ip: the address of the client, where it is known.
            outages: what ends the block without that anything was looked at; everything else has failed.
            never_stopped: gives the logins of those for whom waiting must always help; asked after a failure.

        Raises:
            LoginFailed: there was no attempt left, or this can be no login.
            StoreUnavailable: nothing can be counted, so nobody is let in.
        """
        known = self._known_key(login, client_ip)
        attempt = self._reserve(str(login), client_ip, known)
        proof = Proof()
        try:
            yield proof
        except outages:
            result_of(attempt.give_back())
            raise
        except BaseException:
            # An attempt that is never settled has its delay and does not count towards the stop.
            if canonical_login(login) not in map(canonical_login, never_stopped()):
                result_of(attempt.failed())
            raise
        self._settle(attempt, known, proof)

    def unlock(self, login: str) -> None:
        """Forget the failures of an account, for an administrator.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        result_of(self._lockout.unlock(self._database, login))

    def _reserve(self, login: str, client_ip: str | None, known: bytes | None) -> Attempt:
        device = None
        if known and result_of(self._store.get(known)) is not None:
            device = known[-32:]
        attempt = result_of(self._lockout.reserve(self._database, login, client_ip, device=device))
        if attempt is None:
            raise LoginFailed
        return attempt

    def _settle(self, attempt: Attempt, known: bytes | None, proof: Proof) -> None:
        if not proof.is_whole:
            result_of(attempt.give_back())
            return
        result_of(attempt.succeeded())
        if known:
            result_of(self._store.put(known, b"", ttl_s=_KNOWN_S))

    def _known_key(self, login: object, client_ip: str | None) -> bytes | None:
        """Where it is kept that an account has logged in from a network.

        Raises:
            LoginFailed: this can be no login.
        """
        try:
            account = canonical_login(login)
        except InvalidInput:
            raise LoginFailed from None
        if not client_ip:
            return None
        pair = json.dumps([self._database, account, _network(client_ip)])
        return b"odoo-known/" + self._names.compute(pair, context=("zenoo_security", "networks")).encode()


def _network(client_ip: str) -> str:
    """As attempts are counted: an IPv4 address, or an IPv6 /64."""
    address = ipaddress.ip_address(client_ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
