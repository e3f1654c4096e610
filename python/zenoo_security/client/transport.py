"""The JSON-RPC requests: no proxy by surprise, no body or traceback in an error.

Every request of zenoo-rpc ends in `AsyncTransport.json_rpc_call`, the login included, so this is where errors become
ours. They are raised outside of the `except` blocks: what httpx or Odoo said does not hang on as `__context__`.
"""

from __future__ import annotations

import json
import re
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpx
from zenoo_rpc.transport import AsyncTransport

from zenoo_security.client.errors import ConnectionFailed, RequestTimedOut, from_answer
from zenoo_security.errors import InvalidInput

if TYPE_CHECKING:
    import asyncio
    import ssl

__all__ = ["REQUEST_SENT", "SecureTransport"]

REQUEST_SENT: ContextVar[asyncio.Event | None] = ContextVar("zenoo_security.request_sent", default=None)
"""Set in a task that wants to know when the request that it makes is on its way."""

_OK = 200
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    UnicodeError,
)
_MAY_BE_DONE = "; it may have been done: look before you ask again"
_NAME = re.compile(r"[a-z_][a-z0-9_.]{0,63}")


class SecureTransport(AsyncTransport):
    """The transport of zenoo-rpc with typed errors.

    Args:
        base_url: scheme, host and port.
        timeout: seconds to wait to connect, and between two pieces of the answer.
        verify: a TLS context, or False for no verification.
        trust_env: whether `HTTP_PROXY` and its like may choose who sees the requests.
    """

    def __init__(self, base_url: str, *, timeout: float, verify: ssl.SSLContext | bool, trust_env: bool) -> None:
        # Not calling the base: it would make a second HTTP client that nobody closes.
        self.base_url = base_url
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout,
            verify=verify,
            trust_env=trust_env,
            http2=True,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            headers={"Content-Type": "application/json", "User-Agent": "zenoo-security"},
        )

    async def json_rpc_call(
        self,
        service: str,
        method: str,
        params: dict[str, Any],
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Send one request and return Odoo's answer.

        Raises:
            OdooUnavailable: down, slow, or not an Odoo.
            SecurityError: Odoo answered with an error; see `zenoo_security.client.errors`.
            InvalidInput: an argument cannot be written as JSON.
        """
        request = {
            "jsonrpc": "2.0",
            "method": "call",
            "params": {"service": service, "method": method, "args": [], **params},
            "id": request_id or str(uuid.uuid4()),
        }
        answer = await self._post(request, _label(service, method, params))
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _post(self, request: dict[str, Any], call: str) -> dict[str, Any] | Exception:
        if self._client.is_closed:
            return ConnectionFailed("this client is closed: make a new one")
        body = _encode(request)
        try:
            response = await self._client.post("/jsonrpc", content=body, extensions=_extensions())
        except httpx.TimeoutException as error:
            return RequestTimedOut(
                f"{self.base_url} did not answer {call} in time: check that Odoo runs, or give a longer timeout"
                f"{_doubt(error)}",
            )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # UnicodeError: a host that is no IDN
            return ConnectionFailed(
                f"{self.base_url} cannot be reached ({type(error).__name__}): check the address, the certificate, "
                f"and that Odoo runs{_doubt(error)}",
            )
        return _read(response, call, self.base_url, request["id"])


def _extensions() -> dict[str, Any]:
    sent = REQUEST_SENT.get()
    if sent is None:
        return {}

    async def trace(event: str, _info: object) -> None:
        if event.endswith("send_request_body.complete"):
            sent.set()

    return {"trace": trace}


def _doubt(error: Exception) -> str:
    """What is added where the request was on its way, so that nobody repeats a write that was done."""
    return "" if isinstance(error, _NOT_SENT) else _MAY_BE_DONE


def _read(response: httpx.Response, call: str, base_url: str, request_id: str) -> dict[str, Any] | Exception:
    if response.status_code != _OK:
        doubt = _MAY_BE_DONE if response.is_server_error else ""
        return ConnectionFailed(f"{base_url} answered with HTTP {response.status_code}: {_advice(response)}{doubt}")
    try:
        answer = response.json()
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or answer.get("jsonrpc") != "2.0":
        return ConnectionFailed(f"what answers at {base_url} is not an Odoo: check host and port")
    if answer.get("id") != request_id:
        # Sent twice by a proxy, or late: on a connection that is kept it would pass for the next one.
        return ConnectionFailed(
            f"what {base_url} answered belongs to another call than {call}: check the proxy before Odoo{_MAY_BE_DONE}"
        )
    return from_answer(answer["error"], call) if "error" in answer else answer


def _advice(response: httpx.Response) -> str:
    if response.is_redirect:
        return "it redirects; give the address that it redirects to, often https://"
    if response.is_server_error:
        return "look at the log of Odoo and of the proxy before it"
    return "check host and port, and that the proxy before Odoo lets /jsonrpc through"


def _label(service: str, method: str, params: dict[str, Any]) -> str:
    """Return `write on res.partner`, without a word that is not a name."""
    args = params.get("args") or []
    model_and_method = args[3:5] if service == "object" else []
    if len(model_and_method) == 2 and all(isinstance(w, str) and _NAME.fullmatch(w) for w in model_and_method):  # noqa: PLR2004
        return f"{model_and_method[1]} on {model_and_method[0]}"
    return f"the {service} call {method}" if _NAME.fullmatch(f"{service}.{method}") else "a call"


def _encode(request: dict[str, Any]) -> bytes:
    try:
        return json.dumps(request, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError):
        pass
    raise InvalidInput(
        "an argument cannot be sent to Odoo: use str, int, float, bool, None, list and dict, and dates as text",
        code="not_json",
    )
