"""What an administrator sees of an Odoo over RPC. Nothing is changed."""

from zenoo_security.checks.live_rpc.view import VIEW

__all__ = ["VIEW"]
