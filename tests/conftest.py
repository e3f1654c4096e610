"""What every test shares."""

from __future__ import annotations

import contextlib
import json
import os
import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stores.postgres_server import PostgresCluster

# How long an example takes, or making it, says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

FD_SETSIZE = 1024
VECTORS = Path(__file__).parent / "vectors"


def load_vectors(name: str) -> dict[str, Any]:
    """The known answers in `tests/vectors/<name>.json`; Rust reads the same file."""
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-m odoo` imports the modules alone that name the mark: the others are most of what there is."""
    if config.option.markexpr == "odoo" and collection_path.name.startswith("test_"):
        return "mark.odoo" not in collection_path.read_text(encoding="utf-8") or None
    return None


@pytest.fixture(scope="session")
def vectors() -> Any:
    """`vectors("otp")` gives the known answers of that file."""
    return load_vectors


@pytest.fixture(autouse=True)
def _settings_are_left_alone() -> Iterator[None]:
    """A setting that a test leaves in the environment decides what later ones find."""
    before = _settings()
    yield
    assert _settings() == before, "set what is in the environment by monkeypatch"


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("ZENOO_SECURITY_")}


@pytest.fixture
def many_open_files() -> Iterator[None]:
    """What is opened meanwhile has a descriptor that `select.select` does not take, as in a busy server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * FD_SETSIZE), hard))
    with contextlib.ExitStack() as held:
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        while held.enter_context(Path(os.devnull).open("rb")).fileno() < FD_SETSIZE:
            pass
        yield


@pytest.fixture(scope="session")
def shared_postgres() -> Iterator[PostgresCluster]:
    """A real PostgreSQL for tests that want a database of their own."""
    from stores.postgres_server import running  # Most tests need no driver.

    with running({}) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty store is that several processes share: a file, a real Redis, a real PostgreSQL."""
    if request.param == "redis":
        from zenoo_security.testing.redis import running_redis

        with running_redis() as server:
            yield server.url
    elif request.param == "postgresql":
        cluster = request.getfixturevalue("shared_postgres")
        yield cluster.url(cluster.create_database())
    else:
        yield f"sqlite:///{tmp_path / 'state.db'}"
