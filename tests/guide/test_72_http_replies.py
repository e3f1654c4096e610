"""Defect 72: a refusal was an exception that nobody turned into a reply: no ASGI or WSGI, no 429, no Retry-After."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from zenoo_security import SecurityError, SecurityMiddleware
from zenoo_security.web import WsgiSecurityMiddleware

OPTIONS = {"hosts": ["app.example.com"], "limits": "1/minute"}


async def asgi_app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


def wsgi_app(environ, start_response):
    start_response("200 OK", [])
    return [b""]


async def by_asgi() -> list[httpx.Response]:
    transport = httpx.ASGITransport(SecurityMiddleware(asgi_app, **OPTIONS), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="https://app.example.com") as client:
        return [await client.get("/"), await client.get("/")]


def by_wsgi() -> list[httpx.Response]:
    transport = httpx.WSGITransport(WsgiSecurityMiddleware(wsgi_app, **OPTIONS), remote_addr="203.0.113.9")
    with httpx.Client(transport=transport, base_url="https://app.example.com") as client:
        return [client.get("/"), client.get("/")]


async def test_a_refusal_is_a_reply_that_says_when_to_come_back():
    """RFC 6585 and RFC 9457, by ASGI and by WSGI."""
    for let_in, refused in (await by_asgi(), await asyncio.to_thread(by_wsgi)):
        assert (let_in.status_code, refused.status_code) == (200, 429)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["violated-policies"] == ["1/min"]


async def test_the_guides_call_still_raises():
    """A snippet that was copied goes on working: true, or a SecurityError."""
    middleware = SecurityMiddleware()
    info = {"client_ip": "203.0.113.9", "user_agent": "Mozilla/5.0"}
    for _ in range(100):
        assert await middleware.process_request(info) is True
    with pytest.raises(SecurityError):
        await middleware.process_request(info)
