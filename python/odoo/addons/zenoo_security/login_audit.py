"""How attempts to log in end, in the audit log."""

import contextlib

from odoo.http import request

from zenoo_security.addon.client_address import client_address
from zenoo_security.errors import LoginFailed, SecurityError

from .audit import record, record_seldom
from .logins import get_logins

_HOUR_S = 3600


@contextlib.contextmanager
def record_login(users, login, purpose, outages, factors):
    """Record how an attempt ends. The block appends what the login has shown to the list that it gets."""
    env = users.env
    about = {"purpose": purpose, "client_ip": client_address(request), "account": _get_account(env, login)}
    proofs = []
    try:
        yield proofs
    except LoginFailed:
        about["reason"] = "too_many_failures"
        user = _find_tried(users, login) if about["account"] else None
        record_seldom(env, "authn_login_fail_max", about["account"], user=user, **about)
        raise
    except (*outages, SecurityError) as error:
        # The transaction may be broken: nothing is asked of it.
        record(env, "authn_login_error", reason=type(error).__name__, **about)
        raise
    except Exception:
        about["reason"] = "credential" if factors <= {"password"} else "code"
        record(env, "authn_login_fail", user=_find_tried(users, login), **about)
        raise
    about["factors"] = sorted(factors)
    if purpose == "api_key":
        # With each request.
        key = (about["account"], about["client_ip"])
        record_seldom(env, "authn_login_success", *key, every_s=_HOUR_S, user=request.env.user, **about)
    elif proofs[0].is_whole:
        record(env, "authn_login_success", user=_find_tried(users, login), **about)
    else:
        del about["factors"]
        about["reason"] = "second_factor_required"
        record(env, "authn_login_pending", user=_find_tried(users, login), **about)


def _find_tried(users, login):
    """Whose login was tried. What was typed is never recorded: people type passwords there."""
    return users._find(users._get_login_domain(login)) if isinstance(login, str) else None


def _get_account(env, login):
    try:
        return get_logins(env).account(login)
    except SecurityError:
        return None
