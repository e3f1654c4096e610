"""`keys reseal` and `keys retire`: the end of a key, once nothing is left that needs it."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zenoo_security.cli import store
from zenoo_security.cli.keys.changing import apply, report
from zenoo_security.cli.keys.options import DryRun, Json, KekFile, KeyId, KeyRingFile, StoreUrl, say, say_json, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.errors import ConfigurationError, KeyRingError

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing
    from zenoo_security.keys import Use
    from zenoo_security.mfa.records import Resealed

__all__ = ["reseal", "retire"]


class _Counted(NamedTuple):
    """What was counted, and what was not, each with the reason."""

    uses: list[Use]
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
        warn(
            f"{came.unreadable} cannot be opened with this ring: is it the one in use? Else reset those users' factors"
        )
        raise typer.Exit(1)


async def _resealed(url: str, ring: KeyRing, *, dry_run: bool) -> Resealed:
    from zenoo_security.mfa.records import Records

    async with store.opened(url) as opened:
        return await Records(opened, ring).reseal(dry_run=dry_run)


def retire(
    key_id: KeyId,
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
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
    opened_url = None if no_store else store.url_of(store_url)
    counted = asyncio.run(_count(opened_url, ring, key_id))
    if not no_odoo:
        counted.unknown.append("what Odoo holds (--no-odoo where no field is encrypted)")
    if not (no_store or opened_url):
        counted.unknown.append("what the store holds (--store URL, or --no-store where there is none)")
    uses = [use._asdict() for use in counted.uses]
    details = {"key": key_id, "dry_run": dry_run, "uses": uses, "not_counted": counted.unknown}
    if not as_json:
        say(*(f"{use.records:>9}  {use.place}" for use in counted.uses))
    try:
        _require_nothing_lost(key_id, counted, force=force, dry_run=dry_run)
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


async def _count(url: str | None, ring: KeyRing, key_id: int) -> _Counted:
    from zenoo_security.keys import uses_in_store

    counted = _Counted([], [])
    if url is not None:
        async with store.opened(url) as opened:
            counted.uses.extend(await uses_in_store(opened, ring, key_id))
    return counted


def _require_nothing_lost(key_id: int, counted: _Counted, *, force: bool, dry_run: bool) -> None:
    """Refuse, or ask where that is wanted.

    Raises:
        KeyInUse: values of the key are left.
        KeyRingError: something was not counted, or there is nobody to ask.
    """
    from zenoo_security.keys import require_unused

    lost = [f"{use.place} {use.records}" for use in counted.uses if use.records] + counted.unknown
    if not force:
        require_unused(key_id, counted.uses)
        if counted.unknown:
            raise KeyRingError("not counted, so the key stays: " + "; ".join(counted.unknown))
    elif lost and not dry_run:
        if not sys.stdin.isatty():
            raise KeyRingError("--force asks before it acts: run it on a terminal")
        warn(*(f"lost for good, or not counted: {each}" for each in lost))
        typer.confirm(f"Retire key {key_id} all the same?", abort=True, err=True)
