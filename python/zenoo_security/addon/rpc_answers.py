"""Refusals in the form that the client of an entrance reads: a fault, an error object, or the error of JSON-2."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Literal, cast
from xmlrpc.client import Fault, dumps

from zenoo_security.web.response import Response

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NOT_COUNTED", "TOO_MANY_REQUESTS", "Entrance", "entrance_of", "refusal"]

Entrance = Literal["xmlrpc", "xmlrpc/2", "jsonrpc", "json/2"]

TOO_MANY_REQUESTS: Final = "Too many requests: wait before you try again."
NOT_COUNTED: Final = "Requests cannot be counted at the moment, so none is answered: try again later."

_TOO_MANY: Final = 429
_WARNING: Final = 2
"""The code of a fault that Odoo has for its `UserError`."""

_PATH: Final = re.compile(r"/*(?:[^/]+/+)?(xmlrpc(?:/+2(?=/|\Z))?|jsonrpc|json/+2)(?:/|\Z)")
_SLASHES: Final = re.compile(r"/+")


def entrance_of(path: str) -> Entrance | None:
    """The entrance for RPC that a path leads to, also behind a language, as in `/fr/jsonrpc`.

    Odoo takes dots as they are: `..` is then the name of a service.

    >>> entrance_of("//xmlrpc/2/common"), entrance_of("/fr/xmlrpc/.."), entrance_of("/web/login")
    ('xmlrpc/2', 'xmlrpc', None)
    """
    found = _PATH.match(path)
    return cast("Entrance", _SLASHES.sub("/", found[1])) if found else None


def refusal(entrance: Entrance, response: Response) -> Response:
    """A refusal of `RequestLimits` as a client of Odoo's reads it.

    XML-RPC has status 200: its clients look at no body of another.

    Args:
        entrance: where the client came in.
        response: what a client of HTTP would get.
    """
    kind, text = ("TooManyRequests", TOO_MANY_REQUESTS) if response.status == _TOO_MANY else ("NotCounted", NOT_COUNTED)
    if entrance in {"xmlrpc", "xmlrpc/2"}:
        body = _fault(entrance, text)
        return _with_body(200, "text/xml; charset=utf-8", body, response.headers)
    error: dict[str, object] = {
        "name": f"odoo.addons.zenoo_security.errors.{kind}",
        "message": text,
        "arguments": [text],
        "context": {},
        "debug": "",
    }
    if entrance == "jsonrpc":
        error = {"jsonrpc": "2.0", "id": None, "error": {"code": 0, "message": "Odoo Server Error", "data": error}}
    return _with_body(response.status, "application/json; charset=utf-8", json.dumps(error), response.headers)


def _fault(entrance: Entrance, text: str) -> str:
    fault = Fault(_WARNING, text) if entrance == "xmlrpc/2" else Fault(f"warning -- UserError\n\n{text}", "")  # type: ignore[arg-type]
    return dumps(fault, methodresponse=True)


def _with_body(status: int, media_type: str, body: str, headers: Sequence[tuple[bytes, bytes]]) -> Response:
    data = body.encode()
    own = [(b"content-type", media_type.encode()), (b"content-length", b"%d" % len(data))]
    return Response(status, [*own, *(header for header in headers if header[0] not in dict(own))], data)
