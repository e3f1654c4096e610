"""The limiters that settings ask for; what they count in is opened at the first request."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from zenoo_security.addon.settings import OFF
from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.errors import SecurityError, StoreUnavailable
from zenoo_security.limits import BaseLimiter, Decision, OnStoreFailure, RateLimits, SharedTable, parse_rates
from zenoo_security.limits.decisions import combined
from zenoo_security.limits.telling import Teller
from zenoo_security.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.addon.settings import AddonSettings
    from zenoo_security.stores import Store

    Place = Store | SharedTable

__all__ = ["LimitName", "OpenedLater", "limiters_of"]

LimitName = Literal["rpc-address", "rpc-user", "web-user", "login-address"]

_MAX_KEYS: Final = 250_000
"""Clients that are counted at a time; the file has 8 MiB."""


def limiters_of(settings: AddonSettings, default_file: str) -> dict[LimitName, BaseLimiter]:
    """The limiters by name, without those that are off.

    Args:
        settings: the settings.
        default_file: where to count unless they name another place.
    """
    place = cache(lambda: _open(settings, default_file))
    rates: dict[LimitName, str] = {
        "rpc-address": settings.rpc_address_limit,
        "rpc-user": settings.rpc_user_limit,
        "web-user": settings.web_user_limit,
        "login-address": settings.login_address_limit,
    }
    return {
        name: OpenedLater(name, rate, place, settings.limits_on_store_failure)
        for name, rate in rates.items()
        if rate != OFF
    }


class OpenedLater(BaseLimiter):
    """A limiter that does not keep Odoo from starting: what goes wrong at opening is a store that does not answer.

    `gcra` keeps one number for each client, and takes limits of any height.

    Args:
        name: of the limiter, and of its limit where there is one alone.
        rates: as `parse_rates` reads them.
        place: gives where to count.
        on_store_failure: as for `RateLimits`.
    """

    __slots__ = ("_limiter", "_on_failure", "_place", "_teller", "name", "policies")

    def __init__(self, name: str, rates: str, place: Callable[[], Place], on_store_failure: OnStoreFailure) -> None:
        policies = parse_rates(rates, algorithm="gcra")
        self.name = name
        self.policies = tuple(
            dataclasses.replace(policy, name=name if len(policies) == 1 else f"{name}-{policy.name}")
            for policy in policies
        )
        self._place = place
        self._on_failure = on_store_failure
        self._limiter: RateLimits | None = None
        self._teller = Teller(name, min(policy.window_s for policy in policies), SYSTEM_CLOCK)

    def hit(self, identifier: str, cost: int = 1) -> Decision:
        """See `BaseLimiter.hit`."""
        if self._limiter is None:
            try:
                self._limiter = RateLimits(self.policies, store=self._place(), on_store_failure=self._on_failure)
            except SecurityError:
                allows = self._on_failure == "allow"
                self._teller.failed(let_through=allows)
                if allows:
                    return combined(self.policies, [Decision(policy.limit, 0) for policy in self.policies])
                raise StoreUnavailable("what counts requests cannot be opened") from None
        return self._limiter.hit(identifier, cost)


def _open(settings: AddonSettings, default_file: str) -> Place:
    if settings.store_url is not None:
        return open_store(settings.store_url.get_secret_value())
    return SharedTable(settings.limits_file or default_file, max_keys=_MAX_KEYS)
