"""`keys reseal` and `keys retire`: the end of a key, once nothing is left that needs it."""

from __future__ import annotations

import asyncio
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer

from zenoo_security.cli import connection, store
from zenoo_security.cli.keys.changing import apply, report
from zenoo_security.cli.keys.options import DryRun, KekFile, KeyId, KeyRingFile, StoreUrl, say, say_json, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.cli.keys.telling import told
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.errors import ConfigurationError, KeyRingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from zenoo_security.cli.connection import OdooOptions
    from zenoo_security.config import SecurityConfig
    from zenoo_security.keyring import KeyRing
    from zenoo_security.keys import Use
    from zenoo_security.mfa.records import Resealed

__all__ = ["reseal", "retire"]

_T = TypeVar("_T")

_ODOO = "Odoo ({}; or --no-odoo where no field is encrypted)"
_STORE = "the store ({}; or --no-store where there is none)"


class _Counted(NamedTuple):
    """What was counted, and what was not, each with what to do."""

    uses: list[Use]
    unknown: list[str]


def reseal(
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    store_url: StoreUrl = None,
    dry_run: DryRun = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Seal second factors with the primary key; they stay for years.

    What else the store holds ends within a day. Every process must have the promoted ring before.
    """
    source, config = find(key_ring, kek), store.settings(store_url)
    ring = source.load()
    with told("sensitive_update", action="reseal", file=source.name, key_id=ring.primary_id, dry_run=dry_run):
        came = asyncio.run(_resealed(config, ring, dry_run=dry_run))
    if output is Format.JSON:
        say_json({**came._asdict(), "primary": ring.primary_id, "dry_run": dry_run})
    else:
        verb = "would be" if dry_run else "were"
        say(f"{came.old} of {came.seen} second factors {verb} sealed anew, with key {ring.primary_id}.")
    if came.unreadable:
        warn(
            f"{len(came.unreadable)} cannot be opened with this ring: is it the one in use? Else `mfa reset` each user",
            *(f"cannot be opened: {place}" for place in came.unreadable),
        )
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
    output: OutputFormat = Format.TEXT,
) -> None:
    """Make a key open nothing any more. What it sealed is counted first: in Odoo, as --login, and in the store."""
    source = find(key_ring, kek)
    ring = source.load()
    ring.retire(key_id)
    counted = _Counted([], [])
    odoo = (
        None if no_odoo else _or_unknown(lambda: connection.read_options(url, database, login, fields), _ODOO, counted)
    )
    config = None if no_store else _or_unknown(lambda: store.settings(store_url), _STORE, counted)
    asyncio.run(_count(counted, odoo, config, ring, key_id))
    if output is Format.TEXT:
        say(*(f"{use.records:>9}  {use.place}" for use in counted.uses))
    uses = [use._asdict() for use in counted.uses]
    details = {"key": key_id, "dry_run": dry_run, "uses": uses, "not_counted": counted.unknown}
    with _shown_when_refused(details if output is Format.JSON else None):
        _require_nothing_lost(key_id, counted, force=force, dry_run=dry_run)
    changed, backup = apply("retire", source, lambda ring: ring.retire(key_id), key_id=key_id, dry_run=dry_run)
    report(changed, backup, _retired(key_id, dry_run=dry_run), as_json=output is Format.JSON, **details)


def _retired(key_id: int, *, dry_run: bool) -> tuple[str, ...]:
    return (
        f"Key {key_id} {'would be' if dry_run else 'is'} retired: it opens nothing any more.",
        "Next: give the ring to every process and restart them all.",
    )


@contextmanager
def _shown_when_refused(details: dict[str, object] | None) -> Iterator[None]:
    try:
        yield
    except KeyRingError:
        if details is not None:
            say_json(details)
        raise


def _or_unknown(settings: Callable[[], _T], text: str, counted: _Counted) -> _T | None:
    try:
        return settings()
    except ConfigurationError as error:
        counted.unknown.append(text.format(error))
        return None


async def _count(
    counted: _Counted, odoo: OdooOptions | None, config: SecurityConfig | None, ring: KeyRing, key_id: int
) -> None:
    from zenoo_security.keys import uses_in_odoo, uses_in_store

    if odoo is not None:
        async with connection.connected(odoo) as client:
            found, hidden = await uses_in_odoo(client, odoo.fields, ring, key_id)
        counted.uses.extend(found)
        counted.unknown.extend(hidden)
    if config is not None:
        async with store.opened(config) as opened:
            counted.uses.extend(await uses_in_store(opened, ring, key_id))


def _require_nothing_lost(key_id: int, counted: _Counted, *, force: bool, dry_run: bool) -> None:
    """Refuse, or ask where that is wanted.

    Raises:
        KeyInUse: values of the key are left.
        KeyRingError: something was not counted, or there is nobody to ask.
    """
    from zenoo_security.keys import require_unused

    lost = [f"lost for good: {use.records} {use.place}" for use in counted.uses if use.records]
    lost += [f"not counted: {each}" for each in counted.unknown]
    if not force:
        require_unused(key_id, counted.uses)
        if counted.unknown:
            raise KeyRingError(f"key {key_id} stays, as not everything was counted: {'; '.join(counted.unknown)}")
    elif lost and not dry_run:
        if not sys.stdin.isatty():
            raise KeyRingError("--force asks before it acts: run it on a terminal")
        warn(*lost)
        typer.confirm(f"Retire key {key_id} all the same?", abort=True, err=True)
