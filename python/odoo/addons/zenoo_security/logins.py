"""The counters of failed logins of each database, for as long as the process lives, and whom they never stop."""

from odoo.sql_db import db_connect

from zenoo_security.addon.logins import Logins
from zenoo_security.addon.odoo_store import open_odoo_store
from zenoo_security.lockout import LockoutPolicy

from .settings import get_settings

_logins = {}


def get_logins(env):
    # sudo: whoever logs in may not read parameters; the secret leaves this function as digests only.
    secret = env["ir.config_parameter"].sudo().get_param("database.secret")
    key = (env.cr.dbname, secret)
    if key not in _logins:
        _logins[key] = _open(*key)
    return _logins[key]


def find_administrators(env):
    """Their logins."""
    # Not `all_user_ids`: computing it needs a user, and with an API key there is none yet.
    group = env.ref("base.group_system").id
    # sudo: nobody is logged in yet. What is found stays in this process.
    implying = env["res.groups"].sudo()._get_group_definitions().get_subset_ids([group])
    return env["res.users"].sudo().search([("group_ids", "in", [group, *implying])]).mapped("login")


def _open(database, secret):
    settings = get_settings()
    policy = LockoutPolicy(max_failed_attempts=settings.max_failed_attempts, lockout_duration=settings.lockout_duration)
    with db_connect(database).cursor() as cr:
        store = open_odoo_store(settings.store_url, cr.connection)
    return Logins(store, database, secret, policy)
