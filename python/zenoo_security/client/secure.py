"""`SecureZenooClient`: zenoo-rpc's client, with encrypted fields and without its leaks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from zenoo_security.address import parse_address
from zenoo_security.client.access import Enforcer
from zenoo_security.client.cache import ScopedCache
from zenoo_security.client.calls import Call
from zenoo_security.client.errors import AccessRefused, NotLoggedIn
from zenoo_security.client.fallback import SecureFallbacks
from zenoo_security.client.guarded import guarded_call
from zenoo_security.client.guards import fingerprint, guards, helper_owners
from zenoo_security.client.methods import READS
from zenoo_security.client.object_checks import SecureChecks
from zenoo_security.client.outbound import Outbound
from zenoo_security.client.query import SecureQueryBuilder
from zenoo_security.client.records import Context, RecordMethods
from zenoo_security.client.refused import tell_refusal
from zenoo_security.client.scope import digest
from zenoo_security.client.session import SecureSession
from zenoo_security.client.transport import SecureTransport
from zenoo_security.errors import OdooError
from zenoo_security.fields import EncryptedFields, FieldCipher
from zenoo_security.odoo_client import principal_of

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Iterable, Mapping

    from typing_extensions import Self

    from zenoo_security.client.access import AccessManager
    from zenoo_security.client.call import Finish
    from zenoo_security.client.late import Send
    from zenoo_security.client.opening import OnError
    from zenoo_security.keyring import KeyRing
    from zenoo_security.limits import BaseLimiter, Throttle
    from zenoo_security.objects import Checks
    from zenoo_security.principal import Principal
    from zenoo_security.request_guard import RequestGuard

__all__ = ["SecureZenooClient"]


class SecureZenooClient(RecordMethods):
    """A `ZenooClient` that can be put where a `ZenooClient` was.

    Args:
        host_or_url: `https://erp.example.com`, or a host. Plain http only to this machine.
        port: by default 443 for https and 8069 for http.
        protocol: `http` or `https`.
        timeout: seconds to wait to connect, and between two pieces of an answer.
        verify_ssl: True, or an `ssl.SSLContext` with your own authority.
        encrypted_fields: which fields of which models are encrypted, and in which columns.
        key_ring: the keys; needed with `encrypted_fields`.
        undecryptable: `mark` puts an `Undecryptable` in place of what cannot be decrypted, which is false and which
            no write takes; `raise` raises `DecryptionError`.
        value_free_methods: more methods of models with encrypted fields that may be called, because they neither take
            nor return the values of those fields: `{"res.partner": ["action_open_employees"]}`.
        access: who may do what, held on every call: an `AccessControlManager` with a policy. Without one Odoo alone
            decides.
        guard: which calls there are at all, for people outside: a `RequestGuard` that every call passes first.
        outbound: how many calls go out to this server, `RateLimits("50/s")`; one that comes too early waits for its
            turn, up to a minute, or as long as a `Throttle` says. Logins are not counted.
        allow_insecure: allow plain http, and TLS without verification, to other machines.
        proxy_from_environment: let `HTTP_PROXY`, `HTTPS_PROXY` and `ALL_PROXY` choose who sees the requests.

    Raises:
        InsecureTransport: the address would send the password in the clear.
        ConfigurationError: the address is not one, or `encrypted_fields` come without a `key_ring`.
    """

    def __init__(
        self,
        host_or_url: str,
        port: int | None = None,
        protocol: str | None = None,
        timeout: float = 30.0,
        verify_ssl: bool | ssl.SSLContext = True,
        *,
        encrypted_fields: EncryptedFields | None = None,
        key_ring: KeyRing | None = None,
        undecryptable: OnError = "mark",
        value_free_methods: Mapping[str, Iterable[str]] | None = None,
        access: AccessManager | None = None,
        guard: RequestGuard | None = None,
        outbound: BaseLimiter | Throttle | None = None,
        allow_insecure: bool = False,
        proxy_from_environment: bool = False,
    ) -> None:
        self._encrypted_fields = encrypted_fields
        self._view = digest(encrypted_fields, fingerprint(key_ring), guard)
        self._cipher = FieldCipher(key_ring) if key_ring is not None else None
        self._cache: ScopedCache | None = None
        self._fallbacks: SecureFallbacks | None = None
        address = parse_address(host_or_url, port, protocol)
        address.require_private(verify=verify_ssl, allow_insecure=allow_insecure)
        verify = httpx.create_ssl_context(trust_env=proxy_from_environment) if verify_ssl is True else verify_ssl
        super().__init__(address.url, timeout=timeout, verify_ssl=verify)  # type: ignore[arg-type]
        self.host = address.host
        self._transport = SecureTransport(
            address.url,
            timeout=timeout,
            verify=verify,
            trust_env=proxy_from_environment,
        )
        self._session: SecureSession = SecureSession()  # type: ignore[no-untyped-call]
        self._guard_for = guards(encrypted_fields, key_ring, undecryptable, value_free_methods)
        self._guard = self._guard_for("")
        self._request_guard = guard
        self._outbound = Outbound(outbound, address.url) if outbound is not None else None
        self._enforcer: Enforcer | None = None
        if access is not None:
            self._enforcer = Enforcer(
                access, send=self._send, find=self._find, who=self._who, owners=helper_owners(encrypted_fields)
            )
        self._object_checks = SecureChecks(
            self._send, find=self._find, search=self._search_past, who=self._who, enforcer=self._enforcer
        )

    def _parse_host_or_url(self, host_or_url: str, port: int | None = None, protocol: str | None = None) -> str:
        return parse_address(host_or_url, port, protocol).url

    @property
    def encrypted_fields(self) -> EncryptedFields | None:
        """The declaration that this client was made with."""
        return self._encrypted_fields

    def scope(self) -> str | None:
        """Return a digest of server, database, user, declaration, keys and guard, or None while nobody is logged in."""
        if not self.is_authenticated:
            return None
        return digest(self.protocol, self.host, self.port, self.database, self.uid, self._view)

    async def current_scope(self) -> str | None:
        """Return the scope with a digest of what the user may see at this moment, where a policy is held."""
        scope = self.scope()
        return scope if self._enforcer is None or scope is None else f"{scope}-{await self._enforcer.view()}"

    @property
    def enforces(self) -> bool:
        """Whether a policy is held: what a user may see can then change from call to call."""
        return self._enforcer is not None

    @property
    def object_checks(self) -> Checks:
        """What `ObjectLevelAuthManager` asks: Odoo as this user, narrowed by the policy where one is held."""
        return self._object_checks

    def _who(self) -> tuple[str, int]:
        return self.database or "", self.uid or 0

    def _principal(self) -> Principal | None:
        return principal_of(self)

    def _forget_user(self) -> None:
        self._fallbacks = None
        if self._enforcer is not None:
            self._enforcer.forget()

    # --- sessions ---

    async def login(self, database: str, username: str, password: str) -> None:
        """Log in; an API key does wherever a password does, and is what a user with TOTP needs.

        Raises:
            LoginRefused: wrong user name, password or API key.
            OdooUnavailable: Odoo is down or slow. This says nothing about the password.
        """
        self._forget_user()
        self._guard = self._guard_for(database)
        await super().login(database, username, password)

    async def login_with_api_key(self, database: str, username: str, api_key: str) -> None:
        """Log in with an API key; the same as `login`."""
        await self.login(database, username, api_key)

    async def resume(
        self, database: str, uid: int, username: str, password: str, *, context: dict[str, Any] | None = None
    ) -> None:
        """Take up a login that was made elsewhere and gave `uid`.

        Args:
            database: as for `login`.
            uid: the user's id.
            username: as for `login`.
            password: as for `login`.
            context: the user's language and time zone. Without it Odoo is asked for them, and so checks the password;
                with it nothing is asked before the first call.

        Raises:
            CredentialRefused: Odoo does not accept the password or API key any more, or the user is archived.
            OdooUnavailable: Odoo is down or slow. This says nothing about the password.
        """
        self._forget_user()
        self._guard = self._guard_for(database)
        await self._session.resume(self._transport, database, uid, username, password, context=context)

    async def logout(self) -> None:
        """Forget the user, the credential and what the cache holds for this user; the client can log in again."""
        try:
            if self._cache is not None:
                await self._cache.forget_user()
        finally:
            self._forget_user()
            self._session.clear()

    async def __aenter__(self) -> Self:
        return self

    async def close(self) -> None:
        """Close the connections, and forget the credential whatever happens."""
        try:
            await super().close()
        finally:
            self._session.clear()

    # --- the one call that all others end in ---

    async def execute_kw(
        self,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any] | None = None,
        context: Context = None,
    ) -> Any:
        """Call a method of a model. The arguments are not changed, and a context inside `kwargs` counts.

        Raises:
            QueryRefused: the call cannot be made safely on encrypted fields.
            RateLimitExceeded: the limits of `outbound` let it through too late.
            PermissionDenied: the policy of `access` does not allow it.
            RequestRefused: `guard` does not let it through.
            OdooError: what Odoo answered; `zenoo_security.client.errors` has the classes.
        """
        if self._request_guard is not None:
            call = guarded_call(self._request_guard, self._principal, model, method, args, kwargs, context)
        else:
            named = dict(kwargs or {})
            merged = {**(named.pop("context", None) or {}), **(context or {})}
            call = Call(model, method, list(args), named, merged)
        result = await self._call(call)
        return call.finish(result)

    async def _call(self, call: Call) -> Any:
        """Make a call and return what Odoo answers: `call.finish` makes the result of it."""
        if not self.is_authenticated:
            raise NotLoggedIn("nobody is logged in: call login() first")
        finish = None if self._enforcer is None else await self._allowed(call, self._enforcer)
        self._guard.prepare(call)
        if finish is not None:
            call.finish = _then(call.finish, finish)
        try:
            if call.perform:
                return await call.perform(self._of_this_user(partial(self._send, call.model, call.context)))
            return await self._send(call.model, call.context, call.method, call.args, call.kwargs)
        finally:
            if call.method not in READS and self._cache is not None:
                await self._cache.invalidate_pattern(f"query:{call.model}:*")

    async def _allowed(self, call: Call, enforcer: Enforcer) -> Finish | None:
        """Hold the policy on a call: it is changed in place, or refused.

        Raises:
            NotLoggedIn: while this was decided, somebody else has logged in.
        """
        asked = self._who()
        finish = await enforcer.prepare(call)
        self._require_user(asked)
        return finish

    async def _find(self, model: str, context: Mapping[str, Any], domain: list[Any]) -> set[int]:
        """Search past the policy; encrypted fields in the domain are turned as in every other."""
        call = self._search_past(model, context, domain)
        found = await self._send(model, call.context, call.method, call.args, call.kwargs)
        if not isinstance(found, list) or any(type(record) is not int for record in found):
            raise OdooError("Odoo answered with something else than ids: check that no proxy changes its answers")
        return set(found)

    def _search_past(self, model: str, context: Mapping[str, Any], domain: list[Any]) -> Call:
        call = Call(model, "search", [domain], {}, dict(context))
        self._guard.prepare(call)
        return call

    def _of_this_user(self, send: Send) -> Send:
        """Send the requests of one call as long as the user who asks is the one who is logged in."""
        asked = self._who()

        def checked(
            method: str, args: list[Any], kwargs: Mapping[str, Any] | None = None, *, tell: bool = True
        ) -> Awaitable[Any]:
            self._require_user(asked)
            return send(method, args, kwargs, tell=tell)

        return checked

    def _require_user(self, asked: tuple[str, int]) -> None:
        if self._who() != asked or not self.is_authenticated:
            raise NotLoggedIn("the user who asked is no longer the one who is logged in")

    async def _send(
        self,
        model: str,
        context: dict[str, Any],
        method: str,
        args: list[Any],
        kwargs: Mapping[str, Any] | None = None,
        *,
        tell: bool = True,
    ) -> Any:
        if self._outbound is not None:
            asked = self._who()
            await self._outbound.turn()
            self._require_user(asked)
        try:
            return await super().execute_kw(model, method, args, dict(kwargs or {}), context)
        except AccessRefused:
            if tell:
                tell_refusal(self._principal(), model, method, args)
            raise

    # --- what zenoo-rpc hangs on its client ---

    def model(self, model_class: Any) -> SecureQueryBuilder:
        """Return a query builder for a model class; its domains mean what the code says."""
        if not self.is_authenticated:
            raise NotLoggedIn("nobody is logged in: call login() first")
        return SecureQueryBuilder(model_class, self)

    @property  # type: ignore[override]
    def cache_manager(self) -> ScopedCache | None:
        """The cache of `setup_cache_manager`, kept apart by user; a manager that is set is wrapped."""
        return self._cache

    @cache_manager.setter
    def cache_manager(self, manager: Any) -> None:
        inner = manager.inner if isinstance(manager, ScopedCache) else manager
        self._cache = None if inner is None else ScopedCache(inner, self, self._cipher)

    @property
    def fallback_manager(self) -> SecureFallbacks:
        """What the `safe_*` calls use."""
        if self._fallbacks is None:
            self._fallbacks = SecureFallbacks(self)  # type: ignore[no-untyped-call]
        return self._fallbacks


def _then(first: Finish, second: Finish) -> Finish:
    return lambda result: second(first(result))
