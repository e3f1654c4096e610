"""`AuditLog`: from events to the sinks."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import secrets
import socket
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zenoo_security.audit import forks
from zenoo_security.audit.delivery import GUARD, Delivery
from zenoo_security.audit.entry import Closing, Notice, is_sink
from zenoo_security.audit.lines import entry_of, kind_of, members_of
from zenoo_security.audit.sinks.background import Background
from zenoo_security.audit.sinks.file import FileSink
from zenoo_security.clock import SYSTEM_CLOCK, Clock
from zenoo_security.errors import AuditUnavailable, ParameterError

if TYPE_CHECKING:
    from typing_extensions import Self

    from zenoo_security.audit.entry import Entry, Sink

__all__ = ["LOGGER", "AuditLog", "to_logger"]

LOGGER: Final = logging.getLogger("zenoo_security.audit")


class _Writer(NamedTuple):
    """This log in this process: how all lines begin, and their numbers."""

    head: str
    numbers: itertools.count[int]


class AuditLog:
    """Writes each event to every sink, at once, from any thread, task or process.

    An event costs some ten microseconds, in a chained file fifteen, so it may be emitted on an event loop.

    Args:
        sinks: where events go: those of `zenoo_security.audit.sinks`, or any function of an `Entry`.
        service: the name of the application, in every line.
        required: refuse the call that an event is about when a sink fails. Whatever may fail without that is wrapped
            in `Background`.
        clock: tells the time.

    Raises:
        ParameterError: there is no sink, or one cannot be called, or is a class or an `async def`.

    >>> lines = []
    >>> log = AuditLog(lambda entry: lines.append(entry.line), service="shop")
    >>> log.record("authz_fail", model="res.partner", ids=[7], reason="record_rule")
    >>> b'"event.action":"authz_fail"' in lines[0]
    True
    """

    def __init__(
        self, *sinks: Sink, service: str = "zenoo-security", required: bool = False, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        if not sinks or not all(is_sink(sink) for sink in sinks):
            raise ParameterError(
                "an AuditLog has a sink or more: FileSink(path), RecordSink(), or a function, no async one"
            )
        self._service = service
        self._required = required
        self._clock = clock
        self._deliveries = [Delivery(sink, clock) for sink in sinks]
        for sink in sinks:
            if isinstance(sink, Background):
                sink.tell_to(self._follow_up, clock)
        self.in_child()
        forks.register(self)

    def record(self, event: str, *, level: int | None = None, **details: Any) -> None:
        """Write an event: `emit` for this log.

        Raises:
            AuditUnavailable: a sink failed, and they are required.
        """
        self.write(event, level, details)

    def write(self, event: str, level: int | None, details: dict[str, Any]) -> None:
        """Write an event whose details are a dict that is not needed any more."""
        entry = self._entry(event, level, details)
        if GUARD.busy:
            to_logger(entry.level, "%s", entry.line.decode())
            return
        GUARD.busy = True
        try:
            failed = None
            for delivery in self._deliveries:
                worked, made = delivery(entry)
                if made is not None or delivery.lost:
                    self._follow_up(delivery, made, worked=worked)
                if not worked:
                    failed = failed or delivery.name
        finally:
            GUARD.busy = False
        if failed and self._required:
            raise AuditUnavailable(f"the audit log is required, and this sink fails: {failed}")

    def checkpoint(self) -> str:
        """Write a checkpoint line to the chained file, to the disk, and return its text: keep it somewhere else.

        The other sinks get the text as well. Of a file in a `Background` it is one of what was written by then.

        Raises:
            ParameterError: there is no chained file.
            OSError: the file cannot be written.
        """
        for delivery in self._deliveries:
            sink = delivery.sink.sink if isinstance(delivery.sink, Background) else delivery.sink
            if isinstance(sink, FileSink) and sink.chained:
                text = sink.checkpoint(self._clock.now())
                self._to_others(delivery, "audit_checkpoint", {"checkpoint": text})
                return text
        raise ParameterError("a checkpoint needs a chain: FileSink(path, key_ring=key_ring)")

    def close(self) -> None:
        """Write what waits and close what is open. A later event opens it again."""
        with contextlib.ExitStack() as closing:  # Each of them, whatever another one raises.
            for delivery in reversed(self._deliveries):
                if isinstance(delivery.sink, Closing):
                    closing.callback(delivery.sink.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _entry(self, event: str, level: int | None, details: dict[str, Any]) -> Entry:
        writer = self._writer
        if writer is None:
            raise AuditUnavailable("the audit log is required, and this process has no name in it")
        return entry_of(event, level, details, head=writer.head, number=next(writer.numbers), now=self._clock.now())

    def in_child(self) -> None:
        """A new process has a new identity, whose sequence begins with 1."""
        self._writer: _Writer | None = None
        fields = {
            "service.name": self._service,
            "host.name": socket.gethostname(),
            "process.pid": os.getpid(),
            "process.entity_id": secrets.token_hex(8),
        }
        self._writer = _Writer(members_of(fields), itertools.count(1))

    def _follow_up(self, delivery: Delivery, made: object, *, worked: bool) -> None:
        """Say what a sink has to say, and whether it fails or works again."""
        lost = delivery.to_tell(worked=worked)
        if lost is not None:
            self._tell(delivery, "sys_monitor_enabled" if worked else "sys_monitor_disabled", lost)
        for notice in made if isinstance(made, list) else ():
            if isinstance(notice, Notice):
                self._to_others(delivery, notice.event, notice.details)

    def _tell(self, delivery: Delivery, event: str, lost: int) -> None:
        """Say to the other sinks and to the logging module that a sink fails, or works again."""
        level = kind_of(event).level
        to_logger(level, "%s %s: %d events are not in it (%s)", event, delivery.name, lost, delivery.error)
        self._to_others(delivery, event, {"monitor": delivery.name, "lost": lost, "reason": delivery.error})

    def _to_others(self, source: Delivery, event: str, details: dict[str, Any]) -> None:
        entry = self._entry(event, None, details)
        for delivery in self._deliveries:
            # By the sink: a Background reports for a delivery of its own.
            if delivery.sink is not source.sink and getattr(delivery.sink, "sink", None) is not source.sink:
                delivery(entry)


def to_logger(level: int, message: str, *args: object, event: dict[str, object] | None = None) -> None:
    """Log it, whatever its handlers and filters raise: the call that is told of goes on."""
    with contextlib.suppress(Exception):
        LOGGER.log(level, message, *args, extra=event and {"event": event})
