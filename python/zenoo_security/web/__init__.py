"""What stands between the network and an application: controls that refuse requests and complete responses."""

from zenoo_security.web.asgi import AsgiMiddleware
from zenoo_security.web.control import Control
from zenoo_security.web.header_changes import HeaderChanges, change_headers
from zenoo_security.web.headers import SecurityHeaders
from zenoo_security.web.nonces import csp_context, csp_nonce
from zenoo_security.web.request import Request, security_request
from zenoo_security.web.response import Head, Response
from zenoo_security.web.wsgi import WsgiMiddleware

__all__ = [
    "AsgiMiddleware",
    "Control",
    "Head",
    "HeaderChanges",
    "Request",
    "Response",
    "SecurityHeaders",
    "WsgiMiddleware",
    "change_headers",
    "csp_context",
    "csp_nonce",
    "security_request",
]
