"""Defect 29: the guide's roles are fixed in the code: no role of one's own, no hierarchy, denial, wildcard or expiry."""

from __future__ import annotations

from enum import Enum

import pytest

from zenoo_security import AccessControlManager, Principal
from zenoo_security.clock import FakeClock
from zenoo_security.policy import Policy, PolicyFile, RoleRules

ANN = Principal("shop", 7, "ann", groups=frozenset({"sales_team.group_sale_manager"}))


class GuidesRole(Enum):
    VIEWER = "viewer"
    ADMIN = "admin"


def test_the_guides_roles_cannot_be_extended() -> None:
    with pytest.raises(TypeError):

        class MyRole(GuidesRole):
            CLERK = "clerk"


def manager() -> tuple[AccessControlManager, FakeClock]:
    clock = FakeClock()
    policy = Policy(
        {
            "seller": RoleRules(allow=["sale.*:read", "sale.order:write"], groups=["sales_team.group_sale_salesman"]),
            "head": RoleRules(inherits=["seller"], allow=["sale.order:*"], groups=["sales_team.group_sale_manager"]),
            "intern": RoleRules(inherits=["seller"], deny=["sale.order:write"]),
        }
    )
    return AccessControlManager(policy, clock=clock), clock


def test_a_group_of_odoo_gives_a_role_that_inherits_another() -> None:
    access, _ = manager()
    assert access.rights_now(ANN).roles == {"head", "seller"}
    assert access.has_permission(ANN, "sale.order.line:read"), "a wildcard"
    assert access.has_permission(ANN, "sale.order:action_confirm")


def test_a_denial_wins_and_a_role_ends_by_itself() -> None:
    access, clock = manager()
    access.assign_role(ANN, "intern", expires_in_s=3600)
    assert not access.has_permission(ANN, "sale.order:write")
    clock.advance(3601)
    assert access.has_permission(ANN, "sale.order:write")


def test_a_policy_is_a_file_that_can_change(tmp_path) -> None:
    path = tmp_path / "policy.toml"
    text = 'version = 1\n[roles.clerk]\nallow = ["{}"]\ngroups = ["sales_team.group_sale_manager"]\n'
    path.touch(mode=0o600)
    path.write_text(text.format("reports"))
    access = AccessControlManager(PolicyFile(path))
    assert access.has_permission(ANN, "reports")
    path.write_text(text.format("ledgers"))
    assert access.has_permission(ANN, "ledgers")
