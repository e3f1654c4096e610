"""`zenoo-security demo` against an Odoo that is not its own."""

from __future__ import annotations

import pytest

from zenoo_security.demo import Scene, jobs, limits, web
from zenoo_security.testing.database import ExternalOdoo, OdooUser


@pytest.mark.parametrize("step", jobs.STEPS, ids=lambda step: step.title)
async def test_what_is_in_somebodys_odoo_is_not_encrypted(step, tmp_path):
    """The keys end with the demo: an Odoo that was named with --url keeps its partners as they are, and is not even asked."""
    database = ExternalOdoo("http://127.0.0.1:1", "production", "admin", "secret").create_database()
    lines: list[str] = []
    await step.run(Scene(database, OdooUser(1, "ann", "secret"), tmp_path, lines.append))
    assert len(lines) == 1
    assert lines[0].startswith("left out: ")


@pytest.mark.asvs("v5.0.0-2.4.1")
async def test_the_limit_trips_in_one_process_and_across_two(tmp_path):
    """Five of six calls in one; five of eight in two."""
    database = ExternalOdoo("http://127.0.0.1:1", "production", "admin", "secret").create_database()
    lines: list[str] = []
    for step in limits.STEPS:
        await step.run(Scene(database, OdooUser(1, "ann", "secret"), tmp_path, lines.append))
    assert sum(line.startswith("call ") and " allowed, " in line for line in lines) == 5
    assert lines[-1] == "together they have one quota of 5"


async def test_a_refused_client_is_told_how_long_to_wait(tmp_path):
    """The reply of the IETF draft, as a client gets it."""
    database = ExternalOdoo("http://127.0.0.1:1", "production", "admin", "secret").create_database()
    lines: list[str] = []
    for step in web.STEPS:
        await step.run(Scene(database, OdooUser(1, "ann", "secret"), tmp_path, lines.append))
    assert lines[:2] == ['HTTP/1.1 200 OK, RateLimit: "5/min";r=4;t=60', 'HTTP/1.1 200 OK, RateLimit: "5/min";r=3;t=60']
    assert "HTTP/1.1 429 Too Many Requests" in lines
    assert {'RateLimit-Policy: "5/min";q=5;w=60', "Retry-After: 60"} <= set(lines)
