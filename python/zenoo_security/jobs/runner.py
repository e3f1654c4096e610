"""Carries out an operation on the records of one model, a batch at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import aclosing
from typing import TYPE_CHECKING

from zenoo_security.jobs.batches import BatchSize, split
from zenoo_security.jobs.rows import plan_rows
from zenoo_security.jobs.writer import Written, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zenoo_security.client.compare import CompareAndWrite
    from zenoo_security.jobs.codec import Codec
    from zenoo_security.jobs.journal import Journal
    from zenoo_security.jobs.plan import Operation
    from zenoo_security.jobs.progress import Step
    from zenoo_security.jobs.rows import Outcome, RowPlan
    from zenoo_security.jobs.scan import Row, Scan
    from zenoo_security.jobs.stopwatch import Stopwatch

__all__ = ["ModelRun"]

MAX_ATTEMPTS = 8
PAUSE_S = 0.05
"""Before a record that somebody else was changing is read again; doubled each time."""

_QUIET = {"kept", "empty"}


class ModelRun:
    """One operation on the fields of one model.

    Args:
        operation: which.
        codecs: for the fields.
        scan: reads the model.
        compare_and_write: writes the model; None writes nothing, for a dry run.
        journal: remembers what is done.
        stopwatch: counts the time in which Odoo works.
        progress: told after each batch.
    """

    def __init__(
        self,
        *,
        operation: Operation,
        codecs: Sequence[Codec],
        scan: Scan,
        compare_and_write: CompareAndWrite | None,
        journal: Journal,
        stopwatch: Stopwatch,
        progress: Step,
    ) -> None:
        self._operation = operation
        self._codecs = codecs
        self._model = codecs[0].target.model
        self._scan = scan
        self._compare_and_write = compare_and_write
        self._journal = journal
        self._state = journal.state
        self._stopwatch = stopwatch
        self._progress = progress
        self._size = BatchSize()
        self._done: Counter[tuple[str, str]] = Counter()
        self._problems: list[tuple[str, str, int]] = []

    async def __call__(self) -> None:
        """Work through all records that are not done yet."""
        cursor = self._state.cursors.get(self._model, 0)
        done = max(self._state.fields[codec.target.name].rows for codec in self._codecs)
        total = done + await self._stopwatch.waiting(self._scan.count(cursor))
        async with aclosing(self._scan.pages(self._planned, cursor)) as pages:
            while plans := await self._stopwatch.waiting(anext(pages, None)):
                while plans:
                    batch, plans = split(plans, self._size.rows)
                    await self._settle(batch)
                    done += len(batch)
                    self._progress.reached(self._model, done, total)

    async def _settle(self, batch: Sequence[RowPlan]) -> None:
        """Write a batch; only then count it and move the cursor, so that the journal never holds half of it."""
        last = batch[-1].id
        await self._write_until_settled(batch)
        for (name, outcome), records in self._done.items():
            self._state.fields[name].count(outcome, records)
        for name, problem, record in self._problems:
            self._state.fields[name].count_left(problem, record)
        self._state.cursors[self._model] = last
        self._state.intent.clear()
        self._done.clear()
        self._problems.clear()

    async def _write_until_settled(self, batch: Sequence[RowPlan]) -> None:
        """Write a batch; records that somebody changed meanwhile are read and planned anew."""
        for attempt in range(MAX_ATTEMPTS):
            self._intend(batch)
            written = await self._write(batch)
            skipped = set(written.skipped)
            self._count((row for row in batch if row.id not in skipped), dict.fromkeys(written.refused, "refused"))
            if not skipped:
                return
            await asyncio.sleep(PAUSE_S * 2**attempt)
            batch = self._planned(await self._stopwatch.waiting(self._scan.rows(sorted(skipped))))
            self._count_gone(len(skipped) - len(batch))
        self._count(batch, {row.id: "changed" for row in batch})

    async def _write(self, batch: Sequence[RowPlan]) -> Written:
        changes = [row.change for row in batch if row.change]
        if self._compare_and_write is None or not changes:
            return Written([], [])
        before = self._stopwatch.seconds
        written = await self._stopwatch.waiting(write(self._compare_and_write, changes))
        if not written.refused:
            self._size.learn(len(changes), self._stopwatch.seconds - before)
        return written

    def _planned(self, rows: Sequence[Row]) -> Sequence[RowPlan]:
        return plan_rows(self._operation, self._codecs, rows)

    def _intend(self, batch: Sequence[RowPlan]) -> None:
        """Write down what the next write will do, before it does."""
        for row in batch:
            for name, outcome in row.outcomes.items():
                if outcome.writes:
                    self._state.intent.setdefault(name, {})[row.id] = outcome.name
        self._state.seconds, self._state.waited_s = self._stopwatch.seconds, self._stopwatch.waited_s
        self._journal.save()

    def _count(self, rows: Iterable[RowPlan], problems: Mapping[int, str]) -> None:
        """Note what became of records: of those in `problems` nothing that was to be written."""
        for row in rows:
            for name, outcome in row.outcomes.items():
                problem = (outcome.writes and problems.get(row.id)) or outcome.problem
                if problem:
                    self._problems.append((name, problem, row.id))
                else:
                    done = self._done_before(name, row.id, outcome) if outcome.name in _QUIET else outcome.name
                    self._done[name, done] += 1

    def _done_before(self, name: str, record: int, outcome: Outcome) -> str:
        """What the write before an interruption did to a field that needs nothing."""
        return self._state.intent.get(name, {}).get(record, outcome.name)

    def _count_gone(self, records: int) -> None:
        if records:
            self._done.update({(codec.target.name, "gone"): records for codec in self._codecs})
