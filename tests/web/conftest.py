"""What the tests of controls share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .probing import heard_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.audit import Entry


@pytest.fixture(params=["asgi", "wsgi"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both ways to an application."""
    return request.param


@pytest.fixture
def heard() -> Iterator[list[Entry]]:
    """The events of a test."""
    yield from heard_events()
