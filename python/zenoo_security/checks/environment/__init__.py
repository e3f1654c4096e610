"""The view of this process: its environment, its key ring, what runs it and what it can do."""

from zenoo_security.checks.environment.view import VIEW

__all__ = ["VIEW"]
