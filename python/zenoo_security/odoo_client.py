"""What the package needs of a client that is logged in to Odoo."""

from __future__ import annotations

from typing import Any, Protocol

from zenoo_security.principal import Principal

__all__ = ["Call", "Client", "principal_of"]


class Call(Protocol):
    """Calls a method of a model as the user of a client."""

    async def __call__(
        self,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
    ) -> Any:
        """Return what Odoo answers."""
        ...


class Client(Protocol):
    """A logged-in client: zenoo-rpc's own, or `SecureZenooClient`, whose policy then counts too."""

    @property
    def database(self) -> str | None:
        """The database of the user."""

    @property
    def uid(self) -> int | None:
        """The id of the user."""

    @property
    def username(self) -> str | None:
        """The login of the user."""

    @property
    def execute_kw(self) -> Call:
        """Call a method of a model."""
        ...


def principal_of(client: Client) -> Principal | None:
    """The user of a client, for the audit log; None while nobody is logged in."""
    database, uid, login = client.database, client.uid, client.username
    return Principal(database, uid, login) if database and uid and login else None
