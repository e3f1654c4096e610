"""`keys export`: the ring for another place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.keys.options import DryRun, KekFile, KeyRingFile, say, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyRing

__all__ = ["export"]


def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The file to make, mode 0600. It must not exist.")
    ] = None,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    wrap: Annotated[
        Path | None,
        typer.Option(metavar="KEK_FILE", help="Wrap it under the key-encryption key in this file; plain without it."),
    ] = None,
    environment: Annotated[
        bool, typer.Option("--environment", help="Instead of a file: one line for ZENOO_SECURITY_KEY_RING.")
    ] = False,
    show_keys: Annotated[
        bool, typer.Option("--show-keys", help="With --environment: yes, write the keys to the standard output.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the ring for another place: a file, plain or wrapped, or a variable."""
    from zenoo_security import keyring
    from zenoo_security.cli.keys.files import check_new

    if environment == (file is not None):
        raise KeyRingError("name the FILE to make, or use --environment")
    source = find(key_ring, kek)
    if file is None:
        _to_environment(source.load(), show_keys=show_keys, wrap=wrap, dry_run=dry_run)
        return
    check_new(file)
    under = None if wrap is None else keyring.KeyEncryptionKey.from_file(wrap)
    ring = source.load()
    if not dry_run:
        keyring.save(ring, file, kek=under)
    say(f"{file} {'would hold' if dry_run else 'holds'} the keys of {source.name}, {'wrapped' if under else 'plain'}.")


def _to_environment(ring: KeyRing, *, show_keys: bool, wrap: Path | None, dry_run: bool) -> None:
    if wrap is not None:
        raise KeyRingError("--environment writes a plain ring: leave out --wrap")
    if not show_keys:
        raise KeyRingError("--environment writes the keys to the standard output: add --show-keys if that is meant")
    if dry_run:
        say("One line with the keys would be written to the standard output.")
        return
    warn("these are the keys: pipe them to where they belong, and leave no copy behind")
    if sys.stdout.isatty() and not typer.confirm("They stay in the scrollback of this terminal. Show them?", err=True):
        raise typer.Exit(1)
    say("".join(line.strip() for line in ring.to_json().splitlines()))
