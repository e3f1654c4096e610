"""What an application tells `SecurityMiddleware`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.limits import BaseLimiter
    from zenoo_security.stores import Store
    from zenoo_security.web.blocks import Blocks
    from zenoo_security.web.client_address import ClientAddress
    from zenoo_security.web.control import Control
    from zenoo_security.web.headers import SecurityHeaders
    from zenoo_security.web.https import Https
    from zenoo_security.web.limit_rules import LimitRule
    from zenoo_security.web.methods import Methods
    from zenoo_security.web.profiles import ProfileName
    from zenoo_security.web.sizes import Sizes

__all__ = ["SecurityOptions"]


class SecurityOptions(TypedDict, total=False):
    """All of them by keyword. Where one takes a control, `None` leaves that control out.

    Args:
        profile: the headers of responses: `app` for pages, `api` for data, `odoo` for Odoo's own client, or a
            `SecurityHeaders`. `app` unless given.
        hosts: the names under which the application is reached, as `Hosts` takes them. It has to be given; `None` is
            for an application behind something that checks them.
        trusted_proxies: the networks of the proxies in front, or a `ClientAddress`; nobody else is believed. They are
            never blocked.
        https: refuse plain HTTP: a bool or an `Https`. On unless given.
        methods: a `Methods`.
        sizes: a `Sizes`, for larger bodies than 1 MiB.
        store: a store that all workers share, or its URL: limits and blocks are kept there, or in the memory of each
            worker by itself.
        limits: how many requests of a client are let in: a text such as `"10/s and 1000/h"`, a limiter, a `LimitRule`,
            or several of them. `"100/minute"` unless given.
        blocks: block networks that go on beyond the limit: a bool or a `Blocks`. On unless given.
        never_block: networks that are never blocked.
        user_agents: tell the audit log of attack tools that do not hide. On unless given.
        controls: more of them, which run last on the way in.
    """

    profile: ProfileName | SecurityHeaders | None
    hosts: Sequence[str] | None
    trusted_proxies: Sequence[str] | ClientAddress
    https: bool | Https | None
    methods: Methods | None
    sizes: Sizes | None
    store: Store | str | None
    limits: str | BaseLimiter | LimitRule | Sequence[BaseLimiter | LimitRule] | None
    blocks: bool | Blocks | None
    never_block: Sequence[str]
    user_agents: bool
    controls: Sequence[Control]
