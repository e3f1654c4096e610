"""What is wrong with a ring, and where a copy of it differs."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.errors import DecryptionError
from zenoo_security.fields import BlindIndex, FieldCipher
from zenoo_security.keyring.age import MAX_AGE_DAYS, SOON, describe
from zenoo_security.keys.check_values import INDEX, check_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from zenoo_security.keyring import KeyRing

__all__ = ["Finding", "differences", "findings", "open_to_others"]

_CONTEXT: Final = ("zenoo_security", "keys verify")
_PROBE: Final = "A value that no field has."


class Finding(NamedTuple):
    """Something that is wrong.

    Attributes:
        code: stable, such as `expired`.
        text: one English sentence that says what to do.
    """

    code: str
    text: str


def findings(ring: KeyRing, today: date, *, max_age_days: int = MAX_AGE_DAYS) -> list[Finding]:
    """What is wrong with a ring: ages, keys that are the same, keys that do not do what they should.

    A key that will soon be too old is not wrong yet: `describe` warns of it.

    Args:
        ring: the ring.
        today: the day, in UTC.
        max_age_days: days for which a key encrypts.
    """
    warned = [key for key in describe(ring, today, max_age_days=max_age_days) if key.warned not in {"", SOON}]
    ages = [Finding(key.warned, f"key {key.id}: {key.warning}") for key in warned]
    return [*ages, *_same_keys(ring), *_round_trips(ring)]


def _same_keys(ring: KeyRing) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for key, value in check_values(ring).items():
        first = seen.setdefault(value, key)
        if first != key:
            yield Finding("same-key", f"{_name(key)} is the same as {_name(first)}: this ring was made by hand")


def _round_trips(ring: KeyRing) -> Iterator[Finding]:
    reader = FieldCipher(ring)
    for key in (key for key, state in ring.states.items() if state != "retired"):
        token = FieldCipher(ring.promote(key)).encrypt(_PROBE, context=_CONTEXT)
        try:
            works = (FieldCipher.key_id(token), reader.decrypt(token, context=_CONTEXT)) == (key, _PROBE)
        except DecryptionError:
            works = False
        if not works:
            yield Finding("round-trip", f"key {key} does not decrypt what it encrypts: do not use this installation")
    first, second = (BlindIndex(ring).compute(_PROBE, context=_CONTEXT) for _ in range(2))
    if first != second:
        yield Finding("round-trip", "the index of a value differs from call to call: do not use this installation")


def differences(ring: KeyRing, copy: KeyRing) -> Iterator[Finding]:
    """Where another copy, such as a backup, does not hold the keys of a ring.

    States do not count: a backup that was taken before a promotion holds the same keys.

    Args:
        ring: the one in use.
        copy: the other one.
    """
    own, other = check_values(ring), check_values(copy)
    for key in sorted(own.keys() | other.keys()):
        if key not in other:
            yield Finding("missing", f"key {key} is not in the copy: make a new one")
        elif key not in own:
            yield Finding("unknown", f"key {key} of the copy is not in the ring: find out which of them is in use")
        elif own[key] != other[key]:
            yield Finding("differs", f"{_name(key)} of the copy is another: neither reads what the other encrypted")


def open_to_others(path: Path) -> Iterator[Finding]:
    """What lets others replace the file of a ring. That nobody else may read it is checked when it is loaded.

    Args:
        path: the file.
    """
    mode = path.resolve().parent.stat().st_mode
    if mode & 0o022 and not mode & stat.S_ISVTX:
        yield Finding("folder", f"others may write to the folder of {path}, and replace it: chmod go-w the folder")


def _name(key: int) -> str:
    return "the index key" if key == INDEX else f"key {key}"
