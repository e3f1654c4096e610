"""What is planned for many rows is what is planned for each field of each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.cells import DECLARED, PLACE, cells, codec_of
from zenoo_security.client.compare import Change
from zenoo_security.jobs.plan import PLANS
from zenoo_security.jobs.rows import Outcome, plan_rows

OPERATIONS = st.sampled_from(sorted(PLANS))
ROWS = st.sampled_from(DECLARED).flatmap(lambda declared: st.tuples(st.just(declared), st.lists(cells(declared))))


def row_of(target, cell):
    index = {target.declaration.index_column: cell.index} if target.declaration.index_column else {}
    own = {target.own: cell.own} if target.own else {}
    company = [PLACE.company, "Company"] if PLACE.company else False
    return {"id": PLACE.record, "company_id": company, **own, **index, target.column: cell.column}


def opened(codec, columns):
    """The columns with the values of the tokens: a token differs each time."""
    shown = dict(columns)
    if codec.is_token(shown.get(codec.column)):
        token = shown[codec.column]
        shown[codec.column] = codec.key_id(token), codec.open(token, PLACE)
    return shown


@given(OPERATIONS, ROWS)
def test_rows_are_planned_as_their_cells_are(operation, drawn):
    """Tokens of old keys, which are encrypted anew in one call, among all others."""
    declared, pairs = drawn
    codec = codec_of(declared)
    plans = plan_rows(operation, [codec], [row_of(codec.target, cell) for _, cell in pairs])
    for plan, (_, cell) in zip(plans, pairs, strict=True):
        decision = PLANS[operation](codec, cell)
        writes = bool(decision.values)
        assert plan.outcomes == {codec.name: Outcome(decision.outcome, decision.problem, writes)}
        if not writes:
            assert plan.change is None
            continue
        expected = dict(decision.expected)
        if "company" in declared.bind:
            expected["company_id"] = PLACE.company
        assert plan.change == Change(PLACE.record, expected, plan.change.values)
        assert opened(codec, plan.change.values) == opened(codec, decision.values)
