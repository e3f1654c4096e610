"""Run the probes. Each is on a thread of its own, so that what hangs is one line that says so.

They are imported before that: threads that import modules of one circle fail now and then (`_DeadlockError`).
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.redaction import Redactor
from zenoo_security.doctor import keys, odoo, settings, software, store
from zenoo_security.doctor.finding import Finding, State
from zenoo_security.doctor.situation import read_situation
from zenoo_security.errors import SecurityError

if TYPE_CHECKING:
    from zenoo_security.doctor.situation import Situation

__all__ = ["TIMEOUT_S", "examine"]

TIMEOUT_S: Final = 10.0
"""Seconds that all probes have together."""

_PROBES: Final = {"software": software, "settings": settings, "keys": keys, "store": store, "odoo": odoo}
"""Part -> module here, in the order of the lines."""


def examine(*, timeout_s: float = TIMEOUT_S) -> list[Finding]:
    """Look at every part of this installation.

    Args:
        timeout_s: seconds after which what has not answered is a failure.
    """
    situation = read_situation()
    clean = Redactor(situation.secrets).clean
    found: dict[str, list[Finding]] = {}
    threads = {part: _start(part, situation, found) for part in _PROBES}
    end = time.monotonic() + timeout_s
    for thread in threads.values():
        thread.join(max(0.0, end - time.monotonic()))
    lines = [line for part in _PROBES for line in found.get(part) or [_late(part, timeout_s)]]
    return [replace(line, text=clean(line.text), hint=clean(line.hint)) for line in lines]


def _start(part: str, situation: Situation, found: dict[str, list[Finding]]) -> threading.Thread:
    def work() -> None:
        try:
            found[part] = list(_PROBES[part].probe(situation))
        except SecurityError as error:
            found[part] = [Finding(part, State.FAIL, str(error))]
        except Exception as error:  # noqa: BLE001 - only the type: its text may hold what was looked at
            found[part] = [Finding(part, State.FAIL, f"the probe itself failed: {type(error).__name__}")]

    thread = threading.Thread(target=work, name=f"doctor-{part}", daemon=True)
    thread.start()
    return thread


def _late(part: str, timeout_s: float) -> Finding:
    return Finding(
        part, State.FAIL, f"no answer within {timeout_s:g} seconds", "Is the host up, and the way to it open?"
    )
