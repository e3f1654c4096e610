"""A database of an Odoo, and what a test does with it as its administrator."""

from __future__ import annotations

import base64
import hashlib
import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from zenoo_security.address import parse_address
from zenoo_security.errors import InsecureTransport, LocalOdooError, OdooRefused
from zenoo_security.testing import rpc

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ExternalOdoo", "OdooDatabase", "OdooServer", "OdooUser", "hash_as_odoo"]

_INTERNAL_USER = "base.group_user"
# What Odoo asks of its own hashes, odoo/addons/base/models/res_users.py, MIN_ROUNDS.
_ROUNDS = 600_000


class OdooServer(ABC):
    """An Odoo that answers at an address."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address, without a slash at its end."""

    @abstractmethod
    def create_database(self, name: str | None = None) -> OdooDatabase:
        """Return a database to test with.

        Args:
            name: its name; the server's choice without it.
        """

    @abstractmethod
    def drop_database(self, name: str) -> None:
        """Remove a database that `create_database` made.

        Args:
            name: its name.
        """

    @abstractmethod
    def sql(self, database: str, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run one SQL statement, committed at once, and return its rows.

        Args:
            database: the database's name.
            query: SQL with `%s` for each parameter.
            params: the values.

        Raises:
            LocalOdooError: PostgreSQL refused it, or it cannot be reached.
        """


@dataclass(frozen=True)
class OdooUser:
    """A user of a database.

    Attributes:
        uid: its id in `res.users`.
        login: its login.
        password: its password.
    """

    uid: int
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class OdooDatabase:
    """A database and its administrator.

    Attributes:
        server: the Odoo that has it.
        name: its name.
        admin_login: the administrator's login.
        admin_password: the administrator's password.
    """

    server: OdooServer
    name: str
    admin_login: str
    admin_password: str = field(repr=False)

    @property
    def url(self) -> str:
        """The address of its Odoo."""
        return self.server.url

    def login(self, login: str, password: str) -> int | None:
        """Return the id of a user, or None when Odoo does not accept the password.

        Args:
            login: the user's login.
            password: the user's password.

        Raises:
            OdooUnavailable: Odoo does not answer.
        """
        return rpc.call(self.url, "common", "authenticate", self.name, login, password, {}) or None

    def call(self, model: str, method: str, *arguments: Any, user: OdooUser | None = None, **keywords: Any) -> Any:
        """Call a method of a model.

        Args:
            model: the model's name, such as `res.partner`.
            method: the method's name.
            arguments: its arguments.
            user: who calls; the administrator without it.
            keywords: its keyword arguments.

        Raises:
            OdooRefused: Odoo answered with an error.
            OdooUnavailable: Odoo does not answer.
        """
        uid, password = (user.uid, user.password) if user else (self._admin_uid, self.admin_password)
        return rpc.call(self.url, "object", "execute_kw", self.name, uid, password, model, method, arguments, keywords)

    def sql(self, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run one SQL statement, committed at once, and return its rows.

        Args:
            query: SQL with `%s` for each parameter.
            params: the values.

        Raises:
            LocalOdooError: PostgreSQL refused it, or it cannot be reached.
        """
        return self.server.sql(self.name, query, params)

    def create_user(
        self, groups: Sequence[str] = (_INTERNAL_USER,), *, login: str | None = None, password: str | None = None
    ) -> OdooUser:
        """Make a user who has these groups and what they imply, and nothing else.

        Args:
            groups: external ids; one must be a kind of user: `base.group_user`, `base.group_portal` or
                `base.group_public`.
            login: the login; one of its own without it.
            password: the password; a random one without it.

        Raises:
            LocalOdooError: there is no such group.
            OdooRefused: Odoo does not accept the login or the groups.
        """
        login = login or f"user_{secrets.token_hex(6)}"
        password = password or secrets.token_urlsafe(16)
        ids = [self.resolve(group) for group in groups]
        values = {"name": login, "login": login, "password": password, "group_ids": [(6, 0, ids)]}
        return OdooUser(self.call("res.users", "create", values), login, password)

    def install(self, *modules: str) -> None:
        """Install modules, as the list of apps does.

        Args:
            modules: their technical names.

        Raises:
            LocalOdooError: Odoo does not find one.
            OdooRefused: Odoo could not install them.
        """
        self._update("button_immediate_install", modules)

    def uninstall(self, *modules: str) -> None:
        """Uninstall modules and what depends on them; their data is gone.

        Args:
            modules: their technical names.

        Raises:
            LocalOdooError: Odoo does not know one.
            OdooRefused: Odoo could not uninstall them.
        """
        self._update("button_immediate_uninstall", modules)

    def resolve(self, external_id: str) -> int:
        """Return the id of the record that an external id such as `base.group_user` names.

        Args:
            external_id: the module and the name, with a dot between.

        Raises:
            LocalOdooError: there is none.
        """
        module, _, name = external_id.partition(".")
        domain = [("module", "=", module), ("name", "=", name)]
        rows = self.call("ir.model.data", "search_read", domain, ["res_id"])
        if not rows:
            raise LocalOdooError(f"{external_id} does not exist in the database {self.name}; is its module installed?")
        return int(rows[0]["res_id"])

    def _update(self, method: str, modules: Sequence[str]) -> None:
        self.call("ir.module.module", "update_list")
        ids = self.call("ir.module.module", "search", [("name", "in", modules)])
        if len(ids) != len(set(modules)):
            raise LocalOdooError(f"Odoo does not find all of {', '.join(modules)}: name their folder with addons=")
        self.call("ir.module.module", method, ids)

    @cached_property
    def _admin_uid(self) -> int:
        uid = self.login(self.admin_login, self.admin_password)
        if uid is None:
            raise OdooRefused(f"{self.url} does not accept the login {self.admin_login} for the database {self.name}")
        return uid


class ExternalOdoo(OdooServer):
    """An Odoo that somebody else runs: tests work in the one database that they are given.

    Args:
        url: its address; plain http only on this machine.
        database: the database's name.
        login: an administrator's login.
        password: the password.

    Raises:
        InsecureTransport: the address would send the password in the clear.
        ConfigurationError: it is not an address.
    """

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        address = parse_address(url)
        if address.protocol == "http" and not address.is_loopback:
            raise InsecureTransport(
                f"plain http to {address.host} would send the administrator's password in the clear: give its https:// "
                "address, or forward a port of this machine to it (ssh -L 8069:localhost:8069)"
            )
        self._url = address.url
        self._database = OdooDatabase(self, database, login, password)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return self._url

    def create_database(self, name: str | None = None) -> OdooDatabase:  # noqa: ARG002 - there is only one
        """Return the database that was named; nothing is created."""
        return self._database

    def drop_database(self, name: str) -> None:
        """Leave the database alone: it is somebody else's."""

    def sql(self, database: str, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:  # noqa: ARG002
        """Raise: the database of an Odoo that somebody else runs is not reached."""
        raise LocalOdooError("SQL needs the local Odoo: leave --odoo-url out")


def hash_as_odoo(password: str, *, rounds: int = _ROUNDS) -> str:
    """Return the hash that Odoo itself would store: passlib's `$pbkdf2-sha512$`.

    Args:
        password: the password.
        rounds: fewer, where a test must not wait; Odoo takes 6,000 for its API keys.
    """
    salt = secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    # passlib's ab64: base64 with a dot for the plus, without padding.
    parts = [base64.b64encode(part, altchars=b"./").decode().rstrip("=") for part in (salt, digest)]
    return f"$pbkdf2-sha512${rounds}${parts[0]}${parts[1]}"
