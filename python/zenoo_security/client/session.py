"""The login of one client: the real credential everywhere, and gone when the client is done with it."""

from __future__ import annotations

from typing import Any

from zenoo_rpc.transport import SessionManager

from zenoo_security.client.errors import LoginRefused

__all__ = ["SecureSession"]


class SecureSession(SessionManager):
    """zenoo-rpc's session, corrected: it keeps an API key, and sends no password that is not the user's."""

    async def authenticate(self, transport: Any, database: str, username: str, password: str) -> None:
        """Log in with a password or an API key; on any failure nobody is logged in.

        Raises:
            LoginRefused: wrong user name, password or API key.
            OdooUnavailable: nothing is known about the password; do not count it as an attempt.
        """
        self.clear()
        version = await transport.json_rpc_call("common", "version", {})
        answer = await transport.json_rpc_call("common", "authenticate", {"args": [database, username, password, {}]})
        uid = answer.get("result")
        if isinstance(uid, bool) or not isinstance(uid, int) or uid < 1:
            raise LoginRefused("Odoo refused the login: wrong user name, password or API key")
        await self.resume(transport, database, uid, username, password)
        self._server_version = _dict(version)

    async def resume(
        self,
        transport: Any,
        database: str,
        uid: int,
        username: str,
        password: str,
        *,
        context: dict[str, Any] | None = None,
    ) -> None:
        """Take up a login whose user id is known.

        Args:
            transport: what sends.
            database: the user's database.
            uid: the user's id, as a login gave it.
            username: the user's login.
            password: the password or an API key.
            context: the user's language and time zone. Without it Odoo is asked for them, and so checks the password.

        Raises:
            CredentialRefused: Odoo does not accept the password any more, or the user is archived.
            OdooUnavailable: nothing is known about the password.
        """
        self.clear()
        if context is None:
            args = [database, uid, password, "res.users", "context_get", []]
            context = _dict(await transport.json_rpc_call("object", "execute_kw", {"args": args}))
        self._context = context
        self._database, self._uid, self._username, self._password = database, uid, username, password

    async def authenticate_with_api_key(self, transport: Any, database: str, username: str, api_key: str) -> None:
        """Log in with an API key: Odoo takes it wherever it takes a password."""
        await self.authenticate(transport, database, username, api_key)

    def clear(self) -> None:
        """Forget who is logged in, the credential included."""
        super().clear()
        self._password = None


def _dict(answer: dict[str, Any]) -> dict[str, Any]:
    result = answer.get("result")
    return result if isinstance(result, dict) else {}
