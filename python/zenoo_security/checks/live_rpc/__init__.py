"""What an administrator sees of an Odoo over RPC. Only `fields_get` and `search_read` are called."""

from zenoo_security.checks.live_rpc.view import VIEW

__all__ = ["VIEW"]
