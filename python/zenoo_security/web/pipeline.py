"""The controls of an application in their order, each asked only for what it overrides and what it minds."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from zenoo_security._native import Minded
from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Additions, Control
from zenoo_security.web.facts import ANY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

    Before = Callable[[Request], Response | Awaitable[Response | None] | None]
    After = Callable[[Request, Head], None]

__all__ = ["Pipeline"]


class Pipeline:
    """Runs controls.

    Args:
        controls: in the order of the way in.

    Raises:
        ParameterError: one of them is no `Control`, or there are more than 32 with `additions`, or one has no `facts`.
    """

    __slots__ = ("_after", "_asked", "_before", "_minded", "_on_refusal", "on_error")

    def __init__(self, controls: Sequence[Control]) -> None:
        if not all(isinstance(control, Control) for control in controls):
            raise ParameterError("controls are instances of zenoo_security.web.Control")
        outwards = [control for control in reversed(controls) if _overrides(control, "after")]
        self._before: Final = [
            (_facts(control), control.before) for control in controls if _overrides(control, "before")
        ]
        self._asked: Final[dict[int, tuple[Before, ...]]] = {}
        additions = [_additions(control) for control in outwards]
        self._minded: Final = Minded([list(each.minded) for each in additions if each is not None])
        bits = count()
        self._after: Final = [
            (1 << next(bits) if each is not None else 0, _add(each, additions[:number]), control.after)
            for number, (each, control) in enumerate(zip(additions, outwards, strict=True))
        ]
        self.on_error: Final = tuple(
            control.on_error for control in reversed(controls) if _overrides(control, "on_error")
        )
        self._on_refusal: Final = tuple(
            control.on_refusal for control in reversed(controls) if _overrides(control, "on_refusal")
        )

    def asked(self, facts: int) -> tuple[Before, ...]:
        """What is asked about a request with these facts, in order. The few sets of facts are remembered."""
        asked = self._asked.get(facts)
        if asked is None:
            asked = self._asked[facts] = tuple(before for minded, before in self._before if minded & facts)
        return asked

    def complete(self, request: Request, head: Head) -> None:
        """Let every control complete the head of a response."""
        found = self._minded.look(head.headers)
        for bit, add, after in self._after:
            if found & bit or add is None or not add(request, head):
                after(request, head)
                found = self._minded.look(head.headers)

    def formed(self, request: Request, response: Response) -> Response:
        """The response of a control in the form that it is sent in."""
        for on_refusal in self._on_refusal:
            response = on_refusal(request, response)
        return response

    def answer(self, request: Request, error: Exception) -> Response | None:
        """The response of the first control that answers for an exception."""
        for on_error in self.on_error:
            response = on_error(request, error)
            if response is not None:
                return response
        return None


def _overrides(control: Control, name: str) -> bool:
    return getattr(type(control), name) is not getattr(Control, name)


def _goes_with(control: Control, name: str, method: str) -> bool:
    """Whether what is said about a method is about the one that a control has, and not about one that it replaced."""
    places = [vars(each) for each in (control, *type(control).__mro__)]
    return next(name in place for place in places if name in place or method in place)


def _facts(control: Control) -> int:
    facts = control.facts() if _goes_with(control, "facts", "before") else ANY
    if not facts:
        raise ParameterError("the facts of a control are joined by |: it would never be asked")
    return facts


def _additions(control: Control) -> Additions | None:
    return control.additions() if _goes_with(control, "additions", "after") else None


def _add(own: Additions | None, earlier: Sequence[Additions | None]) -> Callable[[Request, Head], bool] | None:
    """What is called in place of `after`; nothing, where a control before it may add what this one minds."""
    if own is None or any(not own.minded.isdisjoint(each.changed) for each in earlier if each is not None):
        return None
    return own.add
