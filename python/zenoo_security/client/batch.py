"""Batches that do not hide a denial and do not create twice.

zenoo-rpc turns every failure inside a batch into an entry of its statistics, and after any failed `create`, a lost
answer included, it creates the rows again one by one. For a `Scoped` client a batch still runs to its end, and then
raises what was denied or failed; only what Odoo refused for its values, so that nothing was stored, stays in the
results, and only then is the chunk tried row by row.
"""

from __future__ import annotations

import logging
from typing import Any

from zenoo_rpc.batch import manager
from zenoo_rpc.batch.exceptions import BatchExecutionError, BatchTimeoutError
from zenoo_rpc.batch.executor import BatchExecutor

from zenoo_security.client.errors import NotLoggedIn, ValidationRefused
from zenoo_security.client.scope import Scoped

__all__ = ["SecureBatchExecutor", "install"]

_LOG = logging.getLogger(__name__)


class SecureBatchExecutor(BatchExecutor):
    """The executor of zenoo-rpc for a `Scoped` client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._failures: list[Exception] = []
        self._scope = self.client.scope()

    async def execute_operations(self, operations: list[Any], progress_callback: Any = None) -> dict[str, Any]:
        """Run all operations, then raise the first failure that was not a refusal of values.

        Raises:
            SecurityError: an operation was denied, or its outcome is not known. The others have been carried out.
            BatchTimeoutError: an operation took longer than the manager's timeout; its outcome is not known.
        """
        self._failures.clear()
        outcome: dict[str, Any] = await super().execute_operations(operations, progress_callback)
        if self._failures:
            raise self._failures[0]
        return outcome

    async def _execute_single_operation(self, operation: Any) -> Any:
        try:
            return await super()._execute_single_operation(operation)
        except BatchTimeoutError as error:
            self._failures.append(error)
            raise

    async def _perform_operation(self, operation: Any) -> Any:
        try:
            return await super()._perform_operation(operation)
        except (ValidationRefused, BatchExecutionError):
            raise
        except Exception as error:
            self._failures.append(error)
            raise

    async def _perform_create(self, operation: Any) -> list[int]:
        try:
            return await self._create(operation, operation.data)
        except ValidationRefused:
            if len(operation.data) == 1:
                raise
        created = [row_id for row in operation.data for row_id in await self._create_or_skip(operation, row)]
        if not created:
            raise BatchExecutionError("Odoo refused every row of the batch")
        return created

    async def _create_or_skip(self, operation: Any, row: Any) -> list[int]:
        try:
            return await self._create(operation, [row])
        except ValidationRefused as refusal:
            _LOG.warning("a row of a batch create on %s was refused: %s", operation.model, refusal)
            return []

    async def _create(self, operation: Any, rows: list[Any]) -> list[int]:
        ids = await self._call(operation, "create", [rows])
        return ids if isinstance(ids, list) else [ids]

    async def _perform_update(self, operation: Any) -> bool:
        if isinstance(operation.data, dict):
            return bool(await self._call(operation, "write", [operation.record_ids, operation.data]))
        refused = 0
        for row in operation.data:
            values = {name: value for name, value in row.items() if name != "id"}
            try:
                await self._call(operation, "write", [[row["id"]], values])
            except ValidationRefused as refusal:
                refused += 1
                _LOG.warning("a row of a batch update on %s was refused: %s", operation.model, refusal)
        return not refused

    async def _perform_delete(self, operation: Any) -> bool:
        return bool(await self._call(operation, "unlink", [operation.data]))

    async def _call(self, operation: Any, method: str, args: list[Any]) -> Any:
        if self.client.scope() != self._scope:
            raise NotLoggedIn("the user who started this batch is no longer the one who is logged in")
        return await self.client.execute_kw(operation.model, method, args, context=operation.context)


def install() -> None:
    """Let every batch manager use `SecureBatchExecutor` for `Scoped` clients; a second call changes nothing."""
    setattr(manager, "BatchExecutor", _executor_for)  # noqa: B010


def _executor_for(client: Any, *args: Any, **kwargs: Any) -> BatchExecutor:
    executor = SecureBatchExecutor if isinstance(client, Scoped) else BatchExecutor
    return executor(client, *args, **kwargs)
