"""`keys reseal` and `keys retire`: the end of a key, once nothing is left that needs it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from zenoo_security.cli import connection, store
from zenoo_security.cli.keys.changing import apply, report
from zenoo_security.cli.keys.options import DryRun, Json, KekFile, KeyId, KeyRingFile, StoreUrl, say, say_json, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.errors import ConfigurationError, KeyRingError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zenoo_security.cli.connection import OdooOptions
    from zenoo_security.config import SecurityConfig
    from zenoo_security.keyring import KeyRing
    from zenoo_security.keys import Use
    from zenoo_security.mfa.records import Resealed

__all__ = ["reseal", "retire"]

_T = TypeVar("_T")

_ODOO = "Odoo ({}; or --no-odoo where no field is encrypted)"
_STORE = "the store ({}; or --no-store where there is none)"


class _Places(NamedTuple):
    """Where values of a key may be, and what is not known of that, each with what to do."""

    odoo: OdooOptions | None
    store: SecurityConfig | None
    unknown: list[str]


def reseal(
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    store_url: StoreUrl = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Seal second factors with the primary key; they stay for years.

    What else the store holds ends within a day. Every process must have the promoted ring before.
    """
    ring, config = find(key_ring, kek).load(), store.settings(store_url)
    came = asyncio.run(_resealed(config, ring, dry_run=dry_run))
    if as_json:
        say_json({**came._asdict(), "primary": ring.primary_id, "dry_run": dry_run})
    else:
        verb = "would be" if dry_run else "were"
        say(f"{came.old} of {came.seen} second factors {verb} sealed anew, with key {ring.primary_id}.")
    if came.unreadable:
        warn(f"{came.unreadable} cannot be opened with this ring: is it the one in use? Else reset those users' factors")
        raise typer.Exit(1)


async def _resealed(config: SecurityConfig, ring: KeyRing, *, dry_run: bool) -> Resealed:
    from zenoo_security.mfa.records import Records

    async with store.opened(config) as opened:
        return await Records(opened, ring).reseal(dry_run=dry_run)


def retire(
    key_id: KeyId,
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    fields: connection.FieldsFile = None,
    url: connection.Url = None,
    database: connection.Database = None,
    login: connection.Login = None,
    no_odoo: Annotated[bool, typer.Option("--no-odoo", help="No field is encrypted.")] = False,
    store_url: StoreUrl = None,
    no_store: Annotated[bool, typer.Option("--no-store", help="There is no store.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Retire it all the same; asks on a terminal.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a key open nothing any more, once nothing is left of it.

    What it sealed is counted first: in Odoo, as the user of --login sees it, and in the store.
    """
    source = find(key_ring, kek)
    ring = source.load()
    ring.retire(key_id)
    unknown: list[str] = []
    odoo = None if no_odoo else _or_unknown(lambda: connection.read_options(url, database, login, fields), _ODOO, unknown)
    config = None if no_store else _or_unknown(lambda: store.settings(store_url), _STORE, unknown)
    uses = asyncio.run(_count(_Places(odoo, config, unknown), ring, key_id))
    details = {"key": key_id, "dry_run": dry_run, "uses": [use._asdict() for use in uses], "not_counted": unknown}
    if not as_json:
        say(*(f"{use.records:>9}  {use.place}" for use in uses))
    try:
        _require_nothing_lost(key_id, uses, unknown, force=force, dry_run=dry_run)
    except KeyRingError:
        if as_json:
            say_json(details)
        raise
    changed, backup = apply(source, lambda ring: ring.retire(key_id), dry_run=dry_run)
    lines = [
        f"Key {key_id} {'would be' if dry_run else 'is'} retired: it opens nothing any more.",
        "Next: give the ring to every process and restart them all.",
    ]
    report(changed, backup, lines, as_json=as_json, **details)


def _or_unknown(settings: Callable[[], _T], text: str, unknown: list[str]) -> _T | None:
    try:
        return settings()
    except ConfigurationError as error:
        unknown.append(text.format(error))
        return None


async def _count(places: _Places, ring: KeyRing, key_id: int) -> list[Use]:
    from zenoo_security.keys import uses_in_odoo, uses_in_store

    uses: list[Use] = []
    if places.odoo is not None:
        async with connection.connected(places.odoo) as client:
            found, hidden = await uses_in_odoo(client, places.odoo.fields, ring, key_id)
        uses += found
        places.unknown.extend(hidden)
    if places.store is not None:
        async with store.opened(places.store) as opened:
            uses += await uses_in_store(opened, ring, key_id)
    return uses


def _require_nothing_lost(
    key_id: int, uses: Sequence[Use], unknown: Sequence[str], *, force: bool, dry_run: bool
) -> None:
    """Refuse, or ask where that is wanted.

    Raises:
        KeyInUse: values of the key are left.
        KeyRingError: something was not counted, or there is nobody to ask.
    """
    from zenoo_security.keys import require_unused

    lost = [f"{use.records} {use.place}" for use in uses if use.records]
    if not force:
        require_unused(key_id, uses)
        if unknown:
            raise KeyRingError(f"key {key_id} stays, as not everything was counted: {'; '.join(unknown)}")
    elif (lost or unknown) and not dry_run:
        if not sys.stdin.isatty():
            raise KeyRingError("--force asks before it acts: run it on a terminal")
        warn(*(f"lost for good: {each}" for each in lost), *(f"not counted: {each}" for each in unknown))
        typer.confirm(f"Retire key {key_id} all the same?", abort=True, err=True)
