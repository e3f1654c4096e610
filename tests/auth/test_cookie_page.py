"""The applications of docs/guide/cookies.md, run as they stand there on a manager."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest

from scripted_odoo import DATABASE, LOGIN, PASSWORD
from zenoo_security.errors import SessionEnded

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "cookies.md"


@pytest.fixture
def page(auth) -> dict[str, Any]:
    """What the blocks define; its loop runs in a daemon thread, and is stopped."""
    namespace: dict[str, Any] = {"auth": auth}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL):
        exec(block.replace('"shop"', repr(DATABASE)), namespace)
    yield namespace
    loop = namespace["loop"]
    loop.call_soon_threadsafe(loop.stop)
    while loop.is_running():
        time.sleep(0.001)
    loop.close()


def asgi_scope(token: str | None) -> dict[str, Any]:
    headers = [] if token is None else [(b"cookie", f"__Host-session={token}".encode())]
    return {"type": "http", "headers": headers, "client": ("192.0.2.1", 4711)}


async def get(page: dict[str, Any], token: str | None) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await page["application"](asgi_scope(token), None, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def test_the_asgi_application_greets_who_is_logged_in_and_sends_others_to_the_login(page, auth):
    form = {"login": LOGIN, "password": PASSWORD}
    headers = dict(await page["log_in"](asgi_scope(None), form))
    token = page["cookie"].from_scope({"headers": [(b"cookie", headers[b"set-cookie"].split(b";")[0])]})
    assert await get(page, token) == (200, {}, f"Hello {LOGIN}".encode())

    await page["log_in"](asgi_scope(token), form)
    with pytest.raises(SessionEnded):  # the session that the browser brought to the login
        await auth.session(token)
    for other in (token, None, "nonsense"):
        status, headers, body = await get(page, other)
        assert (status, headers[b"location"], body) == (303, b"/login", b"")
        assert b"Max-Age=0" in headers[b"set-cookie"]


def test_the_wsgi_application_greets_who_is_logged_in_and_sends_others_to_the_login(page, auth):
    answers: list[str] = []
    token = page["wait"](auth.authenticate(LOGIN, PASSWORD, DATABASE))
    for cookie in (f"__Host-session={token}", ""):
        body = page["wsgi_application"]({"HTTP_COOKIE": cookie}, lambda status, headers: answers.append(status))
        answers.append(b"".join(body).decode())
    assert answers == ["200 OK", f"Hello {LOGIN}", "303 See Other", ""]
