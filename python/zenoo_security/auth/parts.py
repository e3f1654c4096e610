"""What a manager is made of, from its settings or from what it was given."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, cast

from zenoo_security.auth.attempts import Attempts
from zenoo_security.auth.devices import Devices
from zenoo_security.auth.liveness import Liveness
from zenoo_security.auth.odoo import Odoo, OdooServer
from zenoo_security.auth.pool import ClientPool
from zenoo_security.auth.refusals import Refusals
from zenoo_security.auth.spellings import Spellings
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.config import SecurityConfig
from zenoo_security.errors import ParameterError, StoreError
from zenoo_security.hashing import DEFAULT_MIB, HashingBudget, default_budget
from zenoo_security.lockout import Lockout, LockoutPolicy
from zenoo_security.mfa import MFAManager
from zenoo_security.mfa.manager import ISSUER
from zenoo_security.password_policy import PasswordPolicy
from zenoo_security.passwords import PasswordHasher
from zenoo_security.sessions import SessionPolicy, Sessions
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zenoo_security.client.access import AccessManager
    from zenoo_security.fields import EncryptedFields
    from zenoo_security.keyring import KeyRing
    from zenoo_security.mfa.manager import Authenticator
    from zenoo_security.stores import Store

__all__ = ["AuthParts"]

_MEMORY: Final = "memory://"


class AuthParts:
    """The parts of a `SecureAuthManager`, which documents the arguments."""

    def __init__(
        self,
        config: SecurityConfig | None = None,
        *,
        store: Store | None = None,
        key_ring: KeyRing | None = None,
        odoo: Odoo | None = None,
        password_policy: PasswordPolicy | None = None,
        mfa: MFAManager | None = None,
        issuer: str | None = None,
        groups: Iterable[str] | None = None,
        encrypted_fields: EncryptedFields | None = None,
        access: AccessManager | None = None,
        max_clients: int = 100,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        _check_arguments(config, store, max_clients)
        if mfa is not None and issuer is not None:
            raise ParameterError("issuer is that of mfa: give one of the two")
        required = None if groups is None else _external_ids(groups)
        self.config: Final = config or _config(needs_key_ring=key_ring is None)
        self._key_ring: Final = key_ring or self.config.load_key_ring()
        url = self.config.store_url.get_secret_value()
        self._own_store: Final = store is None and url != _MEMORY
        self._store: Final = store or (_open(url, self.config) if self._own_store else _process_store())
        self._server: Final = OdooServer.from_config(self.config) if odoo is None or self.config.odoo_url else None
        self._odoo: Final = cast("Odoo", odoo or self._server)
        self._clock: Final = clock
        self._encrypted_fields: Final = encrypted_fields
        self._access: Final = access
        self.sessions: Final = Sessions(self._store, self._key_ring, policy=_session_policy(self.config), clock=clock)
        self.lockout: Final = Lockout(
            self._store, key_ring=self._key_ring, policy=LockoutPolicy.from_config(self.config)
        )
        self.password_policy: Final = password_policy or PasswordPolicy()
        self._hasher: Final = PasswordHasher(budget=_budget(self.config.hashing_memory_mib))
        self.mfa: Final = mfa or self._second_factors(ISSUER if issuer is None else issuer, clock)
        self._devices: Final = Devices(self._store, self._key_ring)
        refusals = Refusals(self.config.refusal_duration_ms / 1000, clock=clock)
        self._attempts: Final = Attempts(self.lockout, refusals, Spellings(self._store, self._key_ring))
        self._liveness: Final = Liveness(self._odoo, self.sessions, groups=required, end_account=self._end_account)
        self._pool: Final = ClientPool(most=max_clients, clock=clock)

    def _second_factors(self, issuer: str, clock: Clock) -> MFAManager:
        # Every manager has `authenticate`, which is in a class on top of this one.
        auth = cast("Authenticator", self)
        return MFAManager(
            issuer, store=self._store, key_ring=self._key_ring, hasher=self._hasher, auth=auth, clock=clock
        )

    async def _shut_out(self, database: str, login: str, *, keep: str | None = None) -> int:
        """`_end_account`, and forget the devices of the account: each of the two also where the other fails."""
        try:
            ended = await self._end_account(database, login, keep=keep)
        except BaseException as error:
            try:
                await self._devices.forget(database, login)
            except StoreError as another:
                # The stores' errors suppress their context, and would hide the first.
                raise another from error
            raise
        await self._devices.forget(database, login)
        return ended

    async def _end_account(self, database: str, login: str, *, keep: str | None = None) -> int:
        """End the sessions of an account but for that with the id `keep`; close their clients in this process."""
        ended = {session.id for session in await self.sessions.list(database, login)} - {keep}
        try:
            return await self.sessions.end_all(database, login, keep=keep)
        finally:
            await self._pool.retire_sessions(ended)


def _check_arguments(config: object, store: object, max_clients: int) -> None:
    if config is not None and not isinstance(config, SecurityConfig):
        raise ParameterError("config is a SecurityConfig: SecurityConfig(odoo_url=...)")
    if isinstance(store, str):
        raise ParameterError("store is a store and no URL: open_store(url), or the setting store_url")
    if max_clients < 1:
        raise ParameterError("max_clients is at least 1")


def _external_ids(groups: Iterable[str]) -> frozenset[str]:
    ids = frozenset(() if isinstance(groups, str) else groups)
    # Any other text is nobody's group: everybody would be refused, and told that the password is wrong.
    if not ids or not all("." in str(each) for each in ids):
        raise ParameterError("groups is a list of external ids, such as ['base.group_user']")
    return ids


def _config(*, needs_key_ring: bool) -> SecurityConfig:
    return SecurityConfig.from_environment() if needs_key_ring else SecurityConfig()


def _open(url: str, config: SecurityConfig) -> Store:
    return open_store(url, allow_insecure=config.allow_insecure)


@functools.cache
def _process_store() -> Store:
    """The memory that all managers of the process share: one that is made for each request must not forget."""
    return open_store(_MEMORY)


@functools.cache
def _budget(mib: int) -> HashingBudget:
    return default_budget() if mib == DEFAULT_MIB else HashingBudget(mib)


def _session_policy(config: SecurityConfig) -> SessionPolicy:
    idle_s = min(config.session_idle_timeout, config.session_timeout)
    return SessionPolicy(idle_s=idle_s, absolute_s=config.session_timeout, most=config.max_sessions)
