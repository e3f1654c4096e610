"""What a client is told of an error: what Odoo wrote for users, and else the id under which the log has the rest.

A traceback shows paths and versions, the text of an inner error quotes queries, records and addresses (OWASP ASVS 5.0,
13.4.2 and 16.5.1).
"""

from __future__ import annotations

import logging
import traceback
from functools import wraps
from typing import TYPE_CHECKING, Any, Final
from xmlrpc.client import Fault

from zenoo_security.addon.current_request import current_request, shows_details
from zenoo_security.web.request_id import REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    Readable = tuple[type[BaseException], ...]

__all__ = ["hide_error_details", "hide_fault_details", "kind_and_place", "name_failed_pages"]

_logger: Final = logging.getLogger(__name__)
_NO_NONE: Final = "cannot marshal None unless allow_none is enabled"
_SERVER_ERROR: Final = 1
"""The code of a fault that is none of Odoo's others (`addons/rpc/controllers/xmlrpc.py`)."""


def hide_error_details(http: Any, readable: Readable) -> None:
    """Take from Odoo's JSON errors what is not meant for the client; once for each process.

    The members stay, since clients look for them: `debug` names the request, `name` is the type.

    Args:
        http: the module `odoo.http`.
        readable: exceptions whose message is written for whoever gets it.
    """
    serialize = http.serialize_exception
    if hasattr(serialize, "__wrapped__"):
        return

    @wraps(serialize)
    def serialize_exception(exception: BaseException, **options: Any) -> dict[str, Any]:
        error: dict[str, Any] = serialize(exception, **options)
        if shows_details():
            return error
        reference = _reference()
        if isinstance(exception, readable):
            return {**error, "debug": reference}
        text = _withheld(exception, reference)
        return {**error, "message": text, "arguments": [text], "context": {}, "debug": reference}

    http.serialize_exception = serialize_exception


def hide_fault_details(xmlrpc: Any, readable: Readable) -> None:
    """The same for the faults of XML-RPC, whose codes stay.

    Also the text that says that a method has returned nothing: it was carried out, and clients look for these words.

    Args:
        xmlrpc: the module `odoo.addons.rpc.controllers.xmlrpc`.
        readable: as for `hide_error_details`.
    """
    if hasattr(xmlrpc.xmlrpc_handle_exception_int, "__wrapped__"):
        return

    def hiding(handle: Callable[[BaseException], str], make: Callable[[str], Fault]) -> Callable[[BaseException], str]:
        @wraps(handle)
        def answer(error: BaseException) -> str:
            if shows_details() or isinstance(error, readable):
                return handle(error)
            returned_none = isinstance(error, TypeError) and str(error) == _NO_NONE
            fault: str = xmlrpc.dumps(make(_NO_NONE if returned_none else _withheld(error, _reference())))
            return fault

        return answer

    xmlrpc.xmlrpc_handle_exception_int = hiding(
        xmlrpc.xmlrpc_handle_exception_int, lambda text: Fault(_SERVER_ERROR, text)
    )
    # `/xmlrpc/common` has texts for codes, and the traceback for a text.
    xmlrpc.xmlrpc_handle_exception_string = hiding(
        xmlrpc.xmlrpc_handle_exception_string,
        lambda text: Fault(text, ""),  # type: ignore[arg-type]
    )


def name_failed_pages(http: Any, readable: Readable) -> None:
    """Have the log name the request where Odoo answers with a page that tells nothing; once for each process.

    Args:
        http: the module `odoo.http`.
        readable: as for `hide_error_details`.
    """
    handle = http.HttpDispatcher.handle_error
    if hasattr(handle, "__wrapped__"):
        return

    @wraps(handle)
    def handle_error(dispatcher: Any, exception: Exception) -> Any:
        if not isinstance(exception, readable):
            _withheld(exception, _reference())
        return handle(dispatcher, exception)

    http.HttpDispatcher.handle_error = handle_error


def kind_and_place(error: BaseException) -> str:
    """What the log may have of any error: its type, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    place = f"{frames[0].filename}, line {frames[0].lineno}" if frames else "an unknown place"
    return f"{type(error).__module__}.{type(error).__qualname__} in {place}"


def _reference() -> str:
    request = current_request()
    return f"Request {request.found[REQUEST_ID]}" if request is not None and REQUEST_ID in request.found else ""


def _withheld(error: BaseException, reference: str) -> str:
    """Write into the log where it happened, and give what is said instead."""
    _logger.warning("%s: the client was not told of %s", reference or "A request", kind_and_place(error))
    return f"The server could not do this. Its log says why. {reference}".rstrip()
