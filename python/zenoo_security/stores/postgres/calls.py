"""Calls of the functions in schema.sql: in time, on a connection of the pool, with errors that tell nothing secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg
from psycopg import errors, sql

from zenoo_security.errors import ConfigurationError, StoreUnavailable
from zenoo_security.stores.deadline import within
from zenoo_security.stores.postgres import schema as schemas

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from zenoo_security.stores.postgres.pool import Pool

__all__ = ["Calls"]

_T = TypeVar("_T")

_CREATE_TIMEOUT_S: Final = 30.0

_TEXTS: Final = {
    "get": "SELECT {schema}.get(%s)",
    "put": "SELECT {schema}.put(%s, %s, %s::float8)",
    "add": "SELECT {schema}.add(%s, %s, %s::float8)",
    "delete": "SELECT {schema}.delete(%s)",
    "compare_and_set": "SELECT {schema}.compare_and_set(%s, %s, %s, %s::float8)",
    "take": "SELECT * FROM {schema}.take(%s, %s::boolean[], %s::integer[], %s::float8[], %s::integer)",
    "peek": "SELECT * FROM {schema}.peek(%s, %s::boolean[], %s::integer[], %s::float8[], %s::integer)",
    "forget": "SELECT {schema}.forget(%s)",
    "reserve": "SELECT {schema}.reserve(%s, %s::float8[], %s::integer[], %s::integer[], %s::float8[])",
    "settle": "SELECT {schema}.settle(%s, %s::integer[], %s::text[])",
    "scan": "SELECT * FROM {schema}.scan(%s, %s, %s::integer, %s::integer)",
    "clock": "SELECT {schema}.clock()",
}
"""Each operation is one call of a function in schema.sql: one statement and one round trip."""

_GONE: Final = (errors.UndefinedFunction, errors.UndefinedTable, errors.InvalidSchemaName)


class Calls:
    """The functions of one schema.

    Args:
        pool: where the connections are.
        schema: its name; made at the first call.
        timeout_s: seconds within which a call answers or is refused.
    """

    def __init__(self, pool: Pool, *, schema: str, timeout_s: float) -> None:
        self._pool: Final = pool
        self._schema: Final = schema
        self._timeout_s: Final = timeout_s
        name = sql.Identifier(schema)
        self._texts: Final = {call: sql.SQL(text).format(schema=name).as_bytes() for call, text in _TEXTS.items()}
        self._checked = False

    async def value(self, call: str, *arguments: object, repeat: bool = False) -> Any:
        """What a function gives that gives one value. Arguments and exceptions as for `rows`."""
        [(value,)] = await self.rows(call, *arguments, repeat=repeat)
        return value

    async def rows(self, call: str, *arguments: object, repeat: bool = False) -> list[tuple[Any, ...]]:
        """Call a function.

        Args:
            call: its name in schema.sql.
            arguments: its arguments.
            repeat: whether to call it again when the connection is lost; only what reads can be done twice.

        Raises:
            StoreUnavailable: PostgreSQL did not answer in time, or not as it should.
            StoreIncompatible: the schema is of another version, or another's.
            ConfigurationError: the role may not make or use the schema.
        """
        rows = await self._done(self._ask(call, arguments, repeat=repeat), self._timeout_s)
        if rows is None:
            await self._done(self._create(), max(self._timeout_s, _CREATE_TIMEOUT_S))
            rows = await self._done(self._ask(call, arguments, repeat=repeat), self._timeout_s)
        if not rows and call != "scan":
            raise StoreUnavailable("PostgreSQL answered nonsense")
        return rows or []

    async def _ask(self, call: str, arguments: Sequence[object], *, repeat: bool) -> list[tuple[Any, ...]] | None:
        """The rows that a function gives; `None` when the schema is to be made first."""
        try:
            return await self._ask_once(call, arguments)
        except psycopg.OperationalError:
            if not repeat:
                raise
        return await self._ask_once(call, arguments)

    async def _ask_once(self, call: str, arguments: Sequence[object]) -> list[tuple[Any, ...]] | None:
        async with self._pool.connection() as connection:
            self._checked = self._checked or await schemas.check(connection, self._schema)
            if not self._checked:
                return None
            cursor = await connection.execute(self._texts[call], arguments, binary=True)
            return await cursor.fetchall()

    async def _create(self) -> None:
        async with self._pool.connection() as connection:
            # Of many who come at once most find it made when it is their turn for a connection.
            if not self._checked:
                await schemas.create(connection, self._schema)
                self._checked = True

    async def _done(self, work: Coroutine[Any, Any, _T], seconds: float) -> _T:
        task = await within(seconds, work, "PostgreSQL")
        error = task.exception()
        if error is None:
            return task.result()
        # Outside of any `except`: the driver's messages name hosts, roles and statements, and are no context of ours.
        raise self._refusal(error)

    def _refusal(self, error: BaseException) -> BaseException:
        if not isinstance(error, (psycopg.Error, OSError, UnicodeError)):
            return error
        if isinstance(error, _GONE):
            self._checked = False
        if isinstance(error, errors.InsufficientPrivilege):
            return ConfigurationError(
                f"the PostgreSQL role may not make or use the schema {self._schema}: let an administrator run "
                f"CREATE SCHEMA {self._schema} AUTHORIZATION the_role; in the store's database"
            )
        state = getattr(error, "sqlstate", None)
        reason = f"it refused with SQLSTATE {state}" if state else "it cannot be reached, or lets nobody in"
        return StoreUnavailable(f"PostgreSQL did not do what was asked: {reason}")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()
