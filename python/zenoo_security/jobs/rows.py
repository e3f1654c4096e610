"""What an operation makes of records: one change for all fields of each."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.client.compare import Change
from zenoo_security.jobs.codec import place_of
from zenoo_security.jobs.plan import PLANS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zenoo_security.jobs.codec import Codec
    from zenoo_security.jobs.plan import Operation

__all__ = ["Outcome", "RowPlan", "plan_rows"]


class Outcome(NamedTuple):
    """What becomes of a field of a record.

    Attributes:
        name: as the outcome of a `Decision`.
        problem: why it is left.
        writes: whether that takes a write.
    """

    name: str
    problem: str = ""
    writes: bool = False


class RowPlan(NamedTuple):
    """What will become of one record.

    Attributes:
        id: the record.
        outcomes: `MODEL.FIELD` -> what becomes of it.
        change: the write that does it, or None when there is nothing to write.
    """

    id: int
    outcomes: Mapping[str, Outcome]
    change: Change | None


def plan_rows(operation: Operation, codecs: Sequence[Codec], rows: Sequence[dict[str, Any]]) -> list[RowPlan]:
    """Decide about each field of rows that were read.

    Args:
        operation: what is to be done.
        codecs: for fields of the rows' model.
        rows: what `read` gave.
    """
    if operation == "rotate":
        return _plan_rotation(codecs, rows)
    return [_plan_row(operation, codecs, row, repeat(None)) for row in rows]


def _plan_rotation(codecs: Sequence[Codec], rows: Sequence[dict[str, Any]]) -> list[RowPlan]:
    """All tokens of a field in one call; a record that has others than those of old keys is looked at cell by cell."""
    columns = [codec.column for codec in codecs]
    outcomes = {codec.name: Outcome("rotated", writes=True) for codec in codecs}
    plans = []
    for row, *tokens in zip(rows, *(codec.rewrap_rows(rows) for codec in codecs), strict=True):
        if None in tokens:
            plans.append(_plan_row("rotate", codecs, row, tokens))
        else:
            expected = {column: row[column] for column in columns}
            change = Change(row["id"], expected, dict(zip(columns, tokens, strict=True)))
            plans.append(RowPlan(row["id"], outcomes, change))
    return plans


def _plan_row(
    operation: Operation, codecs: Sequence[Codec], row: dict[str, Any], rewrapped: Iterable[str | None]
) -> RowPlan:
    place = place_of(row)
    outcomes: dict[str, Outcome] = {}
    expected: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for codec, token in zip(codecs, rewrapped, strict=False):
        decision = PLANS[operation](codec, codec.cell(row, place, token))
        outcomes[codec.name] = Outcome(decision.outcome, decision.problem, bool(decision.values))
        if decision.values:
            expected |= decision.expected
            values |= decision.values
    if values and any("company" in codec.target.declaration.bind for codec in codecs):
        # Nor does a token that was made for the company before open after the record has moved.
        expected["company_id"] = place.company
    return RowPlan(place.record, outcomes, Change(place.record, expected, values) if values else None)
