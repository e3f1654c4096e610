"""Quotas that refill evenly: the arithmetic of `Store.take`, which every store does in its own language, atomically.

The generic cell rate algorithm keeps one number: the time at which the quota is whole again. Each unit that is taken
moves it on by `window_s / limit`; it never lies further ahead than a whole window.
"""

from __future__ import annotations

import math
from typing import Final

from zenoo_security.stores.protocol import Taken

__all__ = ["SLACK", "take"]

SLACK: Final = 1e-3
"""What a sum of floating point seconds may be off, in units of the quota; without it the last unit could be refused."""


def take(whole_at: float, now: float, *, limit: int, window_s: float, cost: int) -> tuple[float, Taken]:
    """Take from a quota, or not.

    Args:
        whole_at: the store's time at which the quota is whole again; 0.0 when nothing was ever taken.
        now: the store's time.
        limit: units of a whole quota.
        window_s: seconds in which it refills.
        cost: units that are asked for.

    Returns:
        `whole_at` from now on, and the answer.
    """
    unit_s = window_s / limit
    used = max(whole_at - now, 0.0) / unit_s
    missing = used + cost - limit
    if missing > SLACK:
        left = max(math.floor(limit - used + SLACK), 0)
        return whole_at, Taken(
            allowed=False, remaining=left, retry_after_s=missing * unit_s, reset_after_s=used * unit_s
        )
    whole_at = max(whole_at, now) + cost * unit_s
    left = max(math.floor(SLACK - missing), 0)
    return whole_at, Taken(allowed=True, remaining=left, retry_after_s=0.0, reset_after_s=whole_at - now)
