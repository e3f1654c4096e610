"""Who a client acts for: the user that is logged in, read from Odoo as that user and no other."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import emit
from zenoo_security.client.users import not_an_odoo, read_user
from zenoo_security.errors import PermissionDenied
from zenoo_security.policy import Facts
from zenoo_security.principal import Principal, current_principal_or_none

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.client.access.protocol import Send
    from zenoo_security.client.users import User

__all__ = ["Asker"]

_MAX_AGE_S: Final = 60.0
_FIELDS: Final = ("partner_id", "company_id", "company_ids")


class Asker:
    """The user of one client.

    Args:
        send: asks Odoo as the user.
        who: gives database and user id of who is logged in.
    """

    def __init__(self, send: Send, who: Callable[[], tuple[str, int]]) -> None:
        self._send = send
        self._who = who
        self._lock = asyncio.Lock()
        self._known: tuple[float, Principal, Facts] | None = None

    def forget(self) -> None:
        """Read the user anew at the next call."""
        self._known = None

    async def ask(self) -> tuple[Principal, Facts]:
        """Return the user with the groups and companies of the last minute.

        Raises:
            PermissionDenied: the principal that is set is somebody else, whose rights would be mixed with this user's.
        """
        database, uid = self._who()
        current = current_principal_or_none()
        if current is not None and (current.database, current.uid) != (database, uid):
            emit("authz_fail", principal=current, needs="client", reason="other_user")
            raise PermissionDenied(
                "this client is logged in as somebody else than the one who asks: use a client of theirs"
            )
        async with self._lock:
            known = self._known
            if (
                known is None
                or time.monotonic() - known[0] > _MAX_AGE_S
                or (known[1].database, known[1].uid) != self._who()
            ):
                known = self._known = (time.monotonic(), *await self._read(database, uid))
        return known[1], known[2]

    async def _read(self, database: str, uid: int) -> tuple[Principal, Facts]:
        user = await read_user(lambda model, method, args: self._send(model, {}, method, args), uid, _FIELDS)
        try:
            return Principal(database, uid, user.login, user.groups), _facts(uid, user)
        except (KeyError, TypeError, ValueError, IndexError):
            pass
        raise not_an_odoo()


def _facts(uid: int, user: User) -> Facts:
    row = user.values
    company_ids = tuple(int(company) for company in row["company_ids"])
    return Facts(uid, int(row["partner_id"][0]), int(row["company_id"][0]), company_ids, user.groups)
