"""What events are called in the list, for those that are seen every day."""

from odoo.tools.translate import LazyTranslate

from zenoo_security.addon.audit_rows import meaning_of

_lt = LazyTranslate(__name__)

_LABELS = {
    "audit_rows_expired": _lt("Old events deleted"),
    "authn_login_error": _lt("Login ended with an error"),
    "authn_login_fail": _lt("Login refused"),
    "authn_login_fail_max": _lt("Login refused: too many failures"),
    "authn_login_pending": _lt("Password right, code to come"),
    "authn_login_success": _lt("Login"),
    "authn_login_unlock": _lt("Failed logins forgotten"),
    "authn_password_change": _lt("Password changed"),
    "authn_password_change_fail": _lt("New password refused"),
    "authz_fail": _lt("Access refused"),
    "excess_rate_limit_exceeded": _lt("Too many requests"),
    "job.finished": _lt("Encrypted values moved to the primary key"),
}


def label_of(env, event):
    return env._(_LABELS[event]) if event in _LABELS else meaning_of(event) or event
