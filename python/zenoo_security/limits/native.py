"""Native limiters, which count in the memory of this process or in a `SharedTable`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from zenoo_security._native import Limiter
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.limits.policy import RatePolicy
    from zenoo_security.limits.shared import SharedTable
    from zenoo_security.limits.stored import OnStoreFailure
    from zenoo_security.limits.telling import Teller

__all__ = ["native_limiter", "on_failure"]

_Native = TypeVar("_Native", bound=Limiter)


def native_limiter(
    kind: type[_Native],
    policy: RatePolicy,
    name: str,
    *,
    max_keys: int,
    clock: Clock,
    table: SharedTable | None,
    failed: Callable[[], bool] | None,
    told: Callable[[int], None] | None = None,
) -> _Native:
    """Make one.

    Args:
        kind: `Limiter`, or a subclass of it.
        policy: its figures.
        name: keeps limiters with the same figures apart in a table.
        max_keys: how many identifiers are held in this process.
        clock: what tells the time.
        table: where it counts; this process unless given.
        failed: what `on_failure` gives.
        told: called with a number of refusals, now and then.

    Raises:
        ParameterError: an argument is out of its range.
    """
    own_clock = None if clock is SYSTEM_CLOCK else clock
    figures = (policy.limit, policy.window_s, policy.algorithm)
    try:
        return kind.__new__(kind, *figures, max_keys, own_clock, told, table, name, failed)
    except OverflowError:
        raise ParameterError("max_keys is 1 to 100,000,000") from None


def on_failure(teller: Teller, on_store_failure: OnStoreFailure) -> Callable[[], bool]:
    """Tells that the table cannot be used, and whether to let through what cannot be counted.

    Raises:
        ParameterError: `on_store_failure` is something else.
    """
    if on_store_failure not in ("refuse", "allow"):
        raise ParameterError("on_store_failure is refuse or allow")
    allows = on_store_failure == "allow"

    def failed() -> bool:
        teller.failed(let_through=allows)
        return allows

    return failed
