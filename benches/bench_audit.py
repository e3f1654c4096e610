"""Events a second to a file, on one core: built, written under a lock, and chained."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from harness import Measure

from zenoo_security import KeyRing, Principal, acting_as
from zenoo_security.audit import AuditLog, FileSink, configured, emit, in_request
from zenoo_security.audit.verify import verify

EVENTS = 20_000
ROUNDS = 7


def emit_us(*, chained: bool) -> float:
    """Microseconds of a core for an event of usual size: the median of the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        sink = FileSink(Path(folder) / "audit.jsonl", key_ring=KeyRing.generate() if chained else None)
        with configured(AuditLog(sink)), acting_as(Principal("shop", 7, "alice")), in_request(client_ip="192.0.2.1"):
            spent = sorted(_round_us() for _ in range(ROUNDS))
    return spent[ROUNDS // 2]


def _round_us() -> float:
    started = time.process_time()
    for _ in range(EVENTS):
        emit("authz_fail", model="res.partner", ids=[7, 8, 9], reason="record_rule", needs="write")
    return (time.process_time() - started) / EVENTS * 1e6


def verify_us() -> float:
    """Microseconds of a core for checking a line."""
    with tempfile.TemporaryDirectory() as folder:
        path, ring = Path(folder) / "audit.jsonl", KeyRing.generate()
        with AuditLog(FileSink(path, key_ring=ring)) as log:
            for _ in range(EVENTS):
                log.record("authz_fail", model="res.partner", ids=[7, 8, 9], reason="record_rule", needs="write")
        started = time.process_time()
        assert verify([path], ring).intact
        return (time.process_time() - started) / EVENTS * 1e6


def rows() -> list[Measure]:
    """10 microseconds are 100,000 events a second."""
    unit = "microseconds of a core an event"
    return [
        Measure("audit event to a file", unit, lambda: emit_us(chained=False), at_most=10),
        Measure("audit event to a chained file", unit, lambda: emit_us(chained=True), at_most=20),
        Measure("audit line, verified", unit, verify_us, at_most=20),
    ]
