"""What stands between the network and an application: controls that refuse requests and complete responses."""

from zenoo_security.audit.request import client_prefix as client_key
from zenoo_security.sanitize import attachment
from zenoo_security.web.app_cookies import CookieAttributes
from zenoo_security.web.asgi import AsgiMiddleware
from zenoo_security.web.blocks import Block, BlockPolicy, Blocks
from zenoo_security.web.caching import NoStore
from zenoo_security.web.client_address import ClientAddress
from zenoo_security.web.content_types import ContentTypes
from zenoo_security.web.control import Control
from zenoo_security.web.cors import Cors
from zenoo_security.web.csp_reports import CspReports
from zenoo_security.web.csrf import Csrf
from zenoo_security.web.csrf_tokens import CsrfTokens
from zenoo_security.web.error_pages import ErrorPages, Problem
from zenoo_security.web.errors import Errors
from zenoo_security.web.fetched_data import FetchedData
from zenoo_security.web.framing import Framing
from zenoo_security.web.header_changes import HeaderChanges, change_headers
from zenoo_security.web.headers import SecurityHeaders
from zenoo_security.web.hostnames import HostList
from zenoo_security.web.hosts import Hosts
from zenoo_security.web.https import Https
from zenoo_security.web.jsonp import Jsonp
from zenoo_security.web.limit_rules import LimitRule
from zenoo_security.web.methods import Methods
from zenoo_security.web.nonces import csp_context, csp_nonce
from zenoo_security.web.odoo_answers import strip_odoo_answer, strip_odoo_error
from zenoo_security.web.problems import problem
from zenoo_security.web.query_secrets import QuerySecrets
from zenoo_security.web.redirects import safe_redirect
from zenoo_security.web.repeated_parameters import RepeatedParameters
from zenoo_security.web.request import Request, security_request
from zenoo_security.web.request_id import RequestId
from zenoo_security.web.request_limits import RequestLimits
from zenoo_security.web.response import Head, Response
from zenoo_security.web.security_middleware import SecurityMiddleware, WsgiSecurityMiddleware
from zenoo_security.web.security_options import SecurityOptions
from zenoo_security.web.sessions import WebSessions
from zenoo_security.web.site_data import ClearSiteData, clear_site_data
from zenoo_security.web.sizes import Sizes
from zenoo_security.web.user_agents import UserAgents
from zenoo_security.web.user_files import UserFiles
from zenoo_security.web.wsgi import WsgiMiddleware

__all__ = [
    "AsgiMiddleware",
    "Block",
    "BlockPolicy",
    "Blocks",
    "ClearSiteData",
    "ClientAddress",
    "ContentTypes",
    "Control",
    "CookieAttributes",
    "Cors",
    "CspReports",
    "Csrf",
    "CsrfTokens",
    "ErrorPages",
    "Errors",
    "FetchedData",
    "Framing",
    "Head",
    "HeaderChanges",
    "HostList",
    "Hosts",
    "Https",
    "Jsonp",
    "LimitRule",
    "Methods",
    "NoStore",
    "Problem",
    "QuerySecrets",
    "RepeatedParameters",
    "Request",
    "RequestId",
    "RequestLimits",
    "Response",
    "SecurityHeaders",
    "SecurityMiddleware",
    "SecurityOptions",
    "Sizes",
    "UserAgents",
    "UserFiles",
    "WebSessions",
    "WsgiMiddleware",
    "WsgiSecurityMiddleware",
    "attachment",
    "change_headers",
    "clear_site_data",
    "client_key",
    "csp_context",
    "csp_nonce",
    "problem",
    "safe_redirect",
    "security_request",
    "strip_odoo_answer",
    "strip_odoo_error",
]
