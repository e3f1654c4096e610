"""A PostgreSQL server of our own: private data, a private socket, a loopback port, and nothing written for good.

Who may connect is decided by the kernel (peer authentication on a socket in a private folder); the loopback port takes
the role `odoo` with a random password (SCRAM-SHA-256) and nobody else.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import secrets
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing.commands import run
from zenoo_security.testing.processes import Process, as_user, ends_on_error, spawn, tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["PostgresServer", "free_port"]

ROLE = "odoo"
_ATTEMPTS = 3
_START_TIMEOUT_S = 60.0
# sun_path holds 108 bytes, unix(7).
_SOCKET_PATH_MAX = 107
# LOCK_FILE_LINE_PM_STATUS
_STATUS_LINE = 8
_SQL = Path(__file__).with_name("_sql.py")
# Tests keep nothing: a crash may lose it all.
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
    "synchronous_commit": "off",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server.

    Attributes:
        folder: its data, socket and log.
        port: its TCP port on 127.0.0.1.
        password: of the role `odoo` on that port.
        process: the postmaster.
        python: an interpreter that has psycopg2 or psycopg.
    """

    folder: Path
    port: int
    password: str
    process: Process
    python: Path

    def sql(self, database: str, query: str, params: Sequence[Any] = (), *, role: str = ROLE) -> list[dict[str, Any]]:
        """Run one statement, committed at once, and return its rows.

        Args:
            database: the database's name.
            query: SQL with `%s` for each parameter.
            params: the values, sent apart from the text by the driver.
            role: who asks.

        Raises:
            LocalOdooError: PostgreSQL refused the statement.
        """
        request = {
            "connection": {"host": str(self.folder / "socket"), "port": self.port, "user": role, "dbname": database},
            "query": query,
            "params": list(params),
        }
        answer = run(
            [self.python, "-I", _SQL],
            failure="PostgreSQL refused the statement",
            env=_environment(),
            stdin=json.dumps(request),
        )
        rows: list[dict[str, Any]] = json.loads(answer)
        return rows

    def stop(self) -> None:
        """Stop it at once; SIGINT is PostgreSQL's fast shutdown."""
        self.process.stop(signal.SIGINT)


def initialize(programs: Path, folder: Path) -> None:
    """Make a cluster with the role `odoo`, and nothing else, below a folder that `prepare` has made.

    Raises:
        LocalOdooError: initdb failed.
    """
    failure = "PostgreSQL could not make its data folder"
    user, data = as_user(_server_user()), folder / "data"
    options = ["--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres", "--no-sync"]
    access = ["--auth-local=peer", "--auth-host=scram-sha-256"]
    run(
        [*user, programs / "initdb", *options, *access, "-D", data],
        failure=failure,
        env=_environment(),
        cwd=folder,
    )
    run(
        [*user, programs / "postgres", "--single", "-D", data, "postgres"],
        failure=failure,
        env=_environment(),
        cwd=folder,
        stdin=f"CREATE ROLE {ROLE} LOGIN CREATEDB\n",
    )


def prepare(folder: Path) -> None:
    """Make the folder of a server, owned by the user that it will run as."""
    for path in (folder, folder / "socket"):
        path.mkdir(mode=0o700)
        give_away(path)


def give_away(path: Path) -> None:
    """Make the server's user the owner."""
    user = _server_user()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def start(
    programs: Path,
    folder: Path,
    python: Path,
    *,
    attached: bool,
    again: PostgresServer | None = None,
    settings: Mapping[str, str] = {},
) -> PostgresServer:
    """Start the cluster below a folder on a free port, and give the role `odoo` a new password.

    Args:
        programs: the folder of PostgreSQL's programs.
        folder: that of the cluster.
        python: an interpreter that has psycopg2 or psycopg.
        attached: whether the server dies with this process.
        again: one that has ended, whose port and password it keeps.
        settings: of the server, in place of those for tests.

    Raises:
        LocalOdooError: it did not start; the message has the end of its log.
    """
    if len(os.fsencode(folder / "socket" / ".s.PGSQL.65535")) > _SOCKET_PATH_MAX:
        raise LocalOdooError(f"{folder} is too long for a socket: name a shorter folder with TMPDIR")
    _write_access_rules(folder / "data")
    for _ in range(_ATTEMPTS):
        port, password = (again.port, again.password) if again else (free_port(), secrets.token_urlsafe(24))
        process = _launch(programs, folder, {**_SETTINGS, **settings, "port": str(port)}, attached=attached)
        server = _welcome(PostgresServer(folder, port, password, process, python))
        if server is not None:
            return server
    raise LocalOdooError(f"PostgreSQL did not start. The end of its log:{tail(folder / 'log')}")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on. Another program may take it before its use: try again then."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _launch(programs: Path, folder: Path, settings: Mapping[str, str], *, attached: bool) -> Process:
    options = {**settings, "unix_socket_directories": str(folder / "socket")}
    return spawn(
        [programs / "postgres", "-D", folder / "data", *(f"--{name}={value}" for name, value in options.items())],
        log=folder / "log",
        env=_environment(),
        cwd=folder,
        user=_server_user(),
        attached_signal=signal.SIGQUIT if attached else None,
    )


def _welcome(server: PostgresServer) -> PostgresServer | None:
    """Wait until a server is ready, and set its password; stop it and return None when it does not become so."""
    with ends_on_error(server.process, signal.SIGQUIT):
        if _becomes_ready(server):
            server.sql("postgres", f"ALTER ROLE {ROLE} PASSWORD %s", [server.password], role="postgres")
            return server
    server.process.stop(signal.SIGQUIT)
    return None


def _becomes_ready(server: PostgresServer) -> bool:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while server.process.is_alive() and time.monotonic() < deadline:
        if _is_ready(server):
            return True
        time.sleep(0.02)
    return False


def _is_ready(server: PostgresServer) -> bool:
    """Read the postmaster's own word: its id and line 8 of its lock file, miscadmin.h; a killed one leaves its own."""
    try:
        lines = (server.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    if len(lines) < _STATUS_LINE or lines[0] != str(server.process.pid):
        return False
    return lines[_STATUS_LINE - 1].strip() == "ready"


def _write_access_rules(data: Path) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    (data / "pg_hba.conf").write_text(f"local all all peer map=own\nhost all {ROLE} 127.0.0.1/32 scram-sha-256\n")
    (data / "pg_ident.conf").write_text(f"own {me} {ROLE}\nown {me} postgres\n")


def _server_user() -> pwd.struct_passwd | None:
    """Return who the server runs as when this is root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LocalOdooError("PostgreSQL does not run as root and there is no user postgres: adduser --system postgres")


def _environment() -> dict[str, str]:
    """Return nothing of this process's environment: PostgreSQL's programs and driver would read settings from it."""
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
