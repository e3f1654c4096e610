"""The keys of encrypted fields, and the secrets beside them."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from zenoo_security import keyring
from zenoo_security.checks.check import NotApplicable, Problem, Severity
from zenoo_security.checks.environment.base import EnvironmentCheck, is_weak, password_in
from zenoo_security.checks.environment.snapshot import MADE_LATER, PUBLIC_FILES
from zenoo_security.environment import PREFIX
from zenoo_security.keyring.age import SOON, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.environment.snapshot import Surroundings
    from zenoo_security.keyring import KeyRing

__all__ = ["KeyAge", "KeyStrength", "KeysPresent", "SecretsInFiles"]

_PASSWORDS: Final = (
    *("ADMIN_PASSWORD", "DATABASE_PASSWORD", "ENCRYPTION_KEY", "ENCRYPTION_PASSWORD", "SECRET_KEY"),
    "ZENOO_ENCRYPTION_KEY",
    *(f"{PREFIX}ENCRYPTION_KEY", f"{PREFIX}ODOO_PASSWORD", keyring.PASSPHRASE_VARIABLE),
)
"""Variables of this package and of the Zenoo RPC security guide that hold a password."""

_IN_FILES: Final = (
    *(keyring.VARIABLE, keyring.PASSPHRASE_VARIABLE, keyring.KEK_VARIABLE),
    *(f"{PREFIX}ENCRYPTION_KEY", f"{PREFIX}ENCRYPTION_SALT", f"{PREFIX}ODOO_PASSWORD"),
)
_FEWEST_BYTES: Final = 12
"""Of 32 random bytes some 30 differ; fewer than 12 do once in more than 10^20 keys."""


class KeysPresent(EnvironmentCheck):
    id = "ENV-01"
    title = "There is a key ring, and each secret is for one purpose"
    severity = Severity.CRITICAL
    rationale = "Without keys nothing is encrypted; one secret for two purposes is lost for both."
    fix = "zenoo-security keys create keys.json; ZENOO_SECURITY_KEY_RING_FILE=keys.json. One value for one variable"
    asvs = ("v5.0.0-11.2.3", "v5.0.0-13.3.1")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        if snapshot.ring is None:
            yield Problem(snapshot.ring_error, keyring.VARIABLE)
        yield from _twice(snapshot)


class KeyStrength(EnvironmentCheck):
    id = "ENV-02"
    title = "Keys and passwords are random, and not those of an example"
    severity = Severity.CRITICAL
    rationale = "A key that somebody typed or copied from a page is the first that is tried."
    fix = "zenoo-security keys add and keys promote for a new key; `openssl rand -base64 24` for a password"
    asvs = ("v5.0.0-13.2.3", "v5.0.0-11.2.3")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        given = {name: value for name in _PASSWORDS if (value := snapshot.environ.get(name))}
        if snapshot.ring is None and not given:
            raise NotApplicable("there is no key ring, and no variable holds a password")
        for name, value in given.items():
            if is_weak(value):
                yield Problem(f"{name} is short, a common password, or that of an example", name)
        for name in _weak_keys(snapshot.ring) if snapshot.ring else ():
            yield Problem(f"{name} of the key ring is not random: all values under it can be read", name)


class SecretsInFiles(EnvironmentCheck):
    id = "ENV-03"
    title = "Secrets come from files or a program, and not from the environment"
    severity = Severity.HIGH
    rationale = "Variables are inherited by every program that this one starts, and end up in crash reports."
    fix = "Put it into a file of mode 0600 of this process's user or root, and its path into the variable with _FILE"
    asvs = ("v5.0.0-13.3.1", "v5.0.0-13.3.2")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        given = [name for name in _IN_FILES if snapshot.environ.get(name)]
        if snapshot.ring is None and not given and not snapshot.files and not snapshot.get("STORE_URL"):
            raise NotApplicable("no secret is set")
        for name in given:
            yield Problem(f"{name} holds the secret itself", name)
        if password_in(snapshot.get("STORE_URL")):
            yield Problem(f"{PREFIX}STORE_URL holds a password", f"{PREFIX}STORE_URL")
        for name, facts in snapshot.files.items():
            if facts.mode is None:
                if name not in MADE_LATER:
                    yield Problem(f"the file that {name} names is not there", name)
            elif facts.allows(0o022 if name in PUBLIC_FILES else 0o077):
                yield Problem(f"the file that {name} names is open to others: mode {facts.mode:04o}", name)
            elif facts.uid not in {0, snapshot.machine.uid}:
                yield Problem(f"the file that {name} names is of another user, who can change it", f"{name} owner")


class KeyAge(EnvironmentCheck):
    id = "ENV-04"
    title = "No key is older than two years, and no old one is kept for nothing"
    severity = Severity.MEDIUM
    rationale = "The longer a key is in use, the more is lost with it, and the more people have had it."
    fix = "zenoo-security keys add, keys promote, fields rotate; then keys retire for the old one"
    asvs = ("v5.0.0-13.3.4",)

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        if snapshot.ring is None:
            raise NotApplicable("there is no key ring")
        for key in describe(snapshot.ring, snapshot.today):
            if key.warned:
                soon = key.warned in {SOON, "old"}
                yield Problem(f"key {key.id}: {key.warning}", f"key {key.id}", warning=soon)


def _twice(snapshot: Surroundings) -> Iterator[Problem]:
    """Variables with one and the same secret; the guide's old names for one setting are no two purposes."""
    purposes = ("ADMIN_PASSWORD", "DATABASE_PASSWORD", "SECRET_KEY", f"{PREFIX}ODOO_PASSWORD", "ENCRYPTION_KEY")
    named = [*purposes, f"{PREFIX}ENCRYPTION_KEY", keyring.PASSPHRASE_VARIABLE]
    found: dict[str, list[str]] = {}
    for name in named:
        if value := snapshot.environ.get(name):
            found.setdefault(value, []).append(name)
    for names in found.values():
        if len({name.removeprefix(PREFIX) for name in names}) > 1:
            yield Problem(f"{' and '.join(names)} hold one and the same secret", names[1])


def _weak_keys(ring: KeyRing) -> Iterator[str]:
    document = json.loads(ring.to_json())
    keys = {f"key {one['id']}": one["key"] for one in document["keys"]} | {"the index key": document["index_key"]}
    for name, text in keys.items():
        raw = base64.urlsafe_b64decode(text + "=")
        steps = {(after - before) % 256 for before, after in pairwise(raw)}
        if len(set(raw)) < _FEWEST_BYTES or len(steps) == 1:
            yield name
