"""What the source of addons says, without running it."""

from zenoo_security.checks.addon_code.view import VIEW

__all__ = ["VIEW"]
