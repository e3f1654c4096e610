"""No manager is left over from other tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zenoo_security.roles import configure

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def no_manager_of_the_process() -> Iterator[None]:
    before = configure(None)
    yield
    configure(before)
