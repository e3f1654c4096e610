"""Encrypted field types of the Odoo addon, inside a real Odoo that is started for these rows alone."""

from __future__ import annotations

import atexit
import statistics
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bench_rpc import partner
from harness import Measure

from zenoo_security import KeyRing, keyring
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from zenoo_security.testing.database import OdooDatabase

ADDONS = Path(__file__).parents[1] / "tests" / "odoo" / "addons"
ENCRYPTED, PLAIN = "zenoo.contact", "zenoo.contact.plain"
RECORDS = 1_000
ROUNDS = 31


@cache
def database() -> OdooDatabase:
    """An Odoo with the same records in two models, of which one encrypts four of its five fields."""
    keys = Path(tempfile.mkdtemp()) / "keys.json"
    keyring.save(KeyRing.generate(), keys)
    odoo = LocalOdoo(
        addons=[ADDONS], settings={"zenoo_security": {"key_ring_file": keys}}, progress=PlainProgress(sys.stderr)
    )
    odoo.start()
    atexit.register(odoo.stop)
    made = odoo.create_database()
    made.install("zenoo_fields_test")
    for model in (ENCRYPTED, PLAIN):
        made.call(model, "create", [partner(number) for number in range(RECORDS)])
    return made


def percent_more() -> float:
    """How much longer a read of encrypted records takes, from medians of rounds that take turns."""
    times: dict[str, list[float]] = {ENCRYPTED: [], PLAIN: []}
    for _ in range(ROUNDS):
        for model in times:
            times[model] += database().call(ENCRYPTED, "time_read", model, 3)
    return 100 * (statistics.median(times[ENCRYPTED]) / statistics.median(times[PLAIN]) - 1)


def rows() -> list[Measure]:
    """What an ORM that decrypts costs."""
    name = f"read {RECORDS:,} records through Odoo's ORM, four of five fields encrypted, beside plain char fields"
    return [Measure(name, "percent more", percent_more, at_most=10)]
