"""When a network is blocked, and for how long."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from zenoo_security.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DEFAULT_POLICY", "BlockPolicy"]

_MOST_VIOLATIONS: Final = 1_000_000
_MOST_S: Final = 366 * 86_400.0


@dataclass(frozen=True)
class BlockPolicy:
    """When a network is blocked, and for how long.

    Behind one address there may be an office or a whole mobile network, and a block is one for all of them. So it takes
    many violations in a short time, and the first block is short.

    Args:
        violations: how many a network may have in the window, 1 to 1,000,000; one more blocks it. They come back evenly
            over the window.
        window_s: seconds, 1 to 366 days.
        durations_s: seconds of the first block of a network, the second, and so on; the last is that of all further
            ones. None is shorter than the one before.
        forget_s: seconds after the end of a block after which it does not count any more.
        most_a_day: how many networks are blocked in a day by their violations. Those who have many networks could fill
            the store otherwise; more are only held to the limit.

    Raises:
        ParameterError: one of them is out of its range.
    """

    _: KW_ONLY
    violations: int = 200
    window_s: float = 600
    durations_s: Sequence[float] = (300, 1800, 7200, 86_400)
    forget_s: float = 7 * 86_400
    most_a_day: int = 10_000

    def __post_init__(self) -> None:
        _check("violations", self.violations, 1, _MOST_VIOLATIONS)
        _check("most_a_day", self.most_a_day, 1, _MOST_VIOLATIONS)
        _check("window_s", self.window_s, 1, _MOST_S)
        _check("forget_s", self.forget_s, 0, _MOST_S)
        durations = tuple(self.durations_s)
        for duration in durations:
            _check("a duration", duration, 1, _MOST_S)
        if not durations or any(later < earlier for earlier, later in pairwise(durations)):
            raise ParameterError("durations_s are one or more, none shorter than the one before")
        object.__setattr__(self, "durations_s", durations)

    def duration_s(self, times: int) -> float:
        """Seconds of the block of a network that was blocked so many times before."""
        return self.durations_s[min(times, len(self.durations_s) - 1)]


def _check(name: str, value: object, lowest: float, highest: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not lowest <= value <= highest:
        raise ParameterError(f"{name} is {lowest:g} to {highest:,.0f}")


DEFAULT_POLICY: Final = BlockPolicy()
