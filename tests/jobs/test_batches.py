"""Batches take about as long as they should."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from zenoo_security.client.compare import Change
from zenoo_security.jobs.batches import BatchSize, split
from zenoo_security.jobs.rows import RowPlan

PLANS = st.lists(st.booleans()).map(
    lambda marks: [RowPlan(i, {}, Change(i, {"a": 1}, {"a": 2}) if mark else None) for i, mark in enumerate(marks)]
)


@given(PLANS, st.integers(1, 5))
def test_batches_are_few_and_about_as_large_and_nothing_is_lost(plans, size):
    parts, rest = [], plans
    while rest:
        batch, rest = split(rest, size)
        parts.append(batch)
    assert [row for part in parts for row in part] == plans
    writes = [sum(row.change is not None for row in part) for part in parts]
    assert len(parts) == max(bool(plans), math.ceil(sum(writes) / size))
    assert not writes or max(writes) <= min(size, min(writes) + 1)


@given(st.floats(20, 50_000), st.integers(1, 1000))
def test_the_size_comes_to_what_odoo_writes_in_the_time_wanted(rate, first):
    size = BatchSize(first, largest=2000, target_s=0.75)
    for _ in range(15):
        size.learn(size.rows, size.rows / rate)
    assert abs(size.rows - min(2000, rate * 0.75)) <= 1


def test_a_small_rest_does_not_change_the_size_unless_it_was_slow():
    size = BatchSize(100, target_s=0.75)
    size.learn(10, 0.02)
    assert size.rows == 100
    size.learn(10, 2.0)
    assert size.rows == 50


def test_a_write_that_took_very_long_or_no_time_at_all_changes_it_by_a_factor_of_two():
    size = BatchSize(100, largest=1000)
    size.learn(100, 1e9)
    assert size.rows == 50
    size.learn(50, 0.0)
    assert size.rows == 100
