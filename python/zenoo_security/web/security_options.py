"""What an application tells `SecurityMiddleware`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.limits import BaseLimiter, SharedTable
    from zenoo_security.stores import Store
    from zenoo_security.web.blocks import Blocks
    from zenoo_security.web.client_address import ClientAddress
    from zenoo_security.web.control import Control
    from zenoo_security.web.cors import Cors
    from zenoo_security.web.csrf import Csrf
    from zenoo_security.web.error_pages import ErrorPage
    from zenoo_security.web.errors import Errors
    from zenoo_security.web.headers import SecurityHeaders
    from zenoo_security.web.https import Https
    from zenoo_security.web.jsonp import Jsonp
    from zenoo_security.web.limit_rules import LimitRule
    from zenoo_security.web.methods import Methods
    from zenoo_security.web.profiles import ProfileName
    from zenoo_security.web.query_secrets import QuerySecrets
    from zenoo_security.web.sessions import SessionSource, WebSessions
    from zenoo_security.web.sizes import Sizes

__all__ = ["SecurityOptions"]


class SecurityOptions(TypedDict, total=False):
    """All of them by keyword; what is not given is as secure as it can be without knowing the application.

    Most take what they need, or the control itself where it needs more; `None` leaves the control out.

    Args:
        hosts: the names under which the application is reached, as `Hosts` takes them. It has to be given; `None` is
            for an application behind something that checks them.
        trusted_proxies: the networks of the proxies in front, or a `ClientAddress`; nobody else is believed. They are
            never blocked.
        profile: the headers of responses: `app` for pages, `api` for data, `odoo` for Odoo's own client, or a
            `SecurityHeaders`. `app` unless given.
        csp_reports: a path to which browsers report what the headers forbade, such as `/csp-reports`.
        static: paths whose files are the same for everybody, such as `/static/`: caches may keep them, and no session
            is looked up for them.
        probe_paths: paths that a load balancer asks whether the server lives, such as `/health`: over plain HTTP and by
            an address in place of a name. Only these very paths, to read, and only without a cookie.
        https: `Https`, which refuses plain HTTP.
        methods: `Methods`.
        sizes: `Sizes`, where a body may have more than 1 MiB.
        store: a store that all workers share, or its URL: limits and blocks are kept there. Without one each worker
            counts for itself. A `SharedTable` is for limits alone: each worker has its own blocks then, unless `blocks`
            has a store.
        limits: how many requests of a client are let in: a text such as `"10/s and 1000/h"`, a limiter, a `LimitRule`,
            or several of them. `"100/minute"` unless given.
        legacy_fields: send `X-RateLimit-*` as well.
        blocks: `Blocks`, which blocks networks that go on beyond the limits.
        never_block: networks that are never blocked.
        user_agents: tell the audit log of attack tools that do not hide.
        query_secrets: `QuerySecrets`.
        jsonp: `Jsonp`, which refuses it.
        origins: other origins whose pages may read responses (`Cors`) and send requests (`Csrf`).
        cors: `Cors`, where it needs more than `origins`.
        csrf: `Csrf`, where it needs more than `origins`.
        sessions: the `SecureAuthManager`, or a `WebSessions`: looks up sessions and sets the principal.
        errors: `Errors`, which answers exceptions.
        error_pages: makes the pages that people see in place of problem documents, as `ErrorPages` takes it.
        controls: more of them, which run last on the way in.
    """

    hosts: Sequence[str] | None
    trusted_proxies: Sequence[str] | ClientAddress | None
    profile: ProfileName | SecurityHeaders | None
    csp_reports: str | None
    static: Sequence[str] | None
    probe_paths: Sequence[str] | None
    https: Https | None
    methods: Methods | None
    sizes: Sizes | None
    store: Store | SharedTable | str | None
    limits: str | BaseLimiter | LimitRule | Sequence[BaseLimiter | LimitRule | str] | None
    legacy_fields: bool
    blocks: Blocks | None
    never_block: Sequence[str] | None
    user_agents: bool
    query_secrets: QuerySecrets | None
    jsonp: Jsonp | None
    origins: Sequence[str] | None
    cors: Cors | None
    csrf: Csrf | None
    sessions: SessionSource | WebSessions | None
    errors: Errors | None
    error_pages: ErrorPage | None
    controls: Sequence[Control] | None
