"""How the suite gets at a store: opens it, lets its time pass, and breaks it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zenoo_security.stores import Store


class Backend:
    """One kind of store. Every test gets a backend of its own whose store is empty.

    Attributes:
        url: what another process gives to `open_store` to reach the same data; `None` if none can.
        timeout_s: within so many seconds a store from `open` gives up on a server that hangs; long, as a busy machine
            hangs too.
        restarts_empty: whether a server that was killed comes back without the values.
    """

    url: str | None = None
    timeout_s = 20.0
    restarts_empty = False

    def open(self) -> Store:
        """Open the store. Called several times in a test, the stores share their data."""
        raise NotImplementedError

    async def pass_time(self, seconds: float) -> None:
        """Let the store's time pass."""
        await asyncio.sleep(seconds)

    def step_calendar(self, seconds: float) -> None:
        """Set the calendar of a clock that the store was given; `time.time` has been set by the suite."""

    def kill(self) -> None:
        """Stop the server with SIGKILL and return when it is gone."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the server again, on the same port and data, and return when it answers."""
        raise NotImplementedError

    def hang(self) -> None:
        """Stop the server with SIGSTOP, or hold what a writer needs: connections stay and nothing answers."""
        raise NotImplementedError

    def resume(self) -> None:
        """Undo `hang`."""
        raise NotImplementedError

    def make_newer(self) -> None:
        """Make what is stored that of a version of this package which is not out yet."""
        raise NotImplementedError

    def make_older(self) -> None:
        """Make what is stored that of the version before the first."""
        raise NotImplementedError

    def contents(self) -> object:
        """Everything that is stored, to be compared."""
        raise NotImplementedError
