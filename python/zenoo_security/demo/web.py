"""Put the controls around an application, and see what a client over its limit is told."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.demo.scene import Scene, Step, expect
from zenoo_security.web import SecurityMiddleware

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    Message = MutableMapping[str, Any]

__all__ = ["STEPS"]

_HOST: Final = "shop.example.com"
_QUOTA: Final = 5
_SHOWN: Final = ("RateLimit-Policy", "RateLimit", "Retry-After", "Cache-Control", "Content-Type")


class _Reply(NamedTuple):
    status: HTTPStatus
    headers: dict[str, str]
    body: str

    @property
    def line(self) -> str:
        return f"HTTP/1.1 {self.status.value} {self.status.phrase}"


async def _refuse(scene: Scene) -> None:
    app = SecurityMiddleware(_hello, hosts=[_HOST], limits=f"{_QUOTA}/minute")
    for number in range(1, _QUOTA + 1):
        reply = await _ask(app)
        expect(reply.status == HTTPStatus.OK, f"request {number} of {_QUOTA} was refused")
        scene.say(f"{reply.line}, RateLimit: {reply.headers['ratelimit']}")
    refused = await _ask(app)
    expect(refused.status == HTTPStatus.TOO_MANY_REQUESTS, "a request over the limit was let in")
    scene.say("")
    scene.say(refused.line)
    for name in _SHOWN:
        expect(name.lower() in refused.headers, f"the refusal has no {name}")
        scene.say(f"{name}: {refused.headers[name.lower()]}")
    scene.say("")
    scene.say(refused.body)


async def _hello(_scope: object, _receive: object, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


async def _ask(app: SecurityMiddleware) -> _Reply:
    sent: list[Message] = []
    scope = {
        "type": "http",
        "method": "GET",
        "scheme": "https",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", _HOST.encode())],
        "client": ("203.0.113.7", 50_000),
    }

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return _Reply(HTTPStatus(sent[0]["status"]), headers, sent[1]["body"].decode())


STEPS = (
    Step(
        "Refuse a request over the limit",
        "All controls around an application, by one line; the reply says how long to wait (IETF draft, RFC 9457).",
        _refuse,
    ),
)
