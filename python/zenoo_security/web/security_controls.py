"""All controls in the right order, from one configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from zenoo_security.errors import ParameterError
from zenoo_security.stores import Store, open_store
from zenoo_security.stores.memory import MemoryStore
from zenoo_security.web.blocks import Blocks
from zenoo_security.web.caching import NoStore
from zenoo_security.web.client_address import ClientAddress
from zenoo_security.web.content_types import ContentTypes
from zenoo_security.web.cors import Cors
from zenoo_security.web.csp_reports import CspReports
from zenoo_security.web.csrf import Csrf
from zenoo_security.web.error_pages import ErrorPages
from zenoo_security.web.errors import Errors
from zenoo_security.web.framing import Framing
from zenoo_security.web.headers import SecurityHeaders
from zenoo_security.web.hosts import Hosts
from zenoo_security.web.https import Https
from zenoo_security.web.jsonp import Jsonp
from zenoo_security.web.limit_rules import limit_rules
from zenoo_security.web.methods import Methods
from zenoo_security.web.query_secrets import QuerySecrets
from zenoo_security.web.request_id import RequestId
from zenoo_security.web.request_limits import RequestLimits
from zenoo_security.web.security_options import SecurityOptions
from zenoo_security.web.sessions import WebSessions
from zenoo_security.web.site_data import ClearSiteData
from zenoo_security.web.sizes import Sizes
from zenoo_security.web.user_agents import UserAgents

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Unpack

    from zenoo_security.limits import SharedTable
    from zenoo_security.web.control import Control

__all__ = ["SecurityControls"]

T = TypeVar("T")

_LIMITS: Final = "100/minute"
"""As the guide has it."""


class SecurityControls:
    """The controls of an application.

    On the way in: who is asking, then whether it is a request at all, then whether they may ask so often, and then what
    needs a session. What is cheap stands first, so that a flood is refused at the least cost. On the way out the
    headers are last, over whatever anybody has answered.

    Args:
        options: see `SecurityOptions`.

    Attributes:
        in_order: all of them, in the order of the way in.
        of_clients: those of them that decide on a client, whatever its request is: `process_request` asks them.

    Raises:
        ParameterError: an option is unknown, or out of its range.
        ConfigurationError: no store has such a URL.
    """

    def __init__(self, **options: Unpack[SecurityOptions]) -> None:
        unknown = set(options) - set(SecurityOptions.__annotations__)
        if unknown:
            raise ParameterError(f"SecurityMiddleware has no option {min(unknown)}")
        self._options: Final[dict[str, Any]] = dict(options)
        store = _store(options.get("store"))
        blocks = self._blocks(store)
        early, late = self._limits(store, blocks)
        origins, probes = self._listed("origins"), self._listed("probe_paths")
        agents = UserAgents() if options.get("user_agents", True) else None
        hosts, reports = options.get("hosts"), options.get("csp_reports")
        pages = options.get("error_pages")
        self.of_clients: Final = _present(blocks, early, agents, late)
        self.in_order: Final = _present(
            *self._for_browsers(),
            self._client_address(),
            RequestId(),
            None if pages is None else ErrorPages(pages),
            self._given("errors", Errors, Errors),
            self._given("https", Https, lambda: Https(hosts, probe_paths=probes)),
            None if hosts is None else Hosts(hosts, probe_paths=probes),
            self._given("methods", Methods, Methods),
            Framing(),
            self._given("sizes", Sizes, Sizes),
            blocks,
            early,
            agents,
            None if reports is None else CspReports(reports),
            self._given("query_secrets", QuerySecrets, QuerySecrets),
            self._given("jsonp", Jsonp, Jsonp),
            self._given("cors", Cors, lambda: Cors(origins) if origins else None),
            # It answers for its stylesheet: after what refuses, before what needs a session.
            None if options.get("sessions") is None else ClearSiteData(),
            self._sessions(),
            late,
            self._given("csrf", Csrf, lambda: Csrf(origins)),
            *self._listed("controls"),
        )

    def _given(self, name: str, kind: type[T], make: Callable[[], T | None]) -> T | None:
        """The control that was given, none where `None` was, else one as it is made by default."""
        given = self._options[name] if name in self._options else make()
        if given is None or isinstance(given, kind):
            return given
        raise ParameterError(f"{name} is a {kind.__name__} of zenoo_security.web, or None to leave it out")

    def _listed(self, name: str) -> tuple[Any, ...]:
        given = self._options.get(name)
        if isinstance(given, str):
            raise ParameterError(f"{name} are a list, not one text")
        return tuple(given or ())

    def _for_browsers(self) -> list[Control]:
        profile = self._options.get("profile", "app")
        if profile is not None and not isinstance(profile, SecurityHeaders):
            profile = SecurityHeaders(profile, report_to=self._options.get("csp_reports"))
        return _present(profile, NoStore(self._listed("static")), ContentTypes())

    def _client_address(self) -> ClientAddress | None:
        given = self._options.get("trusted_proxies")
        if isinstance(given, ClientAddress):
            return given
        proxies = self._listed("trusted_proxies")
        return ClientAddress(proxies) if proxies else None

    def _sessions(self) -> WebSessions | None:
        sessions = self._options.get("sessions")
        if sessions is None or isinstance(sessions, WebSessions):
            return sessions
        return WebSessions(sessions, static=self._listed("static"))

    def _blocks(self, store: Store | SharedTable | None) -> Blocks | None:
        own = isinstance(self._options.get("trusted_proxies"), ClientAddress)
        never = (*self._listed("never_block"), *(() if own else self._listed("trusted_proxies")))
        return self._given(
            "blocks", Blocks, lambda: Blocks(store if isinstance(store, Store) else MemoryStore(), never=never)
        )

    def _limits(
        self, store: Store | SharedTable | None, blocks: Blocks | None
    ) -> tuple[RequestLimits | None, RequestLimits | None]:
        """The limits of clients, and those of users and sessions, who have to be known first."""
        rules = limit_rules(self._options.get("limits", _LIMITS), store)
        if not rules:
            return None, None
        RequestLimits(*rules)  # Together they have no name twice.
        legacy = self._options.get("legacy_fields", False)
        early = [rule for rule in rules if rule.by == "client"]
        late = [rule for rule in rules if rule.by != "client"]
        return (
            RequestLimits(*early, blocks=blocks, legacy_fields=legacy) if early else None,
            RequestLimits(*late, blocks=blocks, legacy_fields=legacy) if late else None,
        )


def _present(*controls: Control | None) -> list[Control]:
    return [control for control in controls if control is not None]


def _store(given: Store | SharedTable | str | None) -> Store | SharedTable | None:
    return open_store(given) if isinstance(given, str) else given
