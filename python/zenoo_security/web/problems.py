"""Refusals as `application/problem+json` (RFC 9457), with nothing in them that came from the request."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from zenoo_security.web.response import Response

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["problem"]


def problem(
    status: int,
    detail: str | None = None,
    *,
    kind: str = "about:blank",
    title: str | None = None,
    headers: Sequence[tuple[bytes, bytes]] = (),
    **members: object,
) -> Response:
    """A problem document.

    Args:
        status: the status code.
        detail: one sentence on what to do; a text of ours, never one from the request.
        kind: its `type`, the URI of the kind of problem; `about:blank` says no more than the status.
        title: its name; by default that of the status code.
        headers: more headers, such as `retry-after`.
        members: extension members (section 3.2), such as `violated-policies`; underscores become hyphens.

    >>> problem(413, "Send at most 1048576 bytes.").body
    b'{"type":"about:blank","title":"Request Entity Too Large","status":413,"detail":"Send at most 1048576 bytes."}'
    """
    document = {"type": kind, "title": title or HTTPStatus(status).phrase, "status": status}
    if detail is not None:
        document["detail"] = detail
    document |= {name.replace("_", "-"): member for name, member in members.items()}
    body = json.dumps(document, separators=(",", ":")).encode()
    return Response(
        status,
        (
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            *headers,
        ),
        body,
    )
