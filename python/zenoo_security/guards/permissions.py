"""`require_permission`, `require_any` and `require_role`: who asks has to have it, or nothing begins."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from zenoo_security.audit import emit
from zenoo_security.errors import (
    NoPrincipal,
    ParameterError,
    PermissionDenied,
    PolicyError,
    SecurityError,
    StoreError,
)
from zenoo_security.guards.guarding import guarded
from zenoo_security.policy.permissions import parse
from zenoo_security.principal import current_principal, current_principal_or_none
from zenoo_security.roles.manager import AccessControlManager
from zenoo_security.roles.names import Name, text_of
from zenoo_security.roles.process import PROCESS, NoManager, process_manager
from zenoo_security.roles.standing import require_known_permission, require_known_role

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.guards.guarding import Pending
    from zenoo_security.policy import Policy, Rights
    from zenoo_security.principal import Principal
    from zenoo_security.roles.standing import Standing

__all__ = ["require_any", "require_permission", "require_role"]

P = ParamSpec("P")
R = TypeVar("R")

_REASONS: Final[tuple[tuple[type[SecurityError], str], ...]] = (
    (NoPrincipal, "no_principal"),
    (PermissionDenied, "not_allowed"),
    (StoreError, "store"),
    (PolicyError, "policy"),
    (SecurityError, "not_decided"),
)


def require_permission(
    permission: Name, *, access: AccessControlManager | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called only by who has a permission.

    It takes functions, methods, classmethods, staticmethods and generators, each sync or async, and keeps their name,
    signature and types. A function is checked when it is called, an `async def` when it is awaited, and a generator
    before its body begins.

    Args:
        permission: `res.partner:write`, or a name of your own; text, or a member of an Enum.
        access: what is asked; that of the process (`zenoo_security.roles.configure`) unless given.

    Raises:
        PolicyError: it is no permission, or no part of the policy knows it. Where no manager is given or configured
            yet, the first call raises it.
        ParameterError: what is decorated is no function.

    The function then raises:
        NoPrincipal: nobody is set as the one who asks.
        PermissionDenied: they may not.
        ConfigurationError: there is no manager.
        StoreUnavailable, StoreIncompatible: it is not known whether they may.

    >>> @require_permission("write_partners")
    ... async def create_partner(client, partner_data: dict): ...
    """
    return _decorator(_Needs((text_of(permission),), access, is_role=False))


def require_any(
    *permissions: Name, access: AccessControlManager | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called only by who has one of several permissions.

    Args:
        permissions: one at least.
        access: as for `require_permission`.

    Raises:
        ParameterError: there is none, or what is decorated is no function.
        PolicyError: as for `require_permission`.

    The function then raises what one with `require_permission` does.
    """
    return _decorator(_Needs(tuple(map(text_of, permissions)), access, is_role=False))


def require_role(
    role: Name, *, access: AccessControlManager | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function be called only by who has a role, or one that inherits it.

    Roles say who somebody is, permissions what they may: code that asks for a permission need not change when roles do.

    Args:
        role: the role.
        access: as for `require_permission`.

    Raises:
        PolicyError: the policy has no such role; as for `require_permission`.
        ParameterError: what is decorated is no function.

    The function then raises what one with `require_permission` does.
    """
    return _decorator(_Needs((text_of(role),), access, is_role=True))


def _decorator(needs: _Needs) -> Callable[[Callable[P, R]], Callable[P, R]]:
    return lambda function: guarded(function, lambda _function: needs.check)


class _Needs:
    """One of these has to be had.

    Args:
        names: permissions, or roles.
        access: what is asked.
        is_role: whether they are roles.
    """

    def __init__(self, names: tuple[str, ...], access: AccessControlManager | None, *, is_role: bool) -> None:
        if not names:
            raise ParameterError("require_any takes one permission at least")
        if access is not None and not isinstance(access, AccessControlManager):
            raise ParameterError("access is an AccessControlManager")
        self._names = names
        self._access = access
        self._is_role = is_role
        self._needs = " or ".join(f"role:{name}" if is_role else name for name in names)
        # The policy that is known to have them.
        self._policy: Policy | None = None
        # Rights that have it: those of an immutable policy, and of all who have the same roles.
        self._enough: Rights | None = None
        if not is_role:
            for name in names:
                parse(name)
        with contextlib.suppress(NoManager):
            self._require_known((access or process_manager()).policy)

    def check(self, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> Pending | None:
        """See `guarding.Check`."""
        principal, access = current_principal_or_none(), self._access or PROCESS.manager
        if principal is not None and access is not None:
            standing = access.remembered(principal)
            if standing is not None and standing[1] is self._enough:
                return None
        return self._check()

    def _check(self) -> Pending | None:
        try:
            principal = current_principal()
            access = self._access or process_manager()
            if not access.waits:
                self._decide(access.standing_now(principal))
                return None
        except SecurityError as error:
            self._tell(error)
            raise
        return partial(self._later, principal, access)

    async def _later(self, principal: Principal, access: AccessControlManager) -> None:
        try:
            self._decide(await access.standing(principal))
        except SecurityError as error:
            self._tell(error, principal)
            raise

    def _decide(self, standing: Standing) -> None:
        policy, rights = standing
        if policy is not self._policy:
            self._require_known(policy)
        for name in self._names:
            if name in rights.roles if self._is_role else rights.allows(name):
                self._enough = rights
                return
        raise PermissionDenied(f"this needs {self._needs}")

    def _require_known(self, policy: Policy) -> None:
        for name in self._names:
            (require_known_role if self._is_role else require_known_permission)(policy, name)
        self._policy = policy

    def _tell(self, error: SecurityError, principal: Principal | None = None) -> None:
        reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        emit("authz_fail", principal=principal, needs=self._needs, reason=reason)
