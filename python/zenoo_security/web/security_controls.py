"""All controls in the right order, from one configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import ParameterError
from zenoo_security.limits import BaseLimiter, RateLimiter, RateLimits, parse_rates
from zenoo_security.stores import Store, open_store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web.blocks import Blocks
from zenoo_security.web.client_address import ClientAddress
from zenoo_security.web.framing import Framing
from zenoo_security.web.headers import SecurityHeaders
from zenoo_security.web.hosts import Hosts
from zenoo_security.web.https import Https
from zenoo_security.web.limit_rules import LimitRule
from zenoo_security.web.methods import Methods
from zenoo_security.web.request_id import RequestId
from zenoo_security.web.request_limits import RequestLimits
from zenoo_security.web.security_options import SecurityOptions
from zenoo_security.web.sizes import Sizes
from zenoo_security.web.user_agents import UserAgents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    from zenoo_security.web.control import Control

__all__ = ["SecurityControls"]

_LIMITS: Final = "100/minute"
"""As the guide has it."""


class SecurityControls:
    """The controls of an application.

    On the way in: who is asking, then whether the request is one at all, then whether they may ask so often, and then
    what it needs a session for. What is cheap stands first, so that a flood is refused at the least cost.

    Args:
        options: see `SecurityOptions`.

    Attributes:
        client: those that need to know no more than the address and the name of a client.

    Raises:
        ParameterError: an option is unknown, or out of its range.
        ConfigurationError: no store has such a URL.
    """

    def __init__(self, **options: Unpack[SecurityOptions]) -> None:
        unknown = set(options) - set(SecurityOptions.__annotations__)
        if unknown:
            raise ParameterError(f"there is no option {min(unknown)}")
        self._options: Final[dict[str, Any]] = dict(options)
        store = _store(options.get("store"))
        blocks = self._blocks(store)
        early, late = self._limits(store, blocks)
        self.client: Final = _present(blocks, early, self._user_agents())
        self._late: Final = late

    def in_order(self) -> list[Control]:
        """All of them, in the order of the way in."""
        hosts = self._options.get("hosts")
        return _present(
            self._headers(),
            self._client_address(),
            RequestId(),
            self._https(hosts),
            None if hosts is None else Hosts(hosts),
            self._options.get("methods", Methods()),
            Framing(),
            self._options.get("sizes", Sizes()),
            *self.client,
            self._late,
            *self._options.get("controls", ()),
        )

    def _headers(self) -> SecurityHeaders | None:
        """First on the way in, so that it is the last on the way out and nothing is sent without them."""
        profile = self._options.get("profile", "app")
        return profile if profile is None or isinstance(profile, SecurityHeaders) else SecurityHeaders(profile)

    def _client_address(self) -> ClientAddress | None:
        proxies = self._options.get("trusted_proxies", ())
        if isinstance(proxies, ClientAddress):
            return proxies
        return ClientAddress(proxies) if proxies else None

    def _https(self, hosts: Sequence[str] | None) -> Https | None:
        https = self._options.get("https", True)
        return https if isinstance(https, Https) else Https(hosts) if https else None

    def _user_agents(self) -> UserAgents | None:
        return UserAgents() if self._options.get("user_agents", True) else None

    def _blocks(self, store: Store | None) -> Blocks | None:
        blocks = self._options.get("blocks", True)
        if isinstance(blocks, Blocks) or not blocks:
            return blocks or None
        proxies = self._options.get("trusted_proxies", ())
        never = (*self._options.get("never_block", ()), *(() if isinstance(proxies, ClientAddress) else proxies))
        # An empty store is false.
        return Blocks(MemoryStore() if store is None else store, never=never)

    def _limits(self, store: Store | None, blocks: Blocks | None) -> tuple[RequestLimits | None, RequestLimits | None]:
        """The limits on clients, and those on users and sessions, which have to be known first."""
        limits = self._options.get("limits", _LIMITS)
        rules = [_rule(limit, store) for limit in _listed(limits)]
        early = [rule for rule in rules if rule.by == "client"]
        late = [rule for rule in rules if rule.by != "client"]
        if rules:
            RequestLimits(*rules)  # No two policies have the same name.
        return (
            RequestLimits(*early, blocks=blocks) if early else None,
            RequestLimits(*late, blocks=blocks) if late else None,
        )


def _present(*controls: Control | None) -> list[Control]:
    return [control for control in controls if control is not None]


def _store(given: Store | str | None) -> Store | None:
    return open_store(given) if isinstance(given, str) else given


def _listed(limits: Any) -> list[Any]:
    if limits is None:
        return []
    return [limits] if isinstance(limits, (str, BaseLimiter, LimitRule)) else list(limits)


def _rule(limit: object, store: Store | None) -> LimitRule:
    if isinstance(limit, LimitRule):
        return limit
    if isinstance(limit, BaseLimiter):
        return LimitRule(limit)
    if not isinstance(limit, str):
        raise ParameterError("limits are a text such as 100/minute, a limiter or a LimitRule")
    policies = parse_rates(limit)
    if len(policies) > 1:
        return LimitRule(RateLimits(policies, store=store))
    return LimitRule(RateLimiter(policies[0].limit, policies[0].window_s, store=store))
