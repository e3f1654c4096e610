"""How many records one write takes: as many as Odoo writes in about three quarters of a second."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zenoo_security.jobs.rows import RowPlan

__all__ = ["BatchSize", "split"]


class BatchSize:
    """Adapts to what the last write took.

    Args:
        first: records of the first write.
        largest: never more than so many.
        target_s: seconds that a write should take; long enough that the time of a request does not count, and short
            enough that people who edit the same records do not wait.
    """

    def __init__(self, first: int = 500, *, largest: int = 2000, target_s: float = 0.75) -> None:
        self.rows = first
        self._largest = largest
        self._target_s = target_s

    def learn(self, rows: int, seconds: float) -> None:
        """Take into account that a write of so many records took so long; by at most a factor of two.

        One of far fewer records than allowed, such as the rest of a page, says nothing unless it took too long.
        """
        if rows * 2 < self.rows and seconds < self._target_s:
            return
        wanted = round(rows * self._target_s / max(seconds, 1e-6))
        self.rows = max(1, min(wanted, self.rows * 2, self._largest), self.rows // 2)


def split(plans: Sequence[RowPlan], size: int) -> tuple[Sequence[RowPlan], Sequence[RowPlan]]:
    """The first plans and the others: in as few batches of at most `size` writes as it takes, all about as large.

    What needs no write goes along.
    """
    total = sum(row.change is not None for row in plans)
    share = math.ceil(total / max(1, math.ceil(total / size)))
    writes = 0
    for position, row in enumerate(plans):
        writes += row.change is not None
        if writes > share:
            return plans[:position], plans[position:]
    return plans, []
