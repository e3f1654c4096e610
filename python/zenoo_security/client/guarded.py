"""A client's call through the guard for people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.client.call import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.principal import Principal
    from zenoo_security.request_guard import RequestGuard

__all__ = ["guarded_call"]


def guarded_call(guard: RequestGuard, who: Callable[[], Principal | None], *asked: object) -> Call:
    """The call that may be made of what is asked for: model, method, arguments and context, whatever they are.

    Raises:
        RequestRefused: there is none.
    """
    checked = guard.check(*asked, who=who)
    inner = checked.kwargs.pop("context", None)
    return Call(checked.model, checked.method, checked.args, checked.kwargs, {} if inner is None else inner)
