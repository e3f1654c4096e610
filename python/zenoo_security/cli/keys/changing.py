"""`keys add` and `keys promote`: a new key, in two steps, so that every process can read before one of them writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.cli.keys.options import DryRun, Json, KekFile, KeyId, KeyRingFile, say, say_json
from zenoo_security.cli.keys.source import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.cli.keys.source import Source
    from zenoo_security.keyring import KeyRing

__all__ = ["add", "apply", "promote"]


def add(key_ring: KeyRingFile = None, kek: KekFile = None, dry_run: DryRun = False, as_json: Json = False) -> None:
    """Add a key that only decrypts, for now."""
    changed, backup = apply(find(key_ring, kek), lambda ring: ring.add(), dry_run=dry_run)
    key = max(changed.states)
    lines = [
        f"Key {key} {'would be' if dry_run else 'is'} in the ring, and only decrypts.",
        f"Next: give the ring to every process, restart them all, then: zenoo-security keys promote {key}",
    ]
    report(changed, backup, key, lines, dry_run=dry_run, as_json=as_json)


def promote(
    key_id: KeyId, key_ring: KeyRingFile = None, kek: KekFile = None, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Let a key encrypt. Every process must have it before: one that has not cannot read what others write."""
    changed, backup = apply(find(key_ring, kek), lambda ring: ring.promote(key_id), dry_run=dry_run)
    lines = [
        f"Key {key_id} {'would encrypt' if dry_run else 'encrypts'} from now on; the others only decrypt.",
        "Next: give the ring to every process and restart them all, then encrypt the old values anew:",
        "  zenoo-security fields rotate, zenoo-security keys reseal",
    ]
    report(changed, backup, key_id, lines, dry_run=dry_run, as_json=as_json)


def apply(source: Source, change: Callable[[KeyRing], KeyRing], *, dry_run: bool) -> tuple[KeyRing, str | None]:
    """Change the ring, or only try it. Returns it as it is then, and the name of the copy that was kept."""
    from zenoo_security.keys import change_file

    path, ring = source.file, source.load()
    if dry_run:
        return change(ring), None
    changed = change_file(path, change, kek=source.kek)
    return changed.ring, str(changed.backup)


def report(
    ring: KeyRing, backup: str | None, key_id: int, lines: list[str], *, dry_run: bool, as_json: bool
) -> None:
    """Say what became of a ring."""
    if as_json:
        states = {str(key): state for key, state in ring.states.items()}
        say_json({"key": key_id, "states": states, "backup": backup, "dry_run": dry_run})
        return
    say(*lines)
    if backup is not None:
        say(f"The ring as it was: {backup} (it holds keys: guard or delete it)")
