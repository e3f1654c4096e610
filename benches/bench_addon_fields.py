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
ENCRYPTED, PLAIN, PARTNER = "zenoo.contact", "zenoo.contact.plain", "res.partner"
NAMES = ["name", "email", "phone", "vat", "ref"]
# Of the list of contacts, and the two that zenoo_security_partner encrypts beside.
LISTED = ["complete_name", "email", "phone", "city", "state_id", "country_id", "user_id", "category_id", "company_id"]
PARTNER_NAMES = [*LISTED, "parent_id", "is_company", "active", "email_normalized", "phone_sanitized"]
RECORDS = 1_000
ROUNDS = 31


@cache
def odoo() -> LocalOdoo:
    """An Odoo with keys."""
    keys = Path(tempfile.mkdtemp()) / "keys.json"
    keyring.save(KeyRing.generate(), keys)
    settings = {"zenoo_security": {"key_ring_file": keys}}
    started = LocalOdoo(addons=[ADDONS], settings=settings, progress=PlainProgress(sys.stderr))
    started.start()
    atexit.register(started.stop)
    return started


def database(*modules: str, models: list[str]) -> OdooDatabase:
    """A database with the same records in each model."""
    made = odoo().create_database()
    made.install("zenoo_fields_test", *modules)
    for model in models:
        made.call(model, "create", [partner(number) for number in range(RECORDS)])
    return made


def percent_more(ours: tuple[OdooDatabase, str], peer: tuple[OdooDatabase, str], names: list[str]) -> float:
    """How much longer ours takes, from medians of rounds that take turns."""
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(ROUNDS):
        for who, (where, model) in {"ours": ours, "peer": peer}.items():
            times[who] += where.call(ENCRYPTED, "time_read", model, names, 3)
    medians = {who: statistics.median(measured) for who, measured in times.items()}
    print(f"{medians['peer'] * 1e3:.1f} ms plain, {medians['ours'] * 1e3:.1f} ms encrypted", file=sys.stderr)
    return 100 * (medians["ours"] / medians["peer"] - 1)


def narrow() -> float:
    """Records that have little else."""
    both = database(models=[ENCRYPTED, PLAIN])
    return percent_more((both, ENCRYPTED), (both, PLAIN), NAMES)


def partners() -> float:
    """Contacts, with and without the addon that encrypts them."""
    ours, peer = database("zenoo_security_partner", models=[PARTNER]), database("phone_validation", models=[PARTNER])
    return percent_more((ours, PARTNER), (peer, PARTNER), PARTNER_NAMES)


def rows() -> list[Measure]:
    """What an ORM that decrypts costs."""
    beside = "beside plain char fields, through Odoo's ORM"
    return [
        Measure(f"read 1,000 partners, four of 14 fields encrypted, {beside}", "percent more", partners, at_most=10),
        Measure(f"read 1,000 records, four of five fields encrypted, {beside}", "percent more", narrow, at_most=10),
    ]
