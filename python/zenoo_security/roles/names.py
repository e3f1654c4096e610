"""The guide's permissions and roles, and what may stand for a permission or a role."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

from zenoo_security.errors import PolicyError

__all__ = ["Name", "Permission", "Role", "text_of"]

Name: TypeAlias = "str | Enum"
"""A permission or a role: its text, or a member of an enumeration whose values are such texts."""


class Permission(str, Enum):
    """The guide's permissions. Each is equal to its text, which is a name of the policy language."""

    READ_PARTNERS = "read_partners"
    WRITE_PARTNERS = "write_partners"
    DELETE_PARTNERS = "delete_partners"
    READ_PRODUCTS = "read_products"
    WRITE_PRODUCTS = "write_products"
    ADMIN_ACCESS = "admin_access"


class Role(str, Enum):
    """The guide's roles."""

    VIEWER = "viewer"
    EDITOR = "editor"
    MANAGER = "manager"
    ADMIN = "admin"


def text_of(name: object) -> str:
    """The text of a permission or a role.

    Raises:
        PolicyError: it is neither text nor a member of an enumeration of texts.
    """
    text = name.value if isinstance(name, Enum) else name
    if not isinstance(text, str):
        raise PolicyError("a permission or a role is text, or a member of an Enum whose values are texts")
    return str(text)
