"""How far a job is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

__all__ = ["OnProgress", "Progress", "Step"]


class Progress(NamedTuple):
    """How far one step of a job is on one model.

    Attributes:
        step: the operation, or `verify` for the pass after it.
        model: the Odoo model.
        done: records that are behind the job.
        total: all records.
    """

    step: str
    model: str
    done: int
    total: int


OnProgress: TypeAlias = Callable[[Progress], None]


class Step(NamedTuple):
    """Tells whoever listens how far a step is.

    Attributes:
        name: of the step.
        listener: told, if there is one.
    """

    name: str
    listener: OnProgress | None

    def reached(self, model: str, done: int, total: int) -> None:
        """So many records of a model are done; there may be more of them than there were at first."""
        if self.listener is not None:
            self.listener(Progress(self.name, model, done, max(done, total)))
