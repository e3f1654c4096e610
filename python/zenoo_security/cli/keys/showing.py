"""`keys list` and `keys verify`: what may be told of the keys of a ring, and what is wrong with it."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.keys.options import KekFile, KeyRingFile, MaxAgeDays, say, say_json, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.cli.output import Format, OutputFormat
from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from zenoo_security.cli.keys.source import Source
    from zenoo_security.keys import Finding, KeyInfo

__all__ = ["list_keys", "verify"]

_MAX_AGE_DAYS = 730


def today() -> date:
    """The day, in UTC."""
    from zenoo_security.clock import SYSTEM_CLOCK

    return datetime.fromtimestamp(SYSTEM_CLOCK.now(), tz=timezone.utc).date()


def list_keys(
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    max_age_days: MaxAgeDays = _MAX_AGE_DAYS,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Show ids, states and ages of the keys, and no key.

    Two copies of a key have the same check value.
    """
    from zenoo_security.keys import check_values, describe

    ring = find(key_ring, kek).load()
    keys, values = describe(ring, today(), max_age_days=max_age_days), check_values(ring)
    if output is Format.JSON:
        rows = [{**key._asdict(), "check_value": values[key.id]} for key in keys]
        say_json({"keys": rows, "index_check_value": values[0], "max_age_days": max_age_days})
        return
    say(*_table(keys, values))
    warn(*(f"key {key.id}: {key.warning}" for key in keys if key.warned))


def _table(keys: list[KeyInfo], values: dict[int, str]) -> list[str]:
    rows = [("id", "state", "created", "days", "check value")]
    rows += [(str(key.id), key.state, key.created, _days(key), values[key.id]) for key in keys]
    rows.append(("", "index key", "", "", values[0]))
    return [f"{key:>5}  {state:<12}  {created:<10}  {days:>6}  {value}" for key, state, created, days, value in rows]


def _days(key: KeyInfo) -> str:
    return "?" if key.age_days is None else str(key.age_days)


def verify(
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    against: Annotated[Path | None, typer.Option(metavar="FILE", help="A backup that must hold the same keys.")] = None,
    against_kek: Annotated[
        Path | None, typer.Option("--against-kek", metavar="FILE", help="What the backup is wrapped under.")
    ] = None,
    max_age_days: MaxAgeDays = _MAX_AGE_DAYS,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Check that the ring loads, and its keys work and are not too old.

    The exit code is 1 when something is found.
    """
    source = find(key_ring, kek)
    found = _findings(source, find(against, against_kek) if against else None, max_age_days)
    if output is Format.JSON:
        say_json({"ring": source.name, "ok": not found, "findings": [finding._asdict() for finding in found]})
    else:
        say(*(f"{finding.code}: {finding.text}" for finding in found))
        say(
            f"{source.name}: {'1 finding' if len(found) == 1 else f'{len(found)} findings' if found else 'all is well'}"
        )
    if found:
        raise typer.Exit(1)


def _findings(source: Source, copy: Source | None, max_age_days: int) -> list[Finding]:
    from zenoo_security.keys import SOON, Finding, describe, differences, findings, open_to_others

    try:
        ring = source.load()
        soon = [key for key in describe(ring, today(), max_age_days=max_age_days) if key.warned == SOON]
        warn(*(f"key {key.id}: {key.warning}" for key in soon))
        found = findings(ring, today(), max_age_days=max_age_days)
        if source.path is not None:
            found += open_to_others(source.path)
        if copy is not None:
            found += differences(ring, copy.load())
    except KeyRingError as error:
        return [Finding("load", str(error))]
    return found
