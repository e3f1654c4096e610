"""Taking away the second factor of a user who has lost it. No key is needed: one that cannot be opened goes as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.audit import emit
from zenoo_security.mfa.records import delete

if TYPE_CHECKING:
    from zenoo_security.mfa.records import Account
    from zenoo_security.stores import Store

__all__ = ["reset"]


async def reset(store: Store, account: Account, *, by: str | None = None) -> bool:
    """Remove what a user has enrolled, and tell the audit log. Returns whether there was something.

    Args:
        store: where second factors are.
        account: whose.
        by: who does it, where no principal says so.

    Raises:
        StoreUnavailable: the store does not answer.
    """
    removed = await delete(store, account)
    if removed:
        emit(
            "authn_factor_removed",
            database=account.database,
            model="res.users",
            ids=[account.uid],
            factor="totp",
            reason="reset",
            by=by,
        )
    return removed
