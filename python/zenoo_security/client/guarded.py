"""A client's call through the guard for people outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security.client.call import Call

if TYPE_CHECKING:
    from zenoo_security.principal import Principal
    from zenoo_security.request_guard import RequestGuard

__all__ = ["guarded"]


def guarded(guard: RequestGuard, call: Call, principal: Principal | None) -> Call:
    """The call that may be made in place of one that is asked for.

    Raises:
        RequestRefused: there is none.
    """
    kwargs = {**call.kwargs, "context": call.context} if call.context else call.kwargs
    checked = guard.check(call.model, call.method, call.args, kwargs, principal=principal)
    context = checked.kwargs.pop("context", {})
    return Call(checked.model, checked.method, checked.args, checked.kwargs, context)
