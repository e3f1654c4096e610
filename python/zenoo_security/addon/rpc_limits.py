"""Rate limits on Odoo: of a network before anything is done for it, of a user as soon as it is known who that is."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Final, cast

from zenoo_security.addon.current_request import LATE, current_request
from zenoo_security.addon.rpc_answers import entrance_of, refusal
from zenoo_security.errors import RateLimitExceeded, StoreError
from zenoo_security.web.control import Additions, Control
from zenoo_security.web.networks import network_of
from zenoo_security.web.rate_limit_fields import PolicyFields
from zenoo_security.web.request_limits import RequestLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zenoo_security.addon.limiters import LimitName
    from zenoo_security.limits import BaseLimiter
    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["OdooLimits"]

_OUTCOMES: Final = "rate_limits"
_CHARGED: Final = "odoo limits charged"
_REFUSED: Final = "odoo limits refused"
_RETRY_S: Final = 1
_UNKNOWN: Final = "unknown"
"""The network of those requests that loaded the addon when Odoo had put away whose they are."""


class OdooLimits(Control):
    """Counts requests at the entrances for RPC by the network of the client, and whatever Odoo tells it of.

    Args:
        limiters: by their names; one that is not there counts nothing.
    """

    def __init__(self, limiters: Mapping[LimitName, BaseLimiter]) -> None:
        self._limiters: Final = limiters
        self._policies: Final = {name: PolicyFields(limiter.policies) for name, limiter in limiters.items()}
        network = limiters.get("rpc-address")
        self._networks: Final = RequestLimits(network) if network else None
        self._fields: Final = RequestLimits(*limiters.values()) if limiters else None

    def before(self, request: Request) -> Response | None:
        """Count a request of RPC."""
        entrance = entrance_of(request.path)
        if entrance is None or self._networks is None:
            return None
        # It awaits nothing: `OpenedLater` waits in the thread of the request.
        response = cast("Response | None", self._networks.before(request))
        return None if response is None else refusal(entrance, response)

    def after(self, request: Request, head: Head) -> None:
        """Tell what is left, and where Odoo was told of a refusal, say so as HTTP does."""
        refused = request.found.pop(_REFUSED, None)
        if self._fields is not None:
            self._fields.after(request, head)
        if refused is not None:
            status, wait_s = refused
            head.set(b"retry-after", b"%d" % wait_s)
            if entrance_of(request.path) not in {"xmlrpc", "xmlrpc/2"}:
                head.status = status

    def additions(self) -> Additions:
        """The fields, where nothing was refused and no response has them by itself."""
        fields = self._fields.additions() if self._fields is not None else None

        def add(request: Request, head: Head) -> bool:
            return _REFUSED not in request.found and (fields is None or fields.add(request, head))

        return replace(fields, add=add) if fields is not None else Additions(add)

    def charge_network(self, name: LimitName) -> None:
        """Count the request that Odoo is at for the network of its client.

        Raises:
            RateLimitExceeded: it is over the limit.
            StoreError: it cannot be counted.
        """
        request = self._request()
        # Who has no address does not get in at the places that ask here.
        if request is not None and (network := _network(request)) is not None:
            self._charge(name, request, network)

    def charge_user(self, name: LimitName, database: str, uid: int) -> None:
        """Count the request that Odoo is at for a user, who has been authenticated.

        Raises:
            RateLimitExceeded: it is over the limit.
            StoreError: it cannot be counted.
        """
        request = self._request()
        if request is not None:
            self._charge(name, request, f"{uid}@{database}")

    def _request(self) -> Request | None:
        """The request that Odoo is at. The network of one that came before these limits is charged here."""
        request = current_request()
        if request is not None and LATE in request.found and entrance_of(request.path):
            self._charge("rpc-address", request, network_of(request.client) or _UNKNOWN)
        return request

    def _charge(self, name: LimitName, request: Request, key: str) -> None:
        limiter = self._limiters.get(name)
        charged = request.found.setdefault(_CHARGED, set())
        # Odoo runs a request again whose transaction has failed.
        if limiter is None or name in charged:
            return
        try:
            decision = limiter.hit(key)
        except StoreError:
            request.found[_REFUSED] = (503, _RETRY_S)
            raise
        outcome = (self._policies[name], decision)
        if not decision.allowed:
            # The others would tell of times that are later than Retry-After.
            request.found[_OUTCOMES] = [outcome]
            request.found[_REFUSED] = (429, ceil(decision.retry_after))
            raise RateLimitExceeded(decision.retry_after)
        charged.add(name)
        request.found.setdefault(_OUTCOMES, []).append(outcome)


def _network(request: Request) -> str | None:
    return network_of(request.client) or (_UNKNOWN if LATE in request.found else None)
