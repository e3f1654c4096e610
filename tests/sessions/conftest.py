"""What the tests of sessions share."""

from __future__ import annotations

import pytest

from sessions.watched import NOW, Watched
from zenoo_security import KeyRing
from zenoo_security.clock import FakeClock
from zenoo_security.sessions import Sessions


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(now=NOW)


@pytest.fixture
def store(clock: FakeClock) -> Watched:
    return Watched(clock)


@pytest.fixture(scope="session")
def key_ring() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def sessions(store: Watched, key_ring: KeyRing, clock: FakeClock) -> Sessions:
    return Sessions(store, key_ring, clock=clock)
