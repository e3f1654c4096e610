"""An Odoo in memory that a `SecureAuthManager` can be given: its users, how long it takes, and what it was asked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zenoo_security.auth import OdooUser
from zenoo_security.client import ConnectionFailed, CredentialRefused, LoginRefused

if TYPE_CHECKING:
    from zenoo_security.principal import Principal

DATABASE, LOGIN, PASSWORD = "demo", "ann@example.com", "tulip lamp seven river"
GROUPS = frozenset({"base.group_user"})


@dataclass
class User:
    """A user as the test wants them."""

    uid: int
    login: str
    password: str
    groups: frozenset[str] = GROUPS
    active: bool = True
    totp: bool = False
    api_keys: set[str] = field(default_factory=set)

    def accepts(self, credential: str) -> bool:
        """As Odoo does over RPC: no password of a user with TOTP."""
        return self.active and (credential in self.api_keys or (not self.totp and credential == self.password))


class ScriptedOdoo:
    """Answers as Odoo does.

    Args:
        hash_s: seconds for a password of a user that exists.
        look_up_s: seconds for one that does not.
    """

    def __init__(self, *, hash_s: float = 0.0, look_up_s: float = 0.0) -> None:
        self.ann = User(7, LOGIN, PASSWORD)
        self.users = [self.ann, User(8, "bob", "six more words of bob")]
        self.asked: list[tuple[str, str]] = []
        self.was_asked = asyncio.Event()
        self.down = False
        self._hash_s, self._look_up_s = hash_s, look_up_s

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(asked == method for asked, _ in self.asked)

    async def log_in(self, database: str, login: str, credential: str) -> OdooUser:
        self._ask("log_in", login)
        user = next((user for user in self.users if database == DATABASE and user.login == login), None)
        await asyncio.sleep(self._hash_s if user else self._look_up_s)
        if user is None or not user.accepts(credential):
            raise LoginRefused("refused")
        return OdooUser(user.uid, user.login, user.groups)

    async def still_valid(self, principal: Principal, credential: str) -> OdooUser:
        self._ask("still_valid", principal.login)
        await asyncio.sleep(0)
        user = next((user for user in self.users if user.uid == principal.uid), None)
        if user is None or not user.accepts(credential):
            raise CredentialRefused("refused")
        return OdooUser(user.uid, user.login, user.groups)

    async def change_password(self, principal: Principal, credential: str, current: str, new: str) -> None:
        self._ask("change_password", principal.login)
        user = next(user for user in self.users if user.uid == principal.uid)
        if not user.accepts(credential) or current != user.password:
            raise CredentialRefused("refused")
        user.password = new

    def _ask(self, method: str, login: str) -> None:
        self.asked.append((method, login))
        self.was_asked.set()
        if self.down:
            raise ConnectionFailed("down")
