"""Quotas: the arithmetic of `Store.take`, which every store does in its own language, atomically.

A sliding window keeps the moment of every unit that was taken, in whole microseconds of the store's time, the oldest
first: exact, and as large as the units that are in the window.

The generic cell rate algorithm keeps one number: the time at which the quota is whole again. Each unit that is taken
moves it on by `window_s / limit`; it never lies further ahead than a whole window.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from zenoo_security.errors import ParameterError
from zenoo_security.stores.protocol import Taken

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "MAX_LIMIT",
    "MAX_WINDOW_LIMIT",
    "MICROSECONDS",
    "SLACK",
    "Algorithm",
    "Quota",
    "State",
    "check_figures",
    "decide",
    "rested_at",
]

Algorithm: TypeAlias = Literal["sliding_window", "gcra"]
"""How requests are counted: each in a window that slides, or evenly spaced with a burst (GCRA)."""

SLACK: Final = 1e-3
"""What a sum of floating point seconds may be off, in units of the quota; without it the last unit could be refused."""

MICROSECONDS: Final = 1_000_000

MAX_LIMIT: Final = 1_000_000

MAX_WINDOW_LIMIT: Final = 10_000
"""Units of a sliding window. Each takes 8 bytes in the store, and PostgreSQL and SQLite write all of them at each take:
80 kB at this limit."""

_MIN_WINDOW_S: Final = 0.001
_MAX_WINDOW_S: Final = 366 * 86_400.0

State: TypeAlias = "float | array[int]"
"""Of a quota: with `gcra` the time at which it is whole again, with `sliding_window` the moments."""


@dataclass(frozen=True)
class Quota:
    """Of whom, and how much in which time.

    Args:
        key: whose quota. Keys of quotas, of counters and of values are apart, and so are those of the two algorithms. A
            quota with another limit or window needs another key: it would misread what is kept.
        limit: units, 1 to 1,000,000; of a sliding window at most 10,000.
        window_s: seconds, 0.001 to 31,622,400.
        algorithm: `sliding_window`: in no stretch of time as long as the window more than `limit`. `gcra`: `limit` at
            once, and `limit` each `window_s` in the long run.

    Raises:
        ParameterError: a number is out of its range, or there is no such algorithm.
    """

    key: bytes
    limit: int
    window_s: float
    algorithm: Algorithm = "gcra"

    def __post_init__(self) -> None:
        check_figures(self.limit, self.window_s, self.algorithm)
        if self.algorithm == "sliding_window" and self.limit > MAX_WINDOW_LIMIT:
            raise ParameterError(f"a sliding window in a store holds at most {MAX_WINDOW_LIMIT}; gcra holds more")

    @property
    def place(self) -> bytes:
        """Where a store keeps it: the key behind a letter for the algorithm, whose states are not alike."""
        return (b"w" if self.algorithm == "sliding_window" else b"g") + self.key

    @property
    def window_us(self) -> int:
        """The window in whole microseconds."""
        return round(self.window_s * MICROSECONDS)


def check_figures(limit: object, window_s: object, algorithm: object) -> None:
    """How much in which time, counted how.

    Raises:
        ParameterError: a number is out of its range, or there is no such algorithm.
    """
    if algorithm not in ("sliding_window", "gcra"):
        raise ParameterError("algorithm is sliding_window or gcra")
    if not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
        raise ParameterError(f"a limit is a whole number, 1 to {MAX_LIMIT}")
    if not isinstance(window_s, (int, float)) or not _MIN_WINDOW_S <= window_s <= _MAX_WINDOW_S:
        raise ParameterError(f"a window is {_MIN_WINDOW_S} to {_MAX_WINDOW_S:.0f} seconds")


def decide(
    quotas: Sequence[Quota], states: Sequence[State | None], now: float, cost: int, *, spend: bool
) -> tuple[list[State] | None, tuple[Taken, ...]]:
    """Take from all of several quotas, or from none.

    Args:
        quotas: from which.
        states: of each of them; `None` where nothing is kept.
        now: the store's time.
        cost: units that are asked for.
        spend: whether to take them, or only to look.

    Returns:
        The states from now on, `None` when nothing was taken; and the answers.
    """
    known = [_fresh(quota) if state is None else state for quota, state in zip(quotas, states, strict=True)]
    answers = tuple(_weigh(quota, state, now, cost) for quota, state in zip(quotas, known, strict=True))
    if not spend or not all(answer.allowed for answer in answers):
        return None, answers
    after = [_spend(quota, state, now, cost) for quota, state in zip(quotas, known, strict=True)]
    return after, tuple(_weigh(quota, state, now, 0) for quota, state in zip(quotas, after, strict=True))


def rested_at(quota: Quota, state: State) -> float:
    """The store's time from which a quota counts as never used."""
    return state if isinstance(state, float) else (state[-1] + quota.window_us) / MICROSECONDS


def _fresh(quota: Quota) -> State:
    return array("q") if quota.algorithm == "sliding_window" else 0.0


def _weigh(quota: Quota, state: State, now: float, cost: int) -> Taken:
    if isinstance(state, float):
        return _weigh_rate(quota, state, now, cost)
    return _weigh_window(quota, state, round(now * MICROSECONDS), cost)


def _spend(quota: Quota, state: State, now: float, cost: int) -> State:
    if isinstance(state, float):
        return max(state, now) + cost * quota.window_s / quota.limit
    now_us = round(now * MICROSECONDS)
    kept = state[_gone(quota, state, now_us) :]
    # In order even after the clock was set back: then nothing is freed early.
    return kept + array("q", [max(now_us, kept[-1]) if kept else now_us]) * cost


def _weigh_rate(quota: Quota, whole_at: float, now: float, cost: int) -> Taken:
    unit_s = quota.window_s / quota.limit
    reset_s = max(whole_at - now, 0.0)
    used = reset_s / unit_s
    missing = used + cost - quota.limit
    left = max(math.floor(quota.limit - used + SLACK), 0)
    if missing > SLACK:
        return Taken(allowed=False, remaining=left, retry_after_s=missing * unit_s, reset_after_s=reset_s)
    return Taken(allowed=True, remaining=left, retry_after_s=0.0, reset_after_s=reset_s)


def _weigh_window(quota: Quota, moments: array[int], now_us: int, cost: int) -> Taken:
    gone = _gone(quota, moments, now_us)
    used = len(moments) - gone
    missing = used + cost - quota.limit

    def until(index: int) -> float:
        return (moments[index] + quota.window_us - now_us) / MICROSECONDS

    reset_s = until(-1) if used else 0.0
    left = max(quota.limit - used, 0)
    if missing > 0:
        retry_s = until(gone + missing - 1)
        return Taken(allowed=False, remaining=left, retry_after_s=retry_s, reset_after_s=reset_s)
    return Taken(allowed=True, remaining=left, retry_after_s=0.0, reset_after_s=reset_s)


def _gone(quota: Quota, moments: array[int], now_us: int) -> int:
    return bisect_right(moments, now_us - quota.window_us)
