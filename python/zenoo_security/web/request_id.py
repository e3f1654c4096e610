"""An id for each request, in the audit log, in the answer and in what the application logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.audit.request import in_request
from zenoo_security.web.client_address import FROM_PROXY
from zenoo_security.web.control import Additions, Control

if TYPE_CHECKING:
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head

__all__ = ["REQUEST_ID", "RequestId"]

REQUEST_ID: Final = "request_id"
"""In `Request.found`: the id, 1 to 128 letters, digits and `._:-`."""

_HEADER: Final = b"x-request-id"
_HEADERS: Final = frozenset({_HEADER})


class RequestId(Control):
    """Gives a request an id, `X-Request-Id`, and puts it and the client's network into all of its audit events.

    An id that came with the request is taken from a trusted proxy alone (`ClientAddress`, which stands before this):
    whoever else could choose one would make two requests look like one.
    """

    def before(self, request: Request) -> None:
        """Choose the id, and enter the context of the audit log."""
        given = request.value(_HEADER) if FROM_PROXY in request.found else None
        context = in_request(given.decode("latin-1") if given is not None else None, request.client)
        request.found[REQUEST_ID] = context.id
        request.enter(context)

    def after(self, request: Request, head: Head) -> None:
        """Tell the client the id, to name it in a complaint."""
        request_id = request.found.get(REQUEST_ID)
        if request_id is not None:
            head.set(_HEADER, request_id.encode())

    def additions(self) -> Additions:
        """The id, where the application sends none."""
        return Additions(self._add, minded=_HEADERS, changed=_HEADERS)

    def _add(self, request: Request, head: Head) -> bool:
        request_id = request.found.get(REQUEST_ID)
        if request_id is not None:
            head.headers.append((_HEADER, request_id.encode()))
        return True
