"""`keys reseal` and `keys retire`: the end of a key, once nothing is left that needs it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zenoo_security.cli import connection, store
from zenoo_security.cli.keys.changing import apply, report
from zenoo_security.cli.keys.options import DryRun, Json, KekFile, KeyId, KeyRingFile, StoreUrl, say, say_json, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.errors import ConfigurationError, KeyInUse, KeyRingError

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.keys import Use
    from zenoo_security.mfa.records import Resealed

__all__ = ["reseal", "retire"]


class Counted(NamedTuple):
    """What needs a key.

    Attributes:
        uses: what was counted.
        unknown: the places that were not.
    """

    uses: list[Use]
    unknown: list[str]


def reseal(
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    store_url: StoreUrl = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Seal second factors with the primary key. They stay for years; what else is in the store ends within a day."""
    ring, url = find(key_ring, kek).load(), store.url_of(store_url)
    if url is None:
        raise ConfigurationError(f"no store: set {store.VARIABLE}, or give --store URL")
    came = asyncio.run(_resealed(url, ring, dry_run=dry_run))
    if as_json:
        say_json({**came._asdict(), "primary": ring.primary_id, "dry_run": dry_run})
    else:
        verb = "would be" if dry_run else "were"
        say(f"{came.old} of {came.seen} second factors {verb} sealed anew, with key {ring.primary_id}.")
    if came.unreadable:
        warn(f"{came.unreadable} cannot be opened: those users need MFAManager.reset, and to enroll again")
        raise typer.Exit(1)


async def _resealed(url: str, ring: KeyRing, *, dry_run: bool) -> Resealed:
    from zenoo_security.mfa.records import Records

    async with store.opened(url) as opened:
        return await Records(opened, ring).reseal(dry_run=dry_run)


def retire(
    key_id: KeyId,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    fields: connection.FieldsFile = None,
    url: connection.Url = None,
    database: connection.Database = None,
    login: connection.Login = None,
    no_odoo: Annotated[bool, typer.Option("--no-odoo", help="No field of an Odoo is encrypted.")] = False,
    store_url: StoreUrl = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="There are no sessions and no second factors.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Retire it all the same; asks on a terminal.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a key open nothing any more, once Odoo and the store hold nothing of it: both are counted before."""
    source = find(key_ring, kek)
    source.file, ring = source.file, source.load()
