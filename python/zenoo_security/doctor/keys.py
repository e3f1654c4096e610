"""Whether the keys can be loaded; their ids, states and ages, and no key."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from zenoo_security import keyring
from zenoo_security.doctor.finding import Finding, State
from zenoo_security.errors import SecurityError
from zenoo_security.keyring.age import SOON, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.doctor.situation import Situation

__all__ = ["probe"]


def probe(situation: Situation) -> Iterator[Finding]:
    """Load the ring that the settings name."""
    config = situation.config
    if (config is None or config.key_ring is None) and not keyring.is_configured():
        hint = f"zenoo-security keys create keys.json, then set {keyring.FILE_VARIABLE} to its path"
        yield Finding("keys", State.WARN, "no key ring is set: no logins, sessions or encrypted fields", hint)
        return
    try:
        ring = keyring.from_environment() if config is None else config.load_key_ring()
    except SecurityError as error:
        yield Finding("keys", State.FAIL, str(error), "zenoo-security keys verify")
        return
    for key in describe(ring, datetime.now(timezone.utc).date()):
        text = f"key {key.id}: {key.state}, made {key.created}"
        if not key.warned:
            yield Finding("keys", State.OK, text)
        else:
            state = State.WARN if key.warned in {SOON, "old", "expired"} else State.FAIL
            yield Finding("keys", state, f"{text}: {key.warning}", "zenoo-security keys list")
