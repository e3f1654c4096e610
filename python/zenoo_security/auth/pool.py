"""Logged-in clients, one for each session that is in use, for as long as it is.

A client never serves two sessions: what it caches and whose rights it has are one user's. Before each call it asks
whether its session still stands, so one that is kept for too long is of no use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.auth.flights import Flights
from zenoo_security.client import NotLoggedIn, SecureZenooClient
from zenoo_security.clock import SYSTEM_CLOCK, Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from zenoo_security.client.calls import Call

__all__ = ["ClientPool", "SessionClient"]


class SessionClient(SecureZenooClient):
    """The client of one session.

    Args:
        session_id: of the session.
        require_session: raises when the session has ended; asked before each call.
        options: as for `SecureZenooClient`.
    """

    def __init__(self, session_id: str, require_session: Callable[[], Awaitable[object]], **options: Any) -> None:
        super().__init__(**options)
        self.session_id = session_id
        self._require_session = require_session
        self._calls = 0
        self._retired = False

    async def _call(self, call: Call) -> Any:
        if self._retired:
            raise NotLoggedIn("this client was given back: ask for the client of the session again")
        self._calls += 1
        try:
            await self._require_session()
            return await super()._call(call)
        finally:
            self._calls -= 1
            await self._close_if_done()

    async def login(self, database: str, username: str, password: str) -> None:  # noqa: ARG002
        """Refused: the client is its session's user, whoever asks the pool for it next.

        Raises:
            NotLoggedIn: always.
        """
        raise NotLoggedIn("this client belongs to a session: log others in with SecureAuthManager.authenticate")

    async def __aexit__(self, *exception: object) -> None:
        """Leave it to the pool: other tasks of the session may be using it."""

    async def retire(self) -> None:
        """Take no more calls, and close when those under way are done."""
        self._retired = True
        await self._close_if_done()

    async def _close_if_done(self) -> None:
        if self._retired and self._calls == 0:
            await self.close()


class ClientPool:
    """The clients of one process and one event loop.

    Args:
        most: how many stay open; the one that was asked for least recently is given up for a new one, after the calls
            that it is in. At least as many as there are requests at the same time.
        idle_s: seconds after which one that nobody asked for is closed, when the pool is next used.
        clock: measures them.
    """

    def __init__(self, *, most: int = 100, idle_s: float = 60.0, clock: Clock = SYSTEM_CLOCK) -> None:
        self._most = most
        self._idle_s = idle_s
        self._clock = clock
        # The one that was asked for least recently comes first.
        self._clients: dict[bytes, tuple[SessionClient, float]] = {}
        self._opening: Flights[SessionClient] = Flights()
        self._closings = 0

    def __len__(self) -> int:
        return len(self._clients)

    async def get(self, key: bytes, open_client: Callable[[], Awaitable[SessionClient]]) -> SessionClient:
        """The client of a session token.

        Args:
            key: the digest of the token.
            open_client: logs a new client in.
        """
        await self._retire_idle()
        client = self._take(key)
        return client or await self._opening.join(key, lambda: self._open(key, open_client))

    async def retire(self, key: bytes) -> None:
        """Give up the client of a session token, if there is one."""
        entry = self._clients.pop(key, None)
        if entry:
            await entry[0].retire()

    async def retire_sessions(self, ids: Collection[str | None]) -> None:
        """Give up the clients of the sessions with these ids."""
        for key in [key for key, (client, _) in self._clients.items() if client.session_id in ids]:
            await self.retire(key)

    async def aclose(self) -> None:
        """Give up all clients; those that are being logged in, as soon as they are."""
        self._closings += 1
        for key in list(self._clients):
            await self.retire(key)

    def _take(self, key: bytes) -> SessionClient | None:
        client, _ = self._clients.pop(key, (None, 0.0))
        if client is None or not client.is_authenticated:  # somebody closed it
            return None
        self._clients[key] = (client, self._clock.monotonic())
        return client

    async def _open(self, key: bytes, open_client: Callable[[], Awaitable[SessionClient]]) -> SessionClient:
        closings = self._closings
        client = await open_client()
        if closings != self._closings:
            await client.retire()
            return client
        self._clients[key] = (client, self._clock.monotonic())
        while len(self._clients) > self._most:
            await self.retire(next(iter(self._clients)))
        return client

    async def _retire_idle(self) -> None:
        before = self._clock.monotonic() - self._idle_s
        for key, entry in list(self._clients.items()):
            if entry[1] > before:
                return
            # While one is closed another task may have opened a new client in its place.
            if self._clients.get(key) is entry:
                await self.retire(key)
