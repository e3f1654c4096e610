"""What the code that works beside the encryption needs of a client."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["Client"]


class Client(Protocol):
    """A logged-in client, plain or secure; a secure one without `encrypted_fields`."""

    @property
    def uid(self) -> int | None:
        """The id of the user."""

    async def execute_kw(
        self,
        model: str,
        method: str,
        args: list[Any],
        kwargs: dict[str, Any] | None = None,
        context: dict[str, Any] | None = None,
    ) -> Any:
        """Call a method of a model."""
