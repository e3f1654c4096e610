"""What anybody sees of an Odoo at its address, without logging in."""

from zenoo_security.checks.live_url.view import VIEW

__all__ = ["VIEW"]
