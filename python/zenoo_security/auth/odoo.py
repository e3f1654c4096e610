"""What a login asks Odoo: whose password this is, whether it still is, and to change it.

Everything is asked with the user's own password or API key; there is no account of this package in Odoo. Seen on Odoo
19: an internal and a portal user alike may read their own `all_group_ids`, which has the implied groups too, and
`get_external_id` names them. The first call with a password costs Odoo one hash (600,000 rounds, 0.3 s), the next ones
none, until somebody changes a user. Removing an API key changes none, so what looks like a key logs in again.
"""

from __future__ import annotations

import re
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import httpx

from zenoo_security.address import Address, parse_address
from zenoo_security.client import CredentialRefused, RecordMissing, SecureZenooClient
from zenoo_security.client.users import read_user
from zenoo_security.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from zenoo_security.config import SecurityConfig
    from zenoo_security.principal import Principal

__all__ = ["Odoo", "OdooServer", "OdooUser"]

# 20 bytes in hexadecimal, odoo/addons/base/models/res_users.py, API_KEY_SIZE. Checking one costs Odoo 6,000 rounds.
_API_KEY: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class OdooUser:
    """A user as Odoo has it at this moment.

    Attributes:
        uid: the id in `res.users`.
        login: the login as it is stored, whatever was typed.
        groups: the external ids of the user's groups, with those that they imply.
    """

    uid: int
    login: str
    groups: frozenset[str] = frozenset()


class Odoo(Protocol):
    """What a `SecureAuthManager` needs of Odoo. A credential is a password or an API key.

    Every method raises

        AuthenticationError: the credential is refused, or the user is archived or gone,
        OdooUnavailable: nothing is known about the credential,
        OdooError: Odoo answered with another error.
    """

    async def log_in(self, database: str, login: str, credential: str) -> OdooUser:
        """Find out whose login and credential these are."""
        ...

    async def still_valid(self, principal: Principal, credential: str) -> OdooUser:
        """Read the user anew with the credential that logged them in."""
        ...

    async def change_password(self, principal: Principal, credential: str, current: str, new: str) -> None:
        """Set a new password; Odoo checks the current one."""
        ...


class OdooServer:
    """An Odoo at an address, asked over JSON-RPC. Connections last for one question; nothing needs to be closed.

    Args:
        url: `https://erp.example.com`; plain http only to this machine.
        ca_file: a file with the certificate of your own authority.
        allow_insecure: allow plain http to another machine.

    Raises:
        ConfigurationError: the address is not one, or the file holds no certificate.
        InsecureTransport: the address would send the password in the clear.
    """

    def __init__(self, url: str, *, ca_file: str | None = None, allow_insecure: bool = False) -> None:
        self._address: Address = parse_address(url)
        self._allow_insecure = allow_insecure
        # Made once: reading the authorities takes 20 ms, and there is a client for each login.
        self._tls = _tls(ca_file)
        self._address.require_private(verify=self._tls, allow_insecure=allow_insecure)

    @classmethod
    def from_config(cls, config: SecurityConfig) -> OdooServer:
        """The Odoo that the settings name.

        Raises:
            ConfigurationError: they name none.
        """
        if config.odoo_url is None:
            raise ConfigurationError("no Odoo: set ZENOO_SECURITY_ODOO_URL to its https:// address")
        return cls(config.odoo_url, ca_file=config.odoo_ca_file, allow_insecure=config.allow_insecure)

    def client_options(self) -> dict[str, Any]:
        """What a `SecureZenooClient` is made with to reach this Odoo."""
        return {
            "host_or_url": self._address.url,
            "verify_ssl": self._tls,
            "allow_insecure": self._allow_insecure,
        }

    async def log_in(self, database: str, login: str, credential: str) -> OdooUser:
        """Log in, and read who that is."""
        async with SecureZenooClient(**self.client_options()) as client:
            await client.login(database, login, credential)
            return await _user(client)

    async def still_valid(self, principal: Principal, credential: str) -> OdooUser:
        """Read the user; Odoo checks the credential with each call, but a key only at a login."""
        if _API_KEY.fullmatch(credential):
            return await self.log_in(principal.database, principal.login, credential)
        async with self._as(principal, credential) as client:
            return await _user(client)

    async def change_password(self, principal: Principal, credential: str, current: str, new: str) -> None:
        """Call Odoo's own `change_password` as the user."""
        async with self._as(principal, credential) as client:
            await client.execute_kw("res.users", "change_password", [current, new])

    @asynccontextmanager
    async def _as(self, principal: Principal, credential: str) -> AsyncIterator[SecureZenooClient]:
        async with SecureZenooClient(**self.client_options()) as client:
            await client.resume(principal.database, principal.uid, principal.login, credential, context={})
            try:
                yield client
            except RecordMissing:
                # Odoo looks for the user before it looks at the credential.
                raise CredentialRefused("Odoo no longer has the user of this client") from None


async def _user(client: SecureZenooClient) -> OdooUser:
    user = await read_user(client.execute_kw, client.uid)
    return OdooUser(client.uid or 0, user.login, user.groups)


def _tls(ca_file: str | None) -> ssl.SSLContext:
    if ca_file is None:
        return httpx.create_ssl_context(trust_env=False)
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"ZENOO_SECURITY_ODOO_CA_FILE: no certificate can be read: {type(error).__name__}"
        ) from None
