"""One counter of failed logins for every entrance of an Odoo database, for code that cannot `await`."""

from __future__ import annotations

import ipaddress
import json
import secrets
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.accounts import canonical_login
from zenoo_security.addon.failed_logins import FailedLogins
from zenoo_security.errors import InvalidInput, LoginFailed
from zenoo_security.fields import BlindIndex
from zenoo_security.keyring import KeyRing
from zenoo_security.lockout import Lockout
from zenoo_security.stores.waiting import result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from zenoo_security.lockout import Attempt, LockoutPolicy
    from zenoo_security.stores import Store

__all__ = ["Locked", "Logins", "Proof"]

_KNOWN_S: Final = 30 * 86_400.0
# Programs log in many times at once: what is under way counts as failed until it has succeeded.
_PAUSES_S: Final = (0.05, 0.1, 0.1)
_SALT: Final = b"zenoo-security odoo logins"


class Locked(NamedTuple):
    """Who has to wait.

    Attributes:
        login: of the user; `None` for everybody in the network.
        network: an IPv4 address, or an IPv6 /64; `None` where no address was known.
        retry_after_s: seconds, to about one; `math.inf` until an administrator unlocks.
    """

    login: str | None
    network: str | None
    retry_after_s: float


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
        self._failed = FailedLogins(store, ring, database, keep_s=policy.keep_s)

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
            InvalidInput: what the proxy names as the client's address is none.
            StoreUnavailable: nothing can be counted, so nobody is let in.
        """
        account = _account(login)
        network = _network(client_ip) if client_ip else None
        known = self._known_key(account, network) if network else None
        attempt = self._reserve(account, client_ip, known)
        if attempt is None:
            result_of(self._failed.note(account, network, again=False))
            raise LoginFailed
        proof = Proof()
        try:
            yield proof
        except outages:
            result_of(attempt.give_back())
            raise
        except BaseException:
            result_of(self._failed.note(account, network))
            # An attempt that is never settled has its delay and does not count towards the stop.
            if account not in map(canonical_login, never_stopped()):
                result_of(attempt.failed())
            raise
        self._settle(attempt, known, proof)

    def ping(self) -> None:
        """Ask the store for its time.

        Raises:
            StoreUnavailable: it does not answer.
        """
        result_of(self._store.now())

    def account(self, login: object) -> str | None:
        """What stands for an account in the audit log; None for what can be no login."""
        try:
            return self._lockout.account(self._database, _account(login))
        except LoginFailed:
            return None

    def unlock(self, login: str) -> None:
        """Forget the failures of an account, from wherever they came, for an administrator.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        result_of(self._lockout.unlock(self._database, login))
        # Nobody has a list of the networks that failed: the account is counted in another place from now on.
        result_of(self._store.put(self._place_key(_account(login)), secrets.token_hex(16).encode(), ttl_s=None))

    def unlock_network(self, network: str) -> None:
        """Forget the failures of a network, whatever the accounts, for an administrator.

        Args:
            network: as `locked` names it.

        Raises:
            InvalidInput: it is none.
            StoreUnavailable: the store does not answer.
        """
        result_of(self._lockout.unlock_network(network.partition("/")[0]))

    def locked(self, logins: Iterable[str]) -> list[Locked]:
        """Who has to wait now, and where, of those who have failed within 30 days; at most 1000 of them are looked at.

        Args:
            logins: those of all users. What others typed is in no list: it may be a password.

        Raises:
            StoreUnavailable: the store does not answer.
        """
        return result_of(self._locked([*logins]))

    async def _locked(self, logins: Iterable[str]) -> list[Locked]:
        accounts, networks = await self._failed.of(dict(_accounts(logins)))
        found = []
        for account, login, network in accounts:
            address = network.partition("/")[0] if network else None
            device = await self._device(self._known_key(account, network)) if network else None
            status = await self._lockout.status(await self._counted_in(account), account, address, device=device)
            found.append(Locked(login, network, status.retry_after_s))
        for network in networks:
            status = await self._lockout.network_status(network.partition("/")[0])
            found.append(Locked(None, network, status.retry_after_s))
        return [each for each in found if each.retry_after_s > 0]

    def _reserve(self, account: str, client_ip: str | None, known: bytes | None) -> Attempt | None:
        database = result_of(self._counted_in(account))
        device = result_of(self._device(known)) if known else None
        # Not for strangers: each would hold up a worker for nothing.
        for pause_s in (0.0, *(_PAUSES_S if device else ())):
            time.sleep(pause_s)
            if attempt := result_of(self._lockout.reserve(database, account, client_ip, device=device)):
                return attempt
        return None

    async def _counted_in(self, account: str) -> str:
        place = await self._store.get(self._place_key(account))
        return f"{self._database}/{place.decode()}" if place else self._database

    async def _device(self, known: bytes) -> bytes | None:
        """What stands for a network from which the account has logged in."""
        return None if await self._store.get(known) is None else known[-32:]

    def _settle(self, attempt: Attempt, known: bytes | None, proof: Proof) -> None:
        if not proof.is_whole:
            result_of(attempt.give_back())
            return
        result_of(attempt.succeeded())
        if known:
            result_of(self._store.put(known, b"", ttl_s=_KNOWN_S))

    def _known_key(self, account: str, network: str) -> bytes:
        """Where it is kept that an account has logged in from a network."""
        return b"odoo-known/" + self._name("networks", account, network)

    def _place_key(self, account: str) -> bytes:
        """Where it is kept where an account is counted since it was unlocked."""
        return b"odoo-place/" + self._name("places", account)

    def _name(self, kind: str, *parts: str) -> bytes:
        return self._names.compute(json.dumps([self._database, *parts]), context=("zenoo_security", kind)).encode()


def _account(login: object) -> str:
    try:
        return canonical_login(login)
    except InvalidInput:
        raise LoginFailed from None


def _accounts(logins: Iterable[str]) -> Iterator[tuple[str, str]]:
    for login in logins:
        with suppress(LoginFailed):
            yield _account(login), login


def _network(client_ip: str) -> str:
    """As attempts are counted: an IPv4 address, or an IPv6 /64."""
    try:
        address = ipaddress.ip_address(client_ip.partition("%")[0])
    except ValueError:
        raise InvalidInput("the client's address is none: what does the proxy send?", field="client_ip") from None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
