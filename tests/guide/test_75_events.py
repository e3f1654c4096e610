"""Defect 75: nothing was logged of what was refused, and no decision had a type."""

from __future__ import annotations

import pytest

from zenoo_security import SecurityMiddleware
from zenoo_security.audit import AuditLog, configured
from zenoo_security.errors import SecurityError
from zenoo_security.limits import Decision, RateLimiter
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web import BlockPolicy, Blocks, RequestLimits
from zenoo_security.web.request import Request


@pytest.mark.asvs("v5.0.0-16.3.3")
async def test_limits_blocks_and_attack_tools_are_events():
    """Each with the network that it came from, and bounded."""
    told = []
    blocks = Blocks(MemoryStore(), policy=BlockPolicy(violations=2, window_s=60))
    middleware = SecurityMiddleware(limits=RateLimiter(1, 60), blocks=blocks)
    with configured(AuditLog(told.append)):
        for _ in range(50):
            try:
                await middleware.process_request({"client_ip": "203.0.113.9", "user_agent": "sqlmap"})
            except SecurityError:
                continue
    assert [entry.event for entry in told] == ["malicious_attack_tool", "excess_rate_limit_exceeded", "client_blocked"]
    assert b"203.0.113.9" in told[2].line


def test_a_decision_has_a_type():
    """What is left and how long to wait are there for who asks."""
    request = Request(kind="http", method="GET", scheme="https", path="/", query=b"", headers=[], peer="203.0.113.9")
    RequestLimits(RateLimiter(3, 60)).before(request)
    ((_, decision),) = request.found["rate_limits"]
    assert isinstance(decision, Decision)
    assert (decision.allowed, decision.limit, decision.remaining) == (True, 3, 2)
