"""Defect 28: the guide keeps roles by login alone: the same login in two databases has the same roles."""

from __future__ import annotations

import pytest

from zenoo_security import AccessControlManager, Permission, Principal, Role, acting_as
from zenoo_security.errors import NoPrincipal, ParameterError
from zenoo_security.principal import get_current_user

PRODUCTION, TEST = Principal("production", 7, "admin"), Principal("test", 7, "admin")


class GuidesManager:
    """The guide's listing, as far as it matters."""

    def __init__(self) -> None:
        self.user_roles: dict[str, set[Role]] = {}

    def assign_role(self, username: str, role: Role) -> None:
        self.user_roles.setdefault(username, set()).add(role)

    def has_role(self, username: str, role: Role) -> bool:
        return role in self.user_roles.get(username, set())


def test_the_guide_makes_an_administrator_of_the_test_database_one_of_production() -> None:
    manager = GuidesManager()
    with acting_as(TEST):
        manager.assign_role(get_current_user(), Role.ADMIN)
    with acting_as(PRODUCTION):
        assert manager.has_role(get_current_user(), Role.ADMIN)


@pytest.mark.asvs("v5.0.0-8.4.1")
def test_ours_keeps_databases_apart() -> None:
    manager = AccessControlManager()
    with acting_as(TEST):
        manager.assign_role(get_current_user(), Role.ADMIN)
        assert manager.has_permission(get_current_user(), Permission.ADMIN_ACCESS)
    with acting_as(PRODUCTION):
        assert not manager.has_permission(get_current_user(), Permission.ADMIN_ACCESS)
        assert not manager.has_permission(PRODUCTION, Permission.ADMIN_ACCESS)


def test_who_is_asking_is_known_or_nobody_is_allowed() -> None:
    """The guide reads a global that it does not define."""
    manager = AccessControlManager()
    with pytest.raises(NoPrincipal):
        get_current_user()
    with pytest.raises(ParameterError, match="database="):
        manager.has_permission("admin", Permission.ADMIN_ACCESS)
