"""The calls on records: one request each, decided by Odoo alone.

zenoo-rpc asks for all fields before a `create` and searches the records before a `write` or `unlink`. The first has no
effect, the second refuses archived records and is out of date by the time of the write; both double the latency.
`check_model_access` guesses, and answers True for what Odoo then refuses; Odoo's own `has_access` is asked instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from zenoo_rpc.client import ZenooClient

from zenoo_security.client.calls import Call
from zenoo_security.client.errors import ValidationRefused
from zenoo_security.client.pages import Pages
from zenoo_security.client.scope import Scoped
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

__all__ = ["Context", "RecordMethods"]

Context: TypeAlias = dict[str, Any] | None
Rows: TypeAlias = list[dict[str, Any]]

_OPERATIONS = ("create", "read", "write", "unlink")


class RecordMethods(Scoped, ZenooClient):
    """`ZenooClient` with these calls replaced, and `search` and `search_read_pages` added."""

    async def search(
        self,
        model: str,
        domain: list[Any],
        limit: int | None = None,
        offset: int = 0,
        order: str | None = None,
        *,
        context: Context = None,
    ) -> list[int]:
        """Return the ids of the records that match."""
        options = {"limit": limit, "offset": offset or None, "order": order or None}
        kwargs = {name: value for name, value in options.items() if value is not None}
        ids: list[int] = await self.execute_kw(model, "search", [domain], kwargs, context)
        return ids

    def search_read_pages(
        self,
        model: str,
        domain: list[Any],
        fields: list[str] | None = None,
        *,
        page_size: int = 1000,
        context: Context = None,
    ) -> AsyncGenerator[list[dict[str, Any]], None]:
        """Yield the records that match in lists, by id; the next one is on its way while one is decrypted and used.

        Each record is seen as it is when its page is asked for. To stop early, close the generator
        (`contextlib.aclosing`), or the request that is on its way ends later than the loop.

        Args:
            model: such as `res.partner`.
            domain: which records.
            fields: what to read of them; by default all.
            page_size: records in a list, at least 1.
            context: added to the user's.

        Raises:
            ParameterError: `page_size` is less than 1.
            NotLoggedIn: while the pages are read, somebody else has logged in.
        """
        options = {"fields": list(fields)} if fields else {}
        search = Call(model, "search_read", [domain], options, dict(context or {}))
        return Pages(self._call, self.scope, search, page_size).read()

    async def _call(self, call: Call) -> Any:
        raise NotImplementedError

    async def create(
        self,
        model: str,
        values: dict[str, Any] | list[dict[str, Any]],
        context: Context = None,
        validate_required: bool = False,  # noqa: ARG002
    ) -> Any:
        """Create a record, or several from a list; return the id or the ids.

        Args:
            model: such as `res.partner`.
            values: field values.
            context: added to the user's.
            validate_required: without effect, as in zenoo-rpc; Odoo checks.
        """
        return await self.execute_kw(model, "create", [values], context=context)

    async def write(
        self,
        model: str,
        ids: list[int],
        values: dict[str, Any],
        context: Context = None,
        check_access: bool = False,  # noqa: ARG002
    ) -> bool:
        """Change records. Odoo checks the rights, whatever `check_access` says."""
        return bool(await self.execute_kw(model, "write", [ids, values], context=context))

    async def unlink(
        self,
        model: str,
        ids: list[int],
        context: Context = None,
        check_references: bool = True,  # noqa: ARG002
    ) -> bool:
        """Delete records. Odoo checks rights and references."""
        return bool(await self.execute_kw(model, "unlink", [ids], context=context))

    async def safe_create(
        self,
        model: str,
        values: dict[str, Any],
        context: Context = None,
        fallback_on_error: bool = True,
    ) -> Any:
        """Create a record, or return None where Odoo refuses the values. Every other failure is raised."""
        try:
            return await self.create(model, values, context)
        except ValidationRefused:
            if not fallback_on_error:
                raise
        return None

    async def safe_read(
        self,
        model: str,
        ids: list[int],
        fields: list[str] | None = None,
        context: Context = None,
        use_search_read: bool = True,
    ) -> Rows:
        """Read those of the records that the user may see. Every other failure is raised."""
        if not use_search_read:
            return await self.adaptive_read_records(model, ids, fields, context)
        return await self.get_accessible_records(model, ids, fields, context)

    async def check_model_access(self, model: str, operation: str = "read") -> bool:
        """Ask Odoo whether the user may do this with the model at all; record rules come on top.

        Args:
            model: such as `res.partner`.
            operation: `create`, `read`, `write` or `unlink`.

        Raises:
            ParameterError: it is another operation.
            OdooError: Odoo did not answer the question; that is not a no.
        """
        if operation not in _OPERATIONS:
            raise ParameterError(f"the operations are {', '.join(_OPERATIONS)}")
        return bool(await self.execute_kw(model, "has_access", [[], operation]))

    async def get_user_permissions(self, model: str) -> dict[str, bool]:
        """Ask Odoo for all four rights to a model."""
        return {operation: await self.check_model_access(model, operation) for operation in _OPERATIONS}
