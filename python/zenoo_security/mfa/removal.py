"""Taking away the second factor of a user, and telling. No key is needed: one that cannot be opened goes as well."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from zenoo_security.audit import emit
from zenoo_security.errors import StoreError
from zenoo_security.mfa.records import delete, is_enrolled

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.mfa.records import Account
    from zenoo_security.principal import Principal
    from zenoo_security.stores import Store

__all__ = ["disable", "reset"]


async def disable(store: Store, account: Account, principal: Principal) -> bool:
    """Remove what a user has enrolled who does so, and tell the audit log. Returns whether there was something."""
    tell = partial(emit, "authn_factor_removed", principal=principal, factor="totp")
    return await _remove(store, account, "user", tell)


async def reset(store: Store, account: Account, *, by: str | None = None) -> bool:
    """Remove what a user has enrolled, and tell the audit log. Returns whether there was something.

    Args:
        store: where second factors are.
        account: whose.
        by: who does it, where no principal says so.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    database, uid = account
    tell = partial(emit, "authn_factor_removed", database=database, model="res.users", ids=[uid], factor="totp", by=by)
    return await _remove(store, account, "reset", tell)


async def _remove(store: Store, account: Account, reason: str, tell: Callable[..., None]) -> bool:
    await delete(store, "pending", account)
    if not await is_enrolled(store, account):
        return False
    # Before it is done: where the audit log is required and fails, the factor stays.
    tell(reason=reason)
    try:
        return await delete(store, "enrolled", account)
    except StoreError:
        tell(outcome="unknown", reason="store_unavailable")
        raise
