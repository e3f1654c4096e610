"""What the suites of the stores share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stores.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    """Four processes; `await crew.run(backend, job)` lets 200 takers at the store at once."""
    crew = Crew()
    yield crew
    crew.close()
