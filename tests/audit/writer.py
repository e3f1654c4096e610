"""Writes events to a chained file: `writer.py FILE KEY_RING COUNT [--limit BYTES]`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from zenoo_security import keyring
from zenoo_security.audit import AuditLog, Entry, FileSink
from zenoo_security.errors import AuditUnavailable


def main(path: str, ring: str, count: str, limit: str = "") -> None:
    told: list[str] = []

    def other(entry: Entry) -> None:
        if entry.event != "x":
            told.append(entry.event)

    size = 10**9 if limit else 65_536
    sink = FileSink(Path(path), key_ring=keyring.load(ring), max_bytes=size, keep=1000, checkpoint_every=10**9)
    log = AuditLog(sink, other, required=True)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    written = refused = 0
    for number in range(int(count)):
        try:
            log.record("x", number=number)
            written += 1
        except AuditUnavailable:
            refused += 1
        if not number:
            sys.stdout.write("begun\n")
            sys.stdout.flush()
    sys.stdout.write(json.dumps({"written": written, "refused": refused, "told": told}) + "\n")


main(*sys.argv[1:4], *sys.argv[5:])
