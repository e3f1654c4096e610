"""The rate limits of this server."""

from pathlib import Path

from odoo.tools import config

from zenoo_security.addon.limiters import limiters_of
from zenoo_security.addon.rpc_limits import OdooLimits
from zenoo_security.errors import RateLimitExceeded, StoreError

from .errors import NotCounted, TooManyRequests

# `post_load` opens them; without it nobody gets further.
_limits = None


def open_limits(settings):
    """Make them, once for each process."""
    global _limits  # noqa: PLW0603
    _limits = OdooLimits(limiters_of(settings, str(Path(config["data_dir"], "zenoo_security-limits"))))
    return _limits


def charge_network(name):
    _charge(_limits.charge_network, name)


def charge_user(name, env, uid):
    _charge(_limits.charge_user, name, env.cr.dbname, uid)


def _charge(charge, *args):
    try:
        charge(*args)
    except RateLimitExceeded:
        raise TooManyRequests from None
    except StoreError:
        raise NotCounted from None
