"""What a user may, with the policy that says so, and what that policy knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.errors import PolicyError
from zenoo_security.roles.names import Permission

if TYPE_CHECKING:
    from zenoo_security.policy import Decision, Policy, Rights

__all__ = ["Standing", "decide", "named", "require_known_permission", "require_known_role"]

_GUIDES: Final = {permission.value: permission for permission in Permission}


class Standing(NamedTuple):
    """What a user may, and the policy that says so."""

    policy: Policy
    rights: Rights


def require_known_permission(policy: Policy, permission: str) -> None:
    """Refuse a permission that no part of a policy knows, so that a mistyped one is found.

    Raises:
        PolicyError: it is not known, or it is none.
    """
    if not policy.knows(permission):
        raise PolicyError(
            f"no part of the policy knows the permission {permission!r}: give it to a role, or list it in `permissions`"
        )


def require_known_role(policy: Policy, role: str) -> None:
    """Refuse a role that a policy does not have.

    Raises:
        PolicyError: it does not have it.
    """
    if role not in policy.roles:
        raise PolicyError("the policy has no such role: see its `roles`")


def decide(standing: Standing, permission: str) -> Decision:
    """Decide about one permission.

    Raises:
        PolicyError: it is none, or no part of the policy knows it.
    """
    require_known_permission(standing.policy, permission)
    return standing.rights.decide(permission)


def named(standing: Standing) -> set[str]:
    """What a user may, of all that the policy names without a wildcard; the guide's as members of `Permission`."""
    policy = standing.policy
    rules = {text for role in policy.roles.values() for text in (*role.allow, *role.deny)}
    texts = {text for text in rules | policy.permissions if "*" not in text}
    return {_GUIDES.get(text, text) for text in texts if standing.rights.allows(text)}
