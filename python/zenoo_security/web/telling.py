"""Telling the audit log of what an outsider can do as often as they like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security.audit import emit
from zenoo_security.clock import SYSTEM_CLOCK, Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BoundedTelling"]

_A_MINUTE: Final = 60
"""Events in a minute; a person who reads them has seen enough, and a disk holds them."""

_WINDOW_S: Final = 60.0


class BoundedTelling:
    """Emits at most 60 events a minute; the first one after that says how many it stands for.

    What was left out at the end of a flood is told with the next event, whenever that is.

    Args:
        clock: what tells the time; for tests.
    """

    __slots__ = ("_clock", "_left", "_left_out", "_until")

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock: Final = clock
        self._until = float("-inf")
        self._left = 0
        self._left_out = 0

    def tell(self, event: str, *, what: str, codes: Sequence[str], fields: Sequence[str] = ()) -> None:
        """Emit an event, or count it.

        Args:
            event: its name.
            what: what was refused, such as `host`.
            codes: why.
            fields: the parts of it that are wrong, in words of ours and never in those of the request.

        Raises:
            AuditUnavailable: it cannot be written, and the log is `required`.
        """
        now = self._clock.monotonic()
        if now >= self._until:
            self._until, self._left = now + _WINDOW_S, _A_MINUTE
        if self._left <= 0:
            self._left_out += 1
            return
        self._left -= 1
        count, self._left_out = self._left_out + 1, 0
        emit(event, what=what, codes=codes, fields=fields, count=count)
