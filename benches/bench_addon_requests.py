"""Logins and requests of an Odoo with the addon beside one without, each started for these rows alone.

Two servers that are alike differ by more than is measured here: where the memory of a process lies makes it faster or
slower for as long as it lives, and so does whom it is asked after. So each side has two, asked in turns of every order.

Requests are bytes on a socket, and answers are not parsed: what the parser of a client takes for more fields is not the
addon's.
"""

from __future__ import annotations

import atexit
import json
import secrets
import socket
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from harness import Measure

from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.testing.database import OdooDatabase, OdooUser

LIMITS = ("rpc_address_limit", "rpc_user_limit", "web_user_limit", "login_address_limit")
SERVER_WIDE = "base,rpc,web"
LOGINS, REQUESTS, ROUNDS = 1, 10, 40


@dataclass(frozen=True)
class Side:
    """A database, and somebody who works in it."""

    database: OdooDatabase
    user: OdooUser
    session_id: str

    def log_in(self) -> None:
        """Log in over RPC, which compares the password with its hash."""
        assert self.database.login(self.user.login, self.user.password) == self.user.uid

    def request(self) -> None:
        """Make a call with a session that is as little work as one can be."""
        host, port = self.database.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(self._call)
            answer = b""
            while not answer.endswith(b"}") and (part := connection.recv(65536)):
                answer += part
        assert b'"result": true' in answer, answer

    @cached_property
    def _call(self) -> bytes:
        args = [[self.user.uid], "base.group_user"]
        call = {"params": {"model": "res.users", "method": "has_group", "args": args, "kwargs": {}}}
        body = json.dumps(call).encode()
        head = f"""POST /web/dataset/call_kw/res.users/has_group HTTP/1.1
            Host: {self.database.url.removeprefix("http://")}
            Cookie: session_id={self.session_id}
            Content-Type: application/json
            Content-Length: {len(body)}
            Connection: close"""
        return b"\r\n".join([*(line.strip().encode() for line in head.splitlines()), b"", body])


def started(settings: dict, *modules: str) -> Side:
    """An Odoo with a user in a session."""
    server = LocalOdoo(settings=settings, progress=PlainProgress(sys.stderr))
    server.start()
    atexit.register(server.stop)
    database = server.create_database()
    database.install("base_setup", *modules)
    # As Odoo has it in production.
    database.call("ir.config_parameter", "set_param", "password.hashing.rounds", "600000")
    user = database.create_user(login="clerk", password=secrets.token_urlsafe(16))
    params = {"db": database.name, "login": user.login, "password": user.password}
    answer = httpx.post(f"{database.url}/web/session/authenticate", json={"params": params}, timeout=60)
    return Side(database, user, answer.cookies["session_id"])


@cache
def servers() -> list[tuple[str, Side]]:
    """Two with the addon as its guide installs it, but for quotas that are never used up; and two without."""
    keys = Path(tempfile.mkdtemp()) / "keys.json"
    keyring.save(KeyRing.generate(), keys)
    addon = {"key_ring_file": keys, **dict.fromkeys(LIMITS, "100000/30 days")}
    ours = {"options": {"server_wide_modules": f"{SERVER_WIDE},zenoo_security"}, "zenoo_security": addon}
    peer = {"options": {"server_wide_modules": SERVER_WIDE}}
    return [
        ("peer", started(peer)),
        ("ours", started(ours, "zenoo_security")),
        ("ours", started(ours, "zenoo_security")),
        ("peer", started(peer)),
    ]


def medians_ms(work: Callable[[Side], None], calls: int) -> dict[str, float]:
    """Milliseconds a call with and without the addon, of rounds in each of which another begins."""
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for number in range(ROUNDS):
        first = number % 4
        turns = servers()[first:] + servers()[:first]
        for who, side in turns if number % 8 < 4 else reversed(turns):
            for _ in range(calls):
                begun = time.perf_counter()
                work(side)
                times[who].append(1e3 * (time.perf_counter() - begun))
    medians = {who: statistics.median(measured) for who, measured in times.items()}
    print(f"{medians['peer']:.2f} ms without the addon, {medians['ours']:.2f} ms with it", file=sys.stderr)
    return medians


def login() -> float:
    """How the time of a login with argon2id is to that of Odoo's own."""
    medians = medians_ms(Side.log_in, LOGINS)
    return medians["ours"] / medians["peer"]


def request() -> float:
    """What headers, limits and audit add to a request."""
    medians = medians_ms(Side.request, REQUESTS)
    return medians["ours"] - medians["peer"]


def rows() -> list[Measure]:
    """What an Odoo with the addon takes beside one without."""
    return [
        Measure("log in over RPC: argon2id and the count of failures / Odoo's PBKDF2", "part", login, at_most=1),
        Measure("what headers, limits and audit add to a small request in a session", "ms", request, at_most=0.3),
    ]
