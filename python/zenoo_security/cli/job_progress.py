"""How far a job is, on the standard error: a bar with rate and time left in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zenoo_security.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import TaskID

    from zenoo_security.clock import Clock
    from zenoo_security.jobs import Progress

__all__ = ["PlainLines", "job_progress"]


@contextmanager
def job_progress() -> Iterator[Callable[[Progress], None]]:
    """What a job shall tell its progress, and draws it until the block ends. rich itself honors `NO_COLOR`."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield PlainLines(sys.stderr.write)
        return
    with _bars(console) as draw:
        yield draw


@contextmanager
def _bars(console: Console) -> Iterator[Callable[[Progress], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}/s"),
        TimeRemainingColumn(),
    )
    tasks: dict[tuple[str, str], TaskID] = {}
    with Bars(*columns, console=console) as bars:

        def draw(progress: Progress) -> None:
            key = (progress.step, progress.model)
            if key not in tasks:
                tasks[key] = bars.add_task(" ".join(key), rate="-", completed=0)
            bars.update(tasks[key], completed=progress.done, total=progress.total)
            speed = bars.tasks[bars.task_ids.index(tasks[key])].speed
            bars.update(tasks[key], rate="-" if speed is None else f"{speed:.0f}")

        yield draw


class PlainLines:
    """A line at the beginning and the end of each step, and every few seconds between.

    Args:
        write: takes a line.
        every_s: seconds between two lines.
        clock: tells the time.
    """

    def __init__(self, write: Callable[[str], object], *, every_s: float = 5.0, clock: Clock = SYSTEM_CLOCK) -> None:
        self._write = write
        self._every_s = every_s
        self._clock = clock
        self._step: tuple[str, str] | None = None
        self._started = self._written = 0.0
        self._first = 0

    def __call__(self, progress: Progress) -> None:
        """Write a line if it is time for one."""
        now, step = self._clock.monotonic(), (progress.step, progress.model)
        if step != self._step:
            self._step, self._started, self._first = step, now, progress.done
        elif now - self._written < self._every_s and progress.done < progress.total:
            return
        self._written = now
        reached = f"{progress.done} of {progress.total} records"
        self._write(f"{progress.step} {progress.model}: {reached}{self._pace(progress, now)}\n")

    def _pace(self, progress: Progress, now: float) -> str:
        done, seconds = progress.done - self._first, now - self._started
        if not done or not seconds:
            return ""
        rate, remaining = done / seconds, progress.total - progress.done
        return f", {rate:.0f} a second" + (f", {remaining / rate:.0f} s left" if remaining else "")
