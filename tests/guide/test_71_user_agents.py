"""Defect 71: a user agent was a control, which blocked `curl` in name only and missed the project's own transport."""

from __future__ import annotations

import httpx
import pytest

from zenoo_security import SecurityMiddleware

AGENTS = ["curl/8.5.0", "python-requests/2.32.3", f"python-httpx/{httpx.__version__}", "sqlmap/1.8", "", None]


@pytest.mark.parametrize("agent", AGENTS)
async def test_nobody_is_refused_by_what_they_call_themselves(agent):
    """Neither at first nor after fifty times; a limit counts what they do."""
    middleware = SecurityMiddleware()
    info = {"client_ip": "203.0.113.9", "user_agent": agent}
    assert [await middleware.process_request(info) for _ in range(50)] == [True] * 50


async def test_our_own_transport_gets_through():
    """A request as zenoo-rpc sends it, by ASGI."""

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})

    transport = httpx.ASGITransport(SecurityMiddleware(app, hosts=["app.example.com"]), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://app.example.com") as client:
        assert client.headers["user-agent"] == f"python-httpx/{httpx.__version__}"
        assert (await client.post("/jsonrpc", json={})).status_code == 200


async def test_counters_of_names_do_not_grow():
    """A million names that somebody makes up leave nothing behind."""
    middleware = SecurityMiddleware(limits=None)
    (agents,) = (control for control in middleware._client if type(control).__name__ == "UserAgents")
    for number in range(5000):
        await middleware.process_request({"client_ip": "203.0.113.9", "user_agent": f"sqlmap/{number}"})
    assert agents._named.cache_info().currsize <= 2048
