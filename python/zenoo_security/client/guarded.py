"""A client's call through the guard for people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from zenoo_security.client.call import Call
    from zenoo_security.principal import Principal
    from zenoo_security.request_guard import RequestGuard

__all__ = ["guard_call"]


def guard_call(guard: RequestGuard, call: Call, who: Callable[[], Principal | None]) -> None:
    """Change a call, in place, into the one that may be made.

    Raises:
        RequestRefused: there is none.
    """
    kwargs = {**call.kwargs, "context": call.context} if call.context else call.kwargs
    checked = guard.check(call.model, call.method, call.args, kwargs, who=who)
    call.args, call.kwargs = checked.args, checked.kwargs
    call.context = checked.kwargs.pop("context", {})
