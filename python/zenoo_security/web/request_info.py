"""The guide's `process_request`: a request as a dictionary, and refusals as exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from zenoo_security.errors import (
    ClientBlocked,
    InvalidInput,
    ParameterError,
    RateLimitExceeded,
    SecurityError,
    StoreUnavailable,
)
from zenoo_security.web.request import Request
from zenoo_security.web.response import Head, Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.web.control import Control

__all__ = ["require"]


async def require(request_info: Mapping[str, Any], controls: Sequence[Control]) -> bool:
    """Let controls decide on a request.

    Args:
        request_info: `client_ip`, `user_agent`, `method` and `path`, as far as they are known.
        controls: that need to know no more than these.

    Returns:
        True. What is refused raises, as `SecurityMiddleware.process_request` says.
    """
    request = _request(request_info)
    for control in controls:
        response = control.before(request)
        if response is not None and not isinstance(response, Response):
            response = await response
        if response is not None:
            raise _error(response)
    return True


def _request(info: object) -> Request:
    if not isinstance(info, Mapping):
        raise ParameterError("request_info is a dictionary with client_ip and user_agent")
    agent = info.get("user_agent")
    client = info.get("client_ip")
    return Request(
        kind="http",
        method=str(info.get("method") or "GET"),
        scheme="https",
        path=str(info.get("path") or "/"),
        query=b"",
        headers=[(b"user-agent", agent.encode("latin-1", "replace"))] if isinstance(agent, str) else [],
        peer=client if isinstance(client, str) else None,
    )


def _error(response: Response) -> SecurityError:
    wait = Head(response.status, list(response.headers)).value(b"retry-after")
    if response.status == HTTPStatus.TOO_MANY_REQUESTS and wait is not None:
        return RateLimitExceeded(float(wait))
    if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return StoreUnavailable("the store does not answer, so nothing is let in")
    if wait is not None:
        return ClientBlocked(float(wait))
    return InvalidInput("the address of the client is needed", field="client_ip", code="ip_address")
