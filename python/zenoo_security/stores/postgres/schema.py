"""The schema of the store: made on first use, by one of those who come at once, and refused when it is another's."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from psycopg import sql

from zenoo_security.errors import ParameterError, StoreIncompatible, StoreUnavailable

if TYPE_CHECKING:
    import psycopg

__all__ = ["VERSION", "check", "check_name", "create"]

VERSION: Final = 3
"""That of schema.sql. Whoever changes that file in any way counts this up, there too."""

_NAME: Final = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_SCHEMA: Final = Path(__file__).with_name("schema.sql")

# Whether there is such a schema, whether anything is in it, whether it has our table of the version, and whether it
# belongs to us or to a superuser. Any other owner, such as that of Odoo's database, could have made functions that let
# everybody in, or do so later.
_STATE: Final = """
SELECT n.oid IS NOT NULL,
    EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid),
    EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = n.oid AND c.relname = 'version' AND a.attname = 'version'),
    n.oid IS NULL OR pg_catalog.pg_has_role(n.nspowner, 'USAGE') OR (SELECT r.rolsuper FROM pg_catalog.pg_roles r
        WHERE r.oid = n.nspowner)
FROM (VALUES (%s)) AS wanted (name) LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.name
"""

# To make the schema may take longer than one operation, and others wait for the one who does.
_PATIENCE: Final = "SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '10s'"


def check_name(name: object) -> None:
    """The name of a schema is 1 to 63 lower-case letters, digits and underscores, and none of PostgreSQL's own.

    Raises:
        ParameterError: it is not.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ParameterError("schema is a name of 1 to 63 characters a-z, 0-9 and _, not beginning with a digit or pg_")


async def check(connection: psycopg.AsyncConnection[tuple[Any, ...]], name: str) -> bool:
    """Tell whether the schema is there, of this version; False when it is to be made.

    Raises:
        StoreIncompatible: it is there, and of another version, another's, or owned by one who may not have our trust.
        StoreUnavailable: PostgreSQL did not say.
    """
    exists, used, ours, trusted = await _row(connection, _STATE, name)
    if not trusted:
        raise StoreIncompatible(f"the schema {name} belongs to another role, who could lift lock-outs: let it be ours")
    if not used:
        return False
    if not (exists and ours):
        raise StoreIncompatible(f"the schema {name} holds something else: name another one with schema=")
    cursor = await connection.execute(_in_schema("SELECT version FROM {schema}.version", name))
    _require_ours([version for (version,) in await cursor.fetchall()], name)
    return True


async def create(connection: psycopg.AsyncConnection[tuple[Any, ...]], name: str) -> None:
    """Make the schema, or its contents when it is there and empty; or nothing, when somebody else did meanwhile.

    Raises:
        StoreIncompatible, StoreUnavailable: as for `check`.
    """
    async with connection.transaction():
        await connection.execute(_PATIENCE)
        await connection.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s)", [_lock(name)])
        if await check(connection, name):
            return
        exists, *_ = await _row(connection, _STATE, name)
        if not exists:
            await connection.execute(_in_schema("CREATE SCHEMA {schema}", name))
        await connection.execute(_in_schema(_SCHEMA.read_text(encoding="utf-8"), name))


def _require_ours(versions: list[object], name: str) -> None:
    if versions == [VERSION]:
        return
    [version] = versions if len(versions) == 1 else [None]
    if not isinstance(version, int):
        raise StoreIncompatible(f"the schema {name} holds something else: name another one with schema=")
    if version > VERSION:
        raise StoreIncompatible(f"the schema {name} was made by a newer version of zenoo-security: install that one")
    raise StoreIncompatible(
        f"the schema {name} was made by an older version of zenoo-security, and there is no way from it to this one: "
        f"name another one with schema=, or stop all processes and run DROP SCHEMA {name} CASCADE, which ends all "
        "sessions and lock-outs and removes the second factors"
    )


def _in_schema(text: str, name: str) -> sql.Composed:
    return sql.SQL(text).format(schema=sql.Identifier(name))


async def _row(connection: psycopg.AsyncConnection[tuple[Any, ...]], query: str, name: str) -> tuple[Any, ...]:
    cursor = await connection.execute(query, [name])
    row = await cursor.fetchone()
    if row is None:
        raise StoreUnavailable("PostgreSQL answered nonsense")
    return row


def _lock(name: str) -> int:
    """The advisory lock of those who make this schema."""
    digest = hashlib.sha256(f"zenoo-security schema {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
