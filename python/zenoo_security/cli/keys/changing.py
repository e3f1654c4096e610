"""`keys add` and `keys promote`: a new key, in two steps, so that every process can read before one of them writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.cli.keys.options import DryRun, KekFile, KeyId, KeyRingFile, say, say_json
from zenoo_security.cli.keys.source import find
from zenoo_security.cli.keys.telling import told
from zenoo_security.cli.output import Format, OutputFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zenoo_security.cli.keys.source import Source
    from zenoo_security.keyring import KeyRing

__all__ = ["add", "apply", "promote"]


def add(
    *, key_ring: KeyRingFile = None, kek: KekFile = None, dry_run: DryRun = False, output: OutputFormat = Format.TEXT
) -> None:
    """Add a key that only decrypts, until it is promoted."""
    changed, backup = apply("add", find(key_ring, kek), lambda ring: ring.add(), dry_run=dry_run)
    key = max(changed.states)
    lines = [
        f"Key {key} {'would be' if dry_run else 'is'} in the ring, and only decrypts.",
        f"Next: give the ring to every process, restart them all, then: zenoo-security keys promote {key}",
    ]
    report(changed, backup, lines, as_json=output is Format.JSON, key=key, dry_run=dry_run)


def promote(
    key_id: KeyId,
    *,
    key_ring: KeyRingFile = None,
    kek: KekFile = None,
    dry_run: DryRun = False,
    output: OutputFormat = Format.TEXT,
) -> None:
    """Let a key encrypt, and the one that did only decrypt.

    Every process must have the key before: one that does not have it cannot read what the others write.
    """
    changed, backup = apply(
        "promote", find(key_ring, kek), lambda ring: ring.promote(key_id), key_id=key_id, dry_run=dry_run
    )
    lines = [
        f"Key {key_id} {'would encrypt' if dry_run else 'encrypts'} from now on; the others only decrypt.",
        "Next: give the ring to every process and restart them all, then encrypt the old values anew:",
        "  zenoo-security fields rotate, zenoo-security keys reseal",
    ]
    report(changed, backup, lines, as_json=output is Format.JSON, key=key_id, dry_run=dry_run)


def apply(
    action: str,
    source: Source,
    change: Callable[[KeyRing], KeyRing],
    *,
    key_id: int | None = None,
    dry_run: bool,
) -> tuple[KeyRing, str | None]:
    """Change the ring, or only try it. Returns it as it is then, and the name of the copy that was kept."""
    from zenoo_security.keys import change_file

    path, ring = source.file, source.load()
    if dry_run:
        return change(ring), None
    with told("sensitive_update", action=action, file=path, key_id=key_id, dry_run=dry_run):
        changed = change_file(path, change, kek=source.kek)
    return changed.ring, str(changed.backup)


def report(
    changed: KeyRing,
    backup: str | None,
    lines: Sequence[str],
    *,
    as_json: bool,
    **details: object,
) -> None:
    """Say what became of a ring: the lines, or the details as JSON."""
    if as_json:
        states = {str(key): state for key, state in changed.states.items()}
        say_json({**details, "states": states, "backup": backup})
        return
    say(*lines)
    if backup is not None:
        say(f"The ring as it was: {backup}. It holds keys: guard it, and delete it when all is well.")
