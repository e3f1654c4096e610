"""What a store can do: few operations, each atomic, whatever tasks, threads, processes and machines share it.

Every durable or shared fact of this package (sessions, attempts, used codes, second factors) is kept behind this one
protocol. Time is the store's own: an expiry is measured by the server that holds the value, or by a clock that does not
follow the calendar, so no machine with a wrong clock can shorten or stretch it.

Whatever goes wrong with the server is `StoreUnavailable`: it is down, hangs, or answers nonsense. Nothing is assumed
then; who asked refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from zenoo_security.stores.attempts import Counter, Outcome
    from zenoo_security.stores.quota import Quota

__all__ = ["MAX_KEY_BYTES", "MAX_TTL_S", "MAX_VALUE_BYTES", "Store", "Taken"]

MAX_KEY_BYTES: Final = 512
MAX_VALUE_BYTES: Final = 4 * 1024 * 1024
MAX_TTL_S: Final = 10 * 366 * 86_400.0


class Taken(NamedTuple):
    """What one quota says to what was asked.

    Attributes:
        allowed: whether this quota has it. It was taken when all of the quotas have it, else nothing was.
        remaining: what could be taken at once from now on, in units of cost.
        retry_after_s: seconds until this quota has what was asked; 0 when it does.
        reset_after_s: seconds until the quota is whole again, if nothing is taken meanwhile.
    """

    allowed: bool
    remaining: int
    retry_after_s: float
    reset_after_s: float


@runtime_checkable
class Store(Protocol):
    """Keys and values are bytes of any content: keys of 1 to `MAX_KEY_BYTES`, values of 0 to `MAX_VALUE_BYTES`.

    `ttl_s` is in seconds, over 0 and up to `MAX_TTL_S`; `None` keeps a value for good. Every method raises

        ParameterError: a key, a value or a number is out of its range,
        StoreUnavailable: the server does not answer in time, or not as it should,

    and a value that has expired is in every respect one that is not there.
    """

    async def get(self, key: bytes) -> bytes | None:
        """The value of a key, or `None`."""
        ...

    async def put(self, key: bytes, value: bytes, *, ttl_s: float | None) -> None:
        """Set a value, whatever was there."""
        ...

    async def add(self, key: bytes, value: bytes, *, ttl_s: float | None) -> bool:
        """Set a value where there is none. Returns whether this call did."""
        ...

    async def delete(self, key: bytes) -> bool:
        """Remove a value. Returns whether there was one."""
        ...

    async def compare_and_set(
        self, key: bytes, expected: bytes | None, value: bytes | None, *, ttl_s: float | None
    ) -> bool:
        """Replace `expected` by `value`; `None` stands for no value, before or after. Returns whether it did."""
        ...

    async def take(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """Take from all of several quotas, or from none when one of them refuses (`zenoo_security.stores.quota`).

        Args:
            quotas: 1 to 8, with different keys.
            cost: units, 1 to the smallest limit.

        Returns:
            An answer for each quota. What is refused takes nothing.
        """
        ...

    async def peek(self, quotas: Sequence[Quota], *, cost: int = 1) -> tuple[Taken, ...]:
        """What `take` would answer; nothing is taken, and `remaining` and `reset_after_s` are those of now."""
        ...

    async def forget(self, quotas: Sequence[Quota]) -> int:
        """Make quotas whole again. Returns of how many of them something had been taken."""
        ...

    async def reserve(self, counters: Sequence[Counter]) -> float:
        """Count one attempt on every counter, or on none when one of them refuses (`zenoo_security.stores.attempts`).

        Args:
            counters: 1 to 8, with different keys.

        Returns:
            0.0 when the attempt was reserved, else the seconds until all of the counters would allow it:
            `math.inf` when one has stopped for good.
        """
        ...

    async def settle(self, counters: Sequence[Counter], outcomes: Sequence[Outcome]) -> None:
        """Say what came of an attempt that was reserved: an outcome for each of its counters.

        A counter that is gone meanwhile stays gone.
        """
        ...

    def scan(self, prefix: bytes) -> AsyncIterator[tuple[bytes, bytes]]:
        """Go through the keys with a prefix, and their values, in no order.

        What is there from beginning to end is seen once; what comes or goes meanwhile may be seen or not.
        """
        ...

    async def now(self) -> float:
        """The store's time in Unix seconds. Measures differences; it may be off from the calendar."""
        ...

    async def aclose(self) -> None:
        """Close the connections. Memory is forgotten, everything else stays."""
        ...
