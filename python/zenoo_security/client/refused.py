"""What the audit log is told when Odoo itself refuses a user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.audit import emit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.principal import Principal

__all__ = ["tell_refusal"]

_MAX_IDS: Final = 100


def tell_refusal(principal: Principal, model: str, method: str, args: Sequence[Any]) -> None:
    """Tell which call of which user Odoo refused; ids only where they are some."""
    first = args[0] if args else None
    ids = [record for record in first if type(record) is int][:_MAX_IDS] if isinstance(first, (list, tuple)) else []
    more: dict[str, Any] = {"ids": ids} if ids else {}
    needs = f"{model}:{method}"
    emit("authz_fail", principal=principal, needs=needs, reason="odoo", model=model, operation=method, **more)
