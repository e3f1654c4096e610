import logging

import odoo.http

from zenoo_security.addon.client_address import carry_client_address
from zenoo_security.errors import SecurityError

from .settings import get_settings

_logger = logging.getLogger(__name__)


def post_load():
    carry_client_address(odoo.http)
    try:
        get_settings()
    except SecurityError as error:
        _logger.error("Nobody can log in to databases with zenoo_security until this is mended: %s", error)


def uninstall_hook(env):
    # Odoo alone would take such a hash for a password in the clear, and let in whoever knows the hash.
    env["res.users"]._clear_foreign_passwords()
