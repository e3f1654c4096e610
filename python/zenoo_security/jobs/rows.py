"""What an operation makes of one record: one change for all of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client.compare import Change
from zenoo_security.jobs.codec import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zenoo_security.jobs.codec import Codec
    from zenoo_security.jobs.plan import Decision, Plan

__all__ = ["RowPlan", "plan_row"]


class RowPlan(NamedTuple):
    """What will become of one record.

    Attributes:
        id: the record.
        decisions: `MODEL.FIELD` -> what to do.
        change: the write that does it, or None when there is nothing to write.
    """

    id: int
    decisions: Mapping[str, Decision]
    change: Change | None


def plan_row(plan: Plan, codecs: Sequence[Codec], row: Mapping[str, Any]) -> RowPlan:
    """Decide about each field of a row that was read.

    Args:
        plan: what the operation makes of a field.
        codecs: for fields of the row's model.
        row: what `read` gave.
    """
    place = place_of(row)
    decisions = {codec.name: plan(codec, codec.cell(row, place)) for codec in codecs}
    expected: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for decision in decisions.values():
        if decision.values:
            expected |= decision.expected
            values |= decision.values
    if values and any("company" in codec.target.declaration.bind for codec in codecs):
        # Nor does a token that was made for the company before open after the record has moved.
        expected["company_id"] = place.company
    return RowPlan(place.record, decisions, Change(place.record, expected, values) if values else None)
