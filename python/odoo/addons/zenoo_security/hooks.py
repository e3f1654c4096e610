import logging
import threading

import odoo.http
from odoo.http import request
from odoo.tools import config
from werkzeug.middleware.proxy_fix import ProxyFix

from zenoo_security.addon.audit_sink import drop_head
from zenoo_security.addon.client_address import carry_client_address
from zenoo_security.addon.current_request import take_up_request
from zenoo_security.addon.responses import controls_of, protect_responses
from zenoo_security.addon.settings import AddonSettings
from zenoo_security.errors import SecurityError

from .audit import start_audit
from .disclosure import hide_details
from .limits import open_limits
from .settings import get_settings

_logger = logging.getLogger(__name__)


def post_load():
    carry_client_address(odoo.http)
    try:
        settings = get_settings()
    except SecurityError as error:
        _logger.error("Nobody can log in to databases with zenoo_security until this is mended: %s", error)
        settings = AddonSettings()
    if not settings.database_manager:
        # Odoo's own switch, for the service beside the pages.
        config["list_db"] = False
    hide_details()
    protect_responses(odoo.http, controls_of(settings, open_limits(settings)), trust_proxy)
    start_audit()
    # Odoo notes the address of a request in its thread.
    if hasattr(threading.current_thread(), "url"):
        _logger.warning("A request was not looked at: add zenoo_security to server_wide_modules in odoo.conf")
        take_up_request(request.httprequest.environ if request else None)


def trust_proxy(environ):
    """What Odoo does itself, which is too late for what stands around it; doing it twice changes nothing."""
    if config["proxy_mode"] and environ.get("HTTP_X_FORWARDED_HOST"):
        ProxyFix(lambda *_: [])(environ, lambda *_: None)


def uninstall_hook(env):
    # Odoo alone would take such a hash for a password in the clear, and let in whoever knows the hash.
    env["res.users"]._clear_foreign_passwords()
    drop_head(env.cr)
