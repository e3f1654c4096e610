"""`zenoo-security lockout`: whether a login has to wait, and what an administrator does for its owner."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.app import App
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.cli.process import os_user
from zenoo_security.cli.store import Database, database_of, opened, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.config import SecurityConfig
    from zenoo_security.lockout import Lockout, LockoutStatus

__all__ = ["app"]

app = App("Logins that have to wait after failures, counted by an application in front of Odoo.")

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The user's, however it is spelled.")]
Network = Annotated[str, typer.Argument(metavar="ADDRESS", help="Of a client; of IPv6 its /64 is meant.")]
ClientIp = Annotated[str | None, typer.Option("--client-ip", metavar="ADDRESS", help="Where the user logs in from.")]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", metavar="URL", help="Where failures are counted; or ZENOO_SECURITY_STORE_URL."),
]


@app.command()
def status(
    login: Login,
    *,
    client_ip: ClientIp = None,
    database: Database = None,
    store: StoreUrl = None,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Say whether a login has to wait. Exit code 1 when it has to.

    With --client-ip it is what a login from there would be told, without it what one from anywhere. Names that nobody
    has are counted like others. A device that is known for the account has a count of its own, which is not
    seen here.
    """
    config, name = _account(store, database, login)

    async def work() -> LockoutStatus:
        async with _lockout(config) as lockout:
            return await lockout.status(name, login, client_ip)

    found = asyncio.run(work())
    if output is Format.JSON:
        typer.echo(json.dumps(_document(found)))
    else:
        typer.echo(_told(found))
    if found.locked:
        raise typer.Exit(1)


@app.command()
def unlock(
    login: Login,
    *,
    client_ip: ClientIp = None,
    database: Database = None,
    store: StoreUrl = None,
) -> None:
    """Forget the failures of an account. Make sure of who is asking: whoever guessed may guess again.

    With --client-ip also what was counted there is forgotten; other networks from which the account failed, and devices
    that are known for it, stay slowed down, for an hour at most by default.
    """
    config, name = _account(store, database, login)

    async def work() -> LockoutStatus:
        async with _lockout(config) as lockout:
            before = await lockout.status(name, login, client_ip)
            await lockout.unlock(name, login, client_ip, by=os_user())
            return before

    was = asyncio.run(work())
    typer.echo(f"the failures of the account are forgotten; it was {_told(was)}")


@app.command("unlock-network")
def unlock_network(address: Network, *, store: StoreUrl = None) -> None:
    """Forget the failures of a network, whatever the accounts. Accounts stay as they are."""
    config = settings(store)

    async def work() -> None:
        async with _lockout(config) as lockout:
            await lockout.unlock_network(address, by=os_user())

    asyncio.run(work())
    typer.echo("the failures of the network are forgotten")


def _account(store: str | None, database: str | None, login: str) -> tuple[SecurityConfig, str]:
    """The settings and the database, for a login that can be one; what cannot is counted for nobody."""
    from zenoo_security.accounts import check_database, check_login

    config = settings(store)
    check_login(login)
    return config, check_database(database_of(config, database))


@asynccontextmanager
async def _lockout(config: SecurityConfig) -> AsyncIterator[Lockout]:
    from zenoo_security.lockout import Lockout, LockoutPolicy

    ring = config.load_key_ring()
    async with opened(config) as store:
        yield Lockout(store, key_ring=ring, policy=LockoutPolicy.from_config(config))


def _told(found: LockoutStatus) -> str:
    if found.stopped:
        return "locked until somebody unlocks it"
    return f"locked for {math.ceil(found.retry_after_s)} s" if found.locked else "not locked"


def _document(found: LockoutStatus) -> dict[str, object]:
    return {
        "locked": found.locked,
        "stopped": found.stopped,
        "retry_after_s": None if found.stopped else found.retry_after_s,
    }
