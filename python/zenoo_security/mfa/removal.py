"""Taking away the second factor of a user, and telling. No key is needed: one that cannot be opened goes as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.audit.before import told_before
from zenoo_security.mfa.records import delete, is_enrolled

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from zenoo_security.mfa.records import Account
    from zenoo_security.principal import Principal
    from zenoo_security.stores import Store

__all__ = ["disable", "reset"]


async def disable(store: Store, account: Account, principal: Principal) -> bool:
    """Remove what a user has enrolled who does so, and tell the audit log. Returns whether there was something."""
    telling = told_before("authn_factor_removed", principal=principal, factor="totp", reason="user")
    return await _remove(store, account, telling)


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
    telling = told_before(
        "authn_factor_removed", database=database, model="res.users", ids=[uid], factor="totp", reason="reset", by=by
    )
    return await _remove(store, account, telling)


async def _remove(store: Store, account: Account, telling: AbstractContextManager[None]) -> bool:
    await delete(store, "pending", account)
    if not await is_enrolled(store, account):
        return False
    with telling:
        return await delete(store, "enrolled", account)
