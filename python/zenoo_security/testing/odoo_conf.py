"""The settings that the local Odoo starts with."""

from __future__ import annotations

import os
import secrets
from configparser import RawConfigParser
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from zenoo_security.testing import cheap_hashes
from zenoo_security.testing.postgres import ROLE, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from zenoo_security.testing.postgres import PostgresServer

__all__ = ["OdooSettings"]

_SERVER_WIDE = "base,rpc,web"


@dataclass(frozen=True)
class OdooSettings:
    """What can be chosen of them.

    Attributes:
        workers: processes that answer requests; 0 for one process with threads.
        addons: folders of modules beside those of Odoo and of this package.
        sections: more settings by section and name, such as `{"options": {"proxy_mode": True}}`.
    """

    workers: int = 0
    addons: Sequence[Path | str] = ()
    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def write(self, folder: Path, postgres: PostgresServer, *, port: int) -> Path:
        """Write `odoo.conf` into a folder; it names no database password, since the socket asks for none."""
        parser = RawConfigParser()
        parser.read_dict({"options": self._options(folder, postgres, port)})
        parser.read_dict(self.sections)
        options = parser["options"]
        options["server_wide_modules"] = _with_cheap_hashes(options["server_wide_modules"])
        path = folder / "odoo.conf"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            parser.write(file)
        return path

    def _options(self, folder: Path, postgres: PostgresServer, port: int) -> dict[str, Any]:
        options = {
            "admin_passwd": secrets.token_urlsafe(24),
            "data_dir": folder / "data",
            "db_host": postgres.folder / "socket",
            "db_port": postgres.port,
            "db_user": ROLE,
            "gevent_port": free_port(),
            "http_interface": "127.0.0.1",
            "http_port": port,
            "max_cron_threads": 0,
            "server_wide_modules": _SERVER_WIDE,
            "workers": self.workers,
        }
        if self.addons:
            options["addons_path"] = ",".join(map(str, self.addons))
        return options


def _with_cheap_hashes(chosen: str | None) -> str:
    """Add the module to those that were chosen; for Odoo, an empty list is its own."""
    names = [name for name in (chosen or "").split(",") if name.strip()]
    return ",".join([*(names or [_SERVER_WIDE]), cheap_hashes.MODULE])
