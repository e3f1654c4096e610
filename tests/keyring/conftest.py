"""What the tests of key rings share."""

from __future__ import annotations

import os

import pytest

from zenoo_security.environment import PREFIX


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """No variable of the machine that runs the tests counts."""
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
