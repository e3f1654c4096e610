"""What the enforcement needs of those around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.policy import Policy, Rights
    from zenoo_security.principal import Principal

__all__ = ["AccessManager", "Find", "Send"]


class AccessManager(Protocol):
    """Who has which roles, and what these may do."""

    @property
    def policy(self) -> Policy:
        """The policy as it is now."""
        ...

    async def rights(self, principal: Principal, /) -> Rights:
        """What somebody may do now, by assigned roles and by those that Odoo's groups give."""
        ...


class Send(Protocol):
    """Sends a request as the logged-in user, past the policy."""

    async def __call__(
        self,
        model: str,
        context: dict[str, Any],
        method: str,
        args: list[Any],
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what Odoo answers."""
        ...


class Find(Protocol):
    """Searches as the logged-in user, past the policy; domains may compare encrypted fields."""

    async def __call__(self, model: str, context: Mapping[str, Any], domain: list[Any]) -> set[int]:
        """Return the ids of the records that match."""
        ...
