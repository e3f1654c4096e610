"""What every test shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent / "vectors"


def load_vectors(name: str) -> dict[str, Any]:
    """The known answers in `tests/vectors/<name>.json`; Rust reads the same file."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def vectors() -> Any:
    """`vectors("otp")` gives the known answers of that file."""
    return load_vectors
