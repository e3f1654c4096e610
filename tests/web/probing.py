"""What the controls before it have found out, and the events that they told."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from zenoo_security.audit import AuditLog, configured
from zenoo_security.web import AsgiMiddleware, Control, Request, Response

from .driving import Got, Sent, scope_of, through

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zenoo_security.audit import Entry

HOST = (b"host", b"app.example.com")


class Tell(Control):
    """Answers with what is known of the request."""

    def before(self, request: Request) -> Response:
        found = {name: str(value) for name, value in request.found.items()}
        told = {"client": request.client, "scheme": request.scheme, "found": found}
        return Response(200, (), json.dumps(told).encode())


def known(kind: str, controls: Sequence[Control], sent: Sent) -> dict[str, Any]:
    """What is known of a request after these controls."""
    return json.loads(through(kind, [*controls, Tell()], sent).body)


def heard_events() -> Iterator[list[Entry]]:
    """The events of a test; for a fixture."""
    entries: list[Entry] = []
    with configured(AuditLog(entries.append)):
        yield entries


def handshake(controls: Sequence[Control], sent: Sent) -> Got | int | None:
    """A WebSocket handshake: the refusal, the code with which it was closed, or `None` when the application got it."""
    messages: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    scope = scope_of(sent, "websocket") | {"extensions": {"websocket.http.response": {}}}
    asyncio.run(AsgiMiddleware(app, controls)(scope, receive, send))
    first, *rest = messages
    if first["type"] == "websocket.accept":
        return None
    if first["type"] == "websocket.close":
        return first["code"]
    return Got(first["status"], list(first["headers"]), b"".join(message.get("body", b"") for message in rest))
