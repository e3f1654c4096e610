"""The `safe_*` calls of zenoo-rpc, which turned a denial into None or an empty list.

They still forgive what they are for: values that Odoo refuses, and records that are hidden or gone. Everything else
(no rights to the model, no login, no Odoo, an encrypted field that cannot be queried) reaches the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_rpc.utils.fallback import FallbackManager

from zenoo_security.client.errors import AccessRefused, RecordMissing, ValidationRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

__all__ = ["SecureFallbacks"]

Context: TypeAlias = dict[str, Any] | None
Rows: TypeAlias = list[dict[str, Any]]


class SecureFallbacks(FallbackManager):
    """The fallback manager of zenoo-rpc for a secure client; it caches no permission."""

    async def safe_operation(
        self,
        operation: Callable[[], Awaitable[Any]],
        fallback_operation: Callable[[], Awaitable[Any]] | None = None,
        fallback_value: Any = None,
        log_errors: bool = True,  # noqa: ARG002
        raise_on_critical: bool = False,
    ) -> Any:
        """Run an operation; where Odoo refuses its values, run the fallback or return its value."""
        try:
            return await operation()
        except ValidationRefused:
            if fallback_operation is None and raise_on_critical:
                raise
        return await fallback_operation() if fallback_operation else fallback_value

    async def safe_create_with_fallback(
        self,
        model: str,
        values: dict[str, Any],
        context: Context = None,
        required_fields_only: bool = False,  # noqa: ARG002
    ) -> int | None:
        """Create a record, or return None where Odoo refuses the values; never with a part of them only."""
        try:
            return int(await self.client.create(model, values, context))
        except ValidationRefused:
            return None

    async def get_accessible_records(
        self,
        model: str,
        ids: list[int],
        fields: list[str] | None = None,
        context: Context = None,
    ) -> Rows:
        """Return those of the records that the user may see."""
        rows: Rows = await self.client.search_read(model, [("id", "in", ids)], fields=fields, context=context)
        return rows

    async def adaptive_read(
        self,
        model: str,
        ids: list[int],
        fields: list[str] | None = None,
        context: Context = None,
    ) -> Rows:
        """Read the records, or those that the user may see where some are hidden or gone."""
        try:
            rows: Rows = await self.client.read(model, ids, fields, context)
        except (AccessRefused, RecordMissing):
            return await self.get_accessible_records(model, ids, fields, context)
        return rows

    async def check_operation_permission(self, model: str, operation: str, use_cache: bool = True) -> bool:  # noqa: ARG002
        """Ask Odoo whether the user may do this; asked each time, since rights can be taken away."""
        return bool(await self.client.check_model_access(model, operation))

    async def get_user_capabilities(self, models: Sequence[str]) -> dict[str, dict[str, bool]]:
        """Ask Odoo for the user's rights on several models."""
        return {model: await self.client.get_user_permissions(model) for model in models}
