"""`keys export`: the ring for another place."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.keys.options import DryRun, KekFile, KeyRingFile, say, warn
from zenoo_security.cli.keys.source import find
from zenoo_security.cli.keys.telling import tell
from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyEncryptionKey, KeyRing

__all__ = ["export"]


def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The file to make, mode 0600.")] = None,
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    wrap: Annotated[
        Path | None,
        typer.Option(metavar="KEK_FILE", help="Wrap it under this key-encryption key."),
    ] = None,
    environment: Annotated[
        bool, typer.Option("--environment", help="Instead: a line for ZENOO_SECURITY_KEY_RING.")
    ] = False,
    show_keys: Annotated[bool, typer.Option("--show-keys", help="Yes, show them: for --environment.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Write the ring for another place: a file or a variable.

    No file that exists is replaced. A line that is wrapped shows no keys.
    """
    from zenoo_security import keyring
    from zenoo_security.cli.keys.files import check_new

    if environment == (file is not None):
        raise KeyRingError("name the FILE to make, or use --environment")
    if file is not None:
        check_new(file)
    elif wrap is None and not show_keys:
        raise KeyRingError("--environment writes the keys to the standard output: add --show-keys if that is meant")
    source = find(key_ring, kek)
    ring, under = source.load(), None if wrap is None else keyring.KeyEncryptionKey.from_file(wrap)
    if dry_run:
        say(f"{file or 'one line'} would hold the keys of {source.name}, {'wrapped' if under else 'in the clear'}.")
        return
    # Told before: what is shown cannot be taken back.
    tell("sensitive_read", action="export", file=source.name)
    if file is not None:
        keyring.save(ring, file, kek=under)
        say(f"{file} holds the keys of {source.name}, {'wrapped' if under else 'in the clear'}.")
    else:
        _show(ring, under)


def _show(ring: KeyRing, kek: KeyEncryptionKey | None) -> None:
    if kek is not None:
        say(_one_line(ring.wrap(kek.reveal())))
        return
    warn("these are the keys: pipe them to where they belong, and leave no copy behind")
    if sys.stdout.isatty():
        typer.confirm("They stay in the scrollback of this terminal. Show them?", abort=True, err=True)
    say(_one_line(ring.to_json()))


def _one_line(document: str) -> str:
    return "".join(line.strip() for line in document.splitlines())
