"""The view of nginx in front of Odoo: what it adds, hides and limits."""

from zenoo_security.checks.proxy.view import VIEW

__all__ = ["VIEW"]
