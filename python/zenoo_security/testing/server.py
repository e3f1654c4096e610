"""Odoo's own process: its settings, its start, its first answer."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import zenoo_security
from zenoo_security.errors import LocalOdooError
from zenoo_security.testing import cheap_hashes, rpc
from zenoo_security.testing.commands import run
from zenoo_security.testing.odoo_conf import OdooSettings
from zenoo_security.testing.postgres import free_port
from zenoo_security.testing.processes import Process, ends_on_error, spawn, tail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.testing.installation import Installation
    from zenoo_security.testing.postgres import PostgresServer

__all__ = ["install_modules", "start_odoo"]

_ATTEMPTS = 3
_START_TIMEOUT_S = 120.0
_DAMAGED = "If it cannot be explained, the cache may be damaged: zenoo-security odoo reset"


def install_modules(
    installation: Installation, postgres: PostgresServer, folder: Path, database: str, modules: Sequence[str]
) -> None:
    """Make a database with modules and without demonstration data.

    Raises:
        LocalOdooError: Odoo could not; the message has the end of its log.
    """
    settings = OdooSettings().write(folder, postgres, port=free_port())
    options = ["-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http", "--log-level=warn"]
    run(
        [installation.python, installation.script, "-c", settings, *options],
        failure=f"Odoo could not make a database. {_DAMAGED}",
        env=_environment(installation, folder),
        cwd=folder,
    )


def start_odoo(
    installation: Installation,
    postgres: PostgresServer,
    folder: Path,
    *,
    port: int | None,
    settings: OdooSettings,
    attached: bool,
) -> tuple[Process, int]:
    """Start Odoo on 127.0.0.1 and wait until it answers. Return its process and its port.

    Args:
        installation: which Odoo.
        postgres: where its databases are.
        folder: its settings, log and attachments.
        port: the port; a free one without it.
        settings: what was chosen of the settings.
        attached: whether it ends when this process does.

    Raises:
        LocalOdooError: the port is taken, or it died or stayed silent; the message has the end of its log.
    """
    if port is not None:
        _require_free(port)
    log = folder / "odoo.log"
    for _ in range(_ATTEMPTS):
        chosen = port or free_port()
        process = spawn(
            [installation.python, installation.script, "-c", settings.write(folder, postgres, port=chosen)],
            log=log,
            env=_environment(installation, folder),
            cwd=folder,
            attached_signal=signal.SIGKILL if attached else None,
        )
        with ends_on_error(process, signal.SIGKILL):
            if _answers(process, f"http://127.0.0.1:{chosen}"):
                return process, chosen
        process.stop(signal.SIGKILL)
        if "Address already in use" not in tail(log):
            break
    raise LocalOdooError(f"Odoo did not start. {_DAMAGED}. The end of its log:{tail(log)}")


def _answers(process: Process, url: str) -> bool:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while process.is_alive() and time.monotonic() < deadline:
        if rpc.is_answering(url):
            # Asked once more: another program may have been faster on this port.
            return process.is_alive()
        time.sleep(0.05)
    return False


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise LocalOdooError(
                f"port {port} of 127.0.0.1 cannot be used ({error}): name another one, or none to get a free one"
            ) from None


def _environment(installation: Installation, folder: Path) -> dict[str, str]:
    """Return nothing of this process's environment: Odoo and PostgreSQL's driver would read settings from it."""
    return {
        "PATH": os.defpath,
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        # A worker closes a connection whose request does not come in 2 s: too early for clients on a busy machine.
        "ODOO_HTTP_SOCKET_TIMEOUT": "30",
        "PYTHONPATH": f"{installation.packages}{os.pathsep}{_own_packages(folder)}",
    }


def _own_packages(folder: Path) -> Path:
    """Return a folder of what is ours for Odoo, with nothing that stands beside it where it is installed."""
    package = Path(zenoo_security.__file__).parent
    place = folder / "package"
    addons = place / "odoo" / "addons"
    addons.mkdir(parents=True, exist_ok=True)
    for source, link in [
        (package, place / package.name),
        *((addon, addons / addon.name) for addon in package.parent.glob("odoo/addons/zenoo_security*")),
    ]:
        if not link.is_symlink():
            link.symlink_to(source)
    cheap_hashes.write_module(addons)
    return place
