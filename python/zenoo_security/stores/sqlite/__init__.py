"""A store in one file, for the processes of one machine."""

from zenoo_security.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
