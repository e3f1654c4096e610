"""Measure rows of work beside their peers: one process, interleaved, medians.

A family of benchmarks is a module `bench_<family>.py` here with a function `rows()` that returns `Row` objects, and
`Measure` objects for what is not a time; `python benches/run.py` finds them all.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ROUNDS = 9
SLICE_S = 0.04

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """One piece of work, done by us and by our peers on the same input.

    Args:
        name: what is done, with its size.
        ours: our call.
        peers: name and version of the peer -> its call, as its documentation says.
        times_as_fast: peer -> how many times as fast as it we must be.
        at_most_ns_more: peer -> how many nanoseconds more than it we may take.
        at_most_percent_more: peer -> how many percent more than it we may take.
        check: raises when ours and the peers' do not do the same work.
        rounds: how often it is measured at most, for work that takes many seconds.
    """

    name: str
    ours: Work
    peers: Mapping[str, Work]
    times_as_fast: Mapping[str, float] = field(default_factory=dict)
    at_most_ns_more: Mapping[str, float] = field(default_factory=dict)
    at_most_percent_more: Mapping[str, float] = field(default_factory=dict)
    check: Callable[[], None] | None = None
    rounds: int | None = None


@dataclass(frozen=True)
class Result:
    """Medians in seconds, and whether every target was met."""

    name: str
    ours_s: float
    peers_s: dict[str, float]
    targets: dict[str, dict[str, float | bool]]


@dataclass(frozen=True)
class Measure:
    """A figure that is not the time of a call, such as memory.

    Args:
        name: what is measured, with its size.
        unit: its unit.
        value: measures it, once.
        at_most: the target.
    """

    name: str
    unit: str
    value: Callable[[], float]
    at_most: float


@dataclass(frozen=True)
class Figure:
    """What was measured, and whether the target was met."""

    name: str
    unit: str
    value: float
    at_most: float
    met: bool


def take(measure: Measure) -> Figure:
    """Measure a figure."""
    value = measure.value()
    return Figure(measure.name, measure.unit, value, measure.at_most, value <= measure.at_most)


def _calls_per_slice(work: Work) -> int:
    calls = 1
    while True:
        started = time.perf_counter()
        for _ in range(calls):
            work()
        spent = time.perf_counter() - started
        if spent >= SLICE_S / 4:
            return max(1, round(calls * SLICE_S / spent))
        calls *= 4


def _seconds_a_call(work: Work, calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        work()
    return (time.perf_counter() - started) / calls


def measure(row: Row, rounds: int = ROUNDS) -> Result:
    """Run ours and every peer in turn, `rounds` times or as often as the row allows, and take the median of each."""
    if row.check:
        row.check()
    candidates = {"ours": row.ours, **row.peers}
    calls = {name: _calls_per_slice(work) for name, work in candidates.items()}
    samples: dict[str, list[float]] = {name: [] for name in candidates}
    gc.collect()
    gc.disable()
    try:
        for _ in range(min(rounds, row.rounds or rounds)):
            for name, work in candidates.items():
                samples[name].append(_seconds_a_call(work, calls[name]))
    finally:
        gc.enable()
    medians = {name: statistics.median(values) for name, values in samples.items()}
    ours = medians.pop("ours")
    targets: dict[str, dict[str, float | bool]] = {}
    for peer, factor in row.times_as_fast.items():
        reached = medians[peer] / ours
        targets[peer] = {"times_as_fast": factor, "reached": reached, "met": reached >= factor}
    for peer, allowed in row.at_most_ns_more.items():
        more = (ours - medians[peer]) * 1e9
        targets[peer] = {"at_most_ns_more": allowed, "reached": more, "met": more <= allowed}
    for peer, allowed in row.at_most_percent_more.items():
        more = (ours / medians[peer] - 1) * 100
        targets[peer] = {"at_most_percent_more": allowed, "reached": more, "met": more <= allowed}
    return Result(row.name, ours, medians, targets)
