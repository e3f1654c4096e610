"""What the audit log is told when Odoo itself refuses a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.audit import emit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.principal import Principal

__all__ = ["ids_among", "tell_refusal"]

_MAX_IDS: Final = 100


def tell_refusal(principal: Principal | None, model: str, method: str, args: Sequence[Any]) -> None:
    """Tell which call of which user Odoo refused; ids only where they are some."""
    needs, ids = f"{model}:{method}", ids_among(args[0] if args else None) or None
    emit("authz_fail", principal=principal, needs=needs, reason="odoo", model=model, operation=method, ids=ids)


def ids_among(given: object) -> list[int]:
    """The ids, of a bounded number, where these are some."""
    records = given if isinstance(given, (list, tuple, set)) else [given]
    return [record for record in records if type(record) is int][:_MAX_IDS]
