"""One call to Odoo's `/jsonrpc`, with the standard library: what sets up a test must not depend on what is tested."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from zenoo_security.errors import OdooRefused, OdooUnavailable

__all__ = ["call", "is_answering"]

_TIMEOUT_S = 120.0
# A proxy of the environment is not asked about a local server.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def call(url: str, service: str, method: str, *arguments: Any, timeout_s: float = _TIMEOUT_S) -> Any:
    """Call a method of one of Odoo's services.

    Args:
        url: the address of Odoo.
        service: `common`, `db` or `object`.
        method: the method's name.
        arguments: its arguments.
        timeout_s: seconds until it is given up.

    Raises:
        OdooUnavailable: nothing answered, or not an Odoo.
        OdooRefused: Odoo answered with an error.
    """
    params = {"service": service, "method": method, "args": arguments}
    body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).encode()
    try:
        # In debug mode an Odoo with our addon says what went wrong, to administrators.
        request = urllib.request.Request(  # noqa: S310 - the address is ours or was given by whoever runs the tests
            f"{url}/jsonrpc?debug=1", data=body, headers={"Content-Type": "application/json"}
        )
        with _OPENER.open(request, timeout=timeout_s) as response:
            answer = json.load(response)
    except (OSError, ValueError) as error:
        raise OdooUnavailable(f"{url} does not answer as an Odoo does ({error}); is it running?") from error
    if "error" in answer:
        data = answer["error"].get("data", {})
        raise OdooRefused(str(data.get("message") or answer["error"]), odoo_type=data.get("name"))
    return answer.get("result")


def is_answering(url: str, timeout_s: float = 2.0) -> bool:
    """Tell whether an Odoo answers there."""
    try:
        with _OPENER.open(f"{url}/web/health", timeout=timeout_s) as response:
            return bool(json.load(response).get("status") == "pass")
    except (OSError, ValueError):
        return False
