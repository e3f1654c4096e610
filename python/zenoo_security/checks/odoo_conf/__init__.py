"""The view of `odoo.conf`: what Odoo 19 makes of its file, the environment and its command line."""

from zenoo_security.checks.odoo_conf.view import VIEW

__all__ = ["VIEW"]
