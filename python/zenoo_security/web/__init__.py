"""What stands between the network and an application: controls that refuse requests and complete responses."""

from zenoo_security.web.app_cookies import CookieAttributes
from zenoo_security.web.asgi import AsgiMiddleware
from zenoo_security.web.caching import NoStore
from zenoo_security.web.content_types import ContentTypes
from zenoo_security.web.control import Control
from zenoo_security.web.csp_reports import CspReports
from zenoo_security.web.header_changes import HeaderChanges, change_headers
from zenoo_security.web.headers import SecurityHeaders
from zenoo_security.web.nonces import csp_context, csp_nonce
from zenoo_security.web.request import Request, security_request
from zenoo_security.web.response import Head, Response
from zenoo_security.web.sessions import WebSessions
from zenoo_security.web.site_data import ClearSiteData, clear_site_data
from zenoo_security.web.user_files import UserFiles, attachment
from zenoo_security.web.wsgi import WsgiMiddleware

__all__ = [
    "AsgiMiddleware",
    "ClearSiteData",
    "ContentTypes",
    "Control",
    "CookieAttributes",
    "CspReports",
    "Head",
    "HeaderChanges",
    "NoStore",
    "Request",
    "Response",
    "SecurityHeaders",
    "UserFiles",
    "WebSessions",
    "WsgiMiddleware",
    "attachment",
    "change_headers",
    "clear_site_data",
    "csp_context",
    "csp_nonce",
    "security_request",
]
