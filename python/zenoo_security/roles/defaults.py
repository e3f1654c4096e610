"""The policy of the guide, for who has none of their own: its roles, and what they may do in Odoo."""

from __future__ import annotations

from typing import Final

from zenoo_security.policy import Policy, RoleRules
from zenoo_security.roles.names import Permission, Role

__all__ = ["GUIDE_POLICY"]

_PRODUCTS: Final = ("product.template", "product.product")


def _texts(*permissions: Permission, odoo: tuple[str, ...] = ()) -> tuple[str, ...]:
    return (*(permission.value for permission in permissions), *odoo)


def _on(models: tuple[str, ...], *operations: str) -> tuple[str, ...]:
    return tuple(f"{model}:{operation}" for model in models for operation in operations)


GUIDE_POLICY: Final = Policy(
    {
        Role.VIEWER.value: RoleRules(
            allow=_texts(
                Permission.READ_PARTNERS,
                Permission.READ_PRODUCTS,
                odoo=_on(("res.partner", *_PRODUCTS), "read"),
            ),
            description="sees partners and products",
        ),
        Role.EDITOR.value: RoleRules(
            allow=_texts(
                Permission.WRITE_PARTNERS,
                Permission.WRITE_PRODUCTS,
                odoo=_on(("res.partner", *_PRODUCTS), "create", "write"),
            ),
            inherits=(Role.VIEWER.value,),
            description="makes and changes them",
        ),
        Role.MANAGER.value: RoleRules(
            allow=_texts(Permission.DELETE_PARTNERS, odoo=_on(("res.partner",), "unlink")),
            inherits=(Role.EDITOR.value,),
            description="deletes partners too",
        ),
        Role.ADMIN.value: RoleRules(
            allow=_texts(Permission.ADMIN_ACCESS),
            inherits=(Role.MANAGER.value,),
            description="has every permission of the guide",
        ),
    }
)
"""What `AccessControlManager()` decides by."""
