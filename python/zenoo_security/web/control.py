"""What a control is: one security concern of a web application, without a word about ASGI or WSGI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zenoo_security.web.facts import ANY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["Additions", "Control"]


@dataclass(frozen=True)
class Additions:
    """What a control does to the head of a response in which it minds nothing.

    Args:
        add: completes such a head; false to have `after` do it.
        minded: names of the headers, in lower case, that `after` is called for in place of it.
        changed: names of the headers that it may add or change.
    """

    add: Callable[[Request, Head], bool]
    minded: frozenset[bytes] = frozenset()
    changed: frozenset[bytes] = frozenset()


class Control:
    """One concern. A control overrides what it needs; what it does not override costs nothing.

    Controls run in their order on the way in, and in the reverse order on the way out. A control whose `before`
    answers ends the way in: neither the application nor a later control sees the request, and the response goes
    out through `after` of every control, so that a refusal carries the same headers as everything else.
    """

    def facts(self) -> int:
        """The facts (`zenoo_security.web.facts`) of which a request has to have one for `before` to be asked."""
        return ANY

    def before(self, request: Request) -> Response | Awaitable[Response | None] | None:
        """Look at a request before the application does.

        It may be `async def`, or a plain function that gives a coroutine only when a store has to be asked: what it
        can tell at once then costs no coroutine.

        Returns:
            `None` to let it pass, or the response that is sent instead; or a coroutine that ends with one of them.
        """
        return None

    def after(self, request: Request, head: Head) -> None:
        """Complete or clean the head of a response, from wherever it comes."""

    def additions(self) -> Additions | None:
        """What is called in place of `after` where there is nothing in a head that this control minds."""
        return None

    def on_error(self, request: Request, error: Exception) -> Response | None:
        """Answer for an exception of the application or of a control, as long as no response has begun.

        Returns:
            `None` to leave it to the next control; when all do, the server gets the exception.
        """
        return None

    def on_refusal(self, request: Request, response: Response) -> Response:
        """Give another form to a response that a control made in place of the application's."""
        return response
