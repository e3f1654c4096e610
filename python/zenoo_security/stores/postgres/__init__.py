"""A store on PostgreSQL, in a schema of its own: for several machines, and where Odoo's server is there anyway."""

from zenoo_security.stores.postgres.store import PostgresStore

__all__ = ["PostgresStore"]
