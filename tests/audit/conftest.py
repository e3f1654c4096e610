"""What the tests of the audit log share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zenoo_security import KeyRing
from zenoo_security.audit import AuditLog, Entry, configured


class Heard(list[Entry]):
    """A sink that remembers."""

    def __call__(self, entry: Entry) -> None:
        self.append(entry)

    @property
    def events(self) -> list[str]:
        return [entry.event for entry in self]

    @property
    def fields(self) -> list[dict[str, Any]]:
        return [json.loads(entry.line) for entry in self]

    def one(self, event: str) -> dict[str, Any]:
        (found,) = [fields for fields in self.fields if fields["event.action"] == event]
        return found


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def heard():
    """What was emitted meanwhile in this process."""
    sink = Heard()
    with configured(AuditLog(sink)):
        yield sink
