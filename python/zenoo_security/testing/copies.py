"""Databases as copies of the template or of each other: `CREATE DATABASE ... TEMPLATE` and the files of attachments."""

from __future__ import annotations

import re
import secrets
import shutil
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.template import TEMPLATE, copy_attachments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zenoo_security.testing.postgres import PostgresServer

__all__ = ["Copies"]

# The parameters that must not be the same in two databases: sessions are signed with the secret.
_RENEW = """
    UPDATE ir_config_parameter SET value = CASE key WHEN 'database.uuid' THEN gen_random_uuid()::text ELSE %s END
    WHERE key IN ('database.uuid', 'database.secret')
"""
_HANG_UP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
_NAMES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY datname"


@dataclass(frozen=True)
class Copies:
    """The databases of one server.

    What is connected to one is ended as the superuser: it may be autovacuum, which the role `odoo` may not end.

    Attributes:
        server: PostgreSQL.
        filestore: Odoo's folder of attachments, with one folder for each database.
    """

    server: PostgresServer
    filestore: Path

    def create(self, name: str, source: str = TEMPLATE) -> None:
        """Copy the template, or another database, whose connections end.

        Raises:
            LocalOdooError: there is one of that name, or it cannot be a name, or there is no such source.
        """
        with nullcontext() if source == TEMPLATE else self._at_rest(source):
            self.server.sql("postgres", f"CREATE DATABASE {_quote(name)} TEMPLATE {_quote(source)}")
        self.server.sql(name, _RENEW, [secrets.token_hex(32)])
        copy_attachments(self.filestore / source, self.filestore / name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it; nothing happens when there is none."""
        self.server.sql("postgres", f"DROP DATABASE IF EXISTS {_quote(name)} WITH (FORCE)", role="postgres")
        shutil.rmtree(self.filestore / name, ignore_errors=True)

    def names(self) -> list[str]:
        """Return the names of those that were created and not dropped."""
        return [row["datname"] for row in self.server.sql("postgres", _NAMES)]

    @contextmanager
    def _at_rest(self, name: str) -> Iterator[None]:
        """Nobody is connected to a database, as PostgreSQL demands of one that is copied."""
        connections = f"ALTER DATABASE {_quote(name)} ALLOW_CONNECTIONS"
        self.server.sql("postgres", f"{connections} false")
        try:
            self.server.sql("postgres", _HANG_UP, [name], role="postgres")
            yield
        finally:
            self.server.sql("postgres", f"{connections} true")


def _quote(name: str) -> str:
    """Return a name as SQL, if Odoo could use it as the name of a database: it is part of paths and addresses."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", name):
        raise LocalOdooError("a database's name is at most 63 letters, digits, dots, hyphens and underscores")
    return f'"{name}"'
