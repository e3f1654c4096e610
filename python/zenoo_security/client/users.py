"""Who is logged in, read from Odoo as that very user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client.errors import CredentialRefused
from zenoo_security.errors import OdooUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

__all__ = ["User", "not_an_odoo", "read_user"]


class User(NamedTuple):
    """A user as Odoo has it.

    Attributes:
        login: the login as it is stored, whatever was typed.
        groups: the external ids of the user's groups, with those that they imply.
        values: of the fields that were asked for.
    """

    login: str
    groups: frozenset[str]
    values: Mapping[str, Any]


async def read_user(
    ask: Callable[[str, str, list[Any]], Awaitable[Any]], uid: int | None, fields: Sequence[str] = ()
) -> User:
    """Read a user.

    Args:
        ask: calls a method of a model as that user.
        uid: the id of the user.
        fields: what else to read.

    Raises:
        CredentialRefused: there is no such user any more.
        OdooUnavailable: what answers is not an Odoo.
    """
    rows = await ask("res.users", "read", [[uid], ["login", "all_group_ids", *fields]])
    if uid is None or rows == []:
        raise CredentialRefused("Odoo no longer has the user of this client")
    try:
        [row] = rows
        ids = list(row["all_group_ids"])
        names = await ask("res.groups", "get_external_id", [ids]) if ids else {}
        return User(str(row["login"]), frozenset(filter(None, names.values())), row)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise not_an_odoo()


def not_an_odoo() -> OdooUnavailable:
    """The error for rows that no Odoo gives."""
    return OdooUnavailable("what answers does not read users as an Odoo does")
