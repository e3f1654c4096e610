"""`keys create`: a ring of one key, and a key-encryption key for it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from zenoo_security.cli.keys.options import DryRun, say
from zenoo_security.cli.keys.telling import told
from zenoo_security.errors import KeyRingError

if TYPE_CHECKING:
    from zenoo_security.keyring import KeyEncryptionKey

__all__ = ["create"]


def create(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make, mode 0600.")],
    *,
    wrap: Annotated[
        Path | None,
        typer.Option(metavar="KEK_FILE", help="Wrap it under this key-encryption key."),
    ] = None,
    new_kek: Annotated[bool, typer.Option("--new-kek", help="Make KEK_FILE too.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Make a key ring of one key.

    No file that exists is replaced. Keep the ring and the key-encryption key in different places.
    """
    from zenoo_security import keyring
    from zenoo_security.cli.keys.files import check_new

    if new_kek and wrap is None:
        raise KeyRingError("--new-kek makes the file that --wrap names: give both")
    for path in filter(None, (file, wrap if new_kek else None)):
        check_new(path)
    with told("sensitive_create", action="create", file=file, key_id=1, dry_run=dry_run):
        kek = _kek(wrap, new=new_kek, dry_run=dry_run) if wrap else None
        if not dry_run:
            keyring.save(keyring.KeyRing.generate(), file, kek=kek)
    _say_next(file, wrap, dry_run=dry_run)


def _kek(path: Path, *, new: bool, dry_run: bool) -> KeyEncryptionKey:
    from zenoo_security.keyring import KeyEncryptionKey

    if not new and not path.exists():
        raise KeyRingError(f"{path}: no such file; --new-kek makes a key-encryption key there")
    if not new:
        return KeyEncryptionKey.from_file(path)
    kek = KeyEncryptionKey.generate()
    if not dry_run:
        kek.save(path)
    return kek


def _say_next(file: Path, wrap: Path | None, *, dry_run: bool) -> None:
    say(f"{file} {'would hold' if dry_run else 'holds'} a ring of one key, id 1.")
    say(f"Set ZENOO_SECURITY_KEY_RING_FILE={file.absolute()}")
    if wrap is not None:
        say(f"and ZENOO_SECURITY_KEY_RING_KEK_FILE={wrap.absolute()}; keep the two files in different places.")
    say("Back it up now, apart from the database: without it, what it encrypts is lost.")
