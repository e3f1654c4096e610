"""The controls of an application in their order, each asked only for what it overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError
from zenoo_security.web.control import Control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.web.request import Request
    from zenoo_security.web.response import Head, Response

__all__ = ["Pipeline"]


class Pipeline:
    """Runs controls.

    Args:
        controls: in the order of the way in.

    Raises:
        ParameterError: one of them is no `Control`.
    """

    __slots__ = ("after", "before", "on_error")

    def __init__(self, controls: Sequence[Control]) -> None:
        if not all(isinstance(control, Control) for control in controls):
            raise ParameterError("controls are instances of zenoo_security.web.Control")
        self.before: Final = tuple(control.before for control in controls if _overrides(control, "before"))
        self.after: Final = tuple(control.after for control in reversed(controls) if _overrides(control, "after"))
        self.on_error: Final = tuple(
            control.on_error for control in reversed(controls) if _overrides(control, "on_error")
        )

    def complete(self, request: Request, head: Head) -> None:
        """Let every control complete the head of a response."""
        for after in self.after:
            after(request, head)

    def answer(self, request: Request, error: Exception) -> Response | None:
        """The response of the first control that answers for an exception."""
        for on_error in self.on_error:
            response = on_error(request, error)
            if response is not None:
                return response
        return None


def _overrides(control: Control, name: str) -> bool:
    return getattr(type(control), name) is not getattr(Control, name)
