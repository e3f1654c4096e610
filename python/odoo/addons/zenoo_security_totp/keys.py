import functools

from odoo.addons.zenoo_security.fields.errors import require_key_ring
from odoo.addons.zenoo_security.settings import get_key_ring
from zenoo_security.addon.second_factor import TotpSecrets
from zenoo_security.errors import SecurityError


def get_totp_secrets(env):
    """The secrets of a database, for who needs the keys."""
    try:
        return read_totp_secrets(env)
    except SecurityError:
        return require_key_ring(env)


def read_totp_secrets(env):
    """Raises `SecurityError` where the server has no keys."""
    # sudo: nobody is logged in yet, and whoever is may not read parameters. It is no secret.
    return _make(env["ir.config_parameter"].sudo().get_param("database.uuid"))


@functools.cache
def _make(database):
    return TotpSecrets(get_key_ring(), database)
