"""Encrypted fields through RPC, on a real Odoo that is started for these rows alone."""

from __future__ import annotations

import asyncio
import atexit
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness import Measure, Row

from zenoo_security import Encrypted, EncryptedFields, FieldCipher, KeyRing, SecureZenooClient, jobs
from zenoo_security.client import ensure_columns
from zenoo_security.client.compare import Change, CompareAndWrite, install
from zenoo_security.fields.context import context_of
from zenoo_security.testing import LocalOdoo
from zenoo_security.testing.progress import PlainProgress

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from zenoo_security.testing.database import OdooDatabase

MODEL = "res.partner"
PARTNERS = 10_000
BATCH = 1_000
FIELDS = EncryptedFields(
    {
        MODEL: {
            "email": Encrypted(index="email"),
            "phone": Encrypted(index="digits"),
            "vat": Encrypted(),
            "ref": Encrypted(),
        }
    }
)
NAMES = ["name", "email", "phone", "vat", "ref"]
COLUMNS = ["name", "x_email_enc", "x_phone_enc", "x_vat_enc", "x_ref_enc"]
UNDECRYPTED = "the same columns, not decrypted"
PLAIN_WRITES = f"plain writes of the same columns, {BATCH:,} records each"


def partner(number: int) -> dict[str, str]:
    """A partner of ordinary lengths."""
    return {
        "name": f"Partner {number}",
        "email": f"anna.schmidt{number:06}@example.com",
        "phone": f"+49 30 1234{number:06}",
        "vat": f"DE{number:09}",
        "ref": f"Customer {number:06}",
    }


class Scene:
    """An Odoo with partners whose fields are encrypted, and two clients of it: one with keys and one without."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.key_ring = KeyRing.generate()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    @cached_property
    def database(self) -> OdooDatabase:
        odoo = LocalOdoo(progress=PlainProgress(sys.stderr))
        odoo.start()
        atexit.register(odoo.stop)
        return odoo.create_database()

    @cached_property
    def plain(self) -> SecureZenooClient:
        return self.run(self._log_in(SecureZenooClient(self.database.url)))

    @cached_property
    def secure(self) -> SecureZenooClient:
        client = SecureZenooClient(self.database.url, encrypted_fields=FIELDS, key_ring=self.key_ring)
        self.run(ensure_columns(self.plain, FIELDS))
        return self.run(self._log_in(client))

    @cached_property
    def ids(self) -> list[int]:
        return self.run(self._create(self.secure))

    async def _log_in(self, client: SecureZenooClient) -> SecureZenooClient:
        await client.login(self.database.name, self.database.admin_login, self.database.admin_password)
        return client

    async def _create(self, client: SecureZenooClient) -> list[int]:
        created: list[int] = []
        for start in range(0, PARTNERS, BATCH):
            rows = [partner(number) for number in range(start, start + BATCH)]
            created += await client.create(MODEL, rows, {"tracking_disable": True})
        return created

    def read(self) -> list[dict[str, Any]]:
        return self.run(self.secure.read(MODEL, self.ids, NAMES))

    def read_columns(self) -> list[dict[str, Any]]:
        return self.run(self.plain.read(MODEL, self.ids, COLUMNS))

    def read_pages(self) -> list[dict[str, Any]]:
        return self.run(self._read_pages(self.secure, NAMES, len(self.ids)))

    def read_pages_of_columns(self) -> list[dict[str, Any]]:
        return self.run(self._read_pages(self.plain, COLUMNS, len(self.ids)))

    async def _read_pages(self, client: SecureZenooClient, names: list[str], expected: int) -> list[dict[str, Any]]:
        read = []
        async for page in client.search_read_pages(MODEL, [("name", "=like", "Partner %")], names, page_size=BATCH):
            read += page
        assert len(read) == expected
        return read

    @cached_property
    def tokens(self) -> list[dict[str, str]]:
        """For each partner the columns with tokens of the first key, as they would be written to it."""
        contexts = {name: context_of(MODEL, name) for name in NAMES[1:]}
        plain = [{name: partner(number)[name] for name in contexts} for number in range(PARTNERS)]
        sealed = FieldCipher(self.key_ring).encrypt_records(plain, contexts)
        return [{f"x_{name}_enc": row[name] for name in contexts} for row in sealed]

    def rotate(self) -> jobs.Report:
        """Move all partners to a new key. The pass that verifies them afterwards is no part of it."""
        self.key_ring = self.key_ring.rotate()
        return self.run(jobs.rotate(self.plain, FIELDS, self.key_ring, verify=False))

    def write_plainly(self) -> None:
        """Write other tokens of the same length to all partners; nothing is read, decrypted or compared."""
        self.tokens = self.tokens[1:] + self.tokens[:1]
        self.run(self._write_plainly(self.plain, self.ids))

    async def _write_plainly(self, client: SecureZenooClient, ids: list[int]) -> None:
        for start in range(0, PARTNERS, BATCH):
            part = slice(start, start + BATCH)
            context = {"tracking_disable": True}
            await client.execute_kw(MODEL, "web_save_multi", [ids[part], self.tokens[part], {}], context=context)

    @cached_property
    def compare_and_write(self) -> CompareAndWrite:
        self.run(self._install())
        return self.run(CompareAndWrite.find(self.plain, MODEL))

    async def _install(self) -> None:
        await install(self.plain, MODEL)

    def write_compared(self) -> None:
        """The writes of a rotation alone: tokens that are there are compared, and others of the same length written."""
        self.run(self._write_compared(self.compare_and_write))

    async def _write_compared(self, compare_and_write: CompareAndWrite) -> None:
        following = self.tokens[1:] + self.tokens[:1]
        for start in range(0, PARTNERS, BATCH):
            part = slice(start, start + BATCH)
            rows = zip(self.ids[part], self.tokens[part], following[part], strict=True)
            assert await compare_and_write([Change(*row) for row in rows]) == []
        self.tokens = following

    def percent_of_own_work(self) -> float:
        """The processor time of this process in a rotation, in percent of how long that takes. The rest is waited."""
        started, worked = time.perf_counter(), time.process_time()
        self.rotate()
        return (time.process_time() - worked) / (time.perf_counter() - started) * 100

    def percent_not_waited(self) -> float:
        """What the report of a rotation says that it did not wait for Odoo, in percent of how long it took."""
        report = self.rotate()
        return (1 - report.waited_s / report.seconds) * 100

    def check_rotation(self) -> None:
        """A rotation leaves no token of an old key; a plain write does, so that there is something to rotate again."""
        self.write_plainly()
        self.rotate()
        report = self.run(jobs.verify(self.plain, FIELDS, self.key_ring))
        found = [report.fields[f"{MODEL}.{name}"].found for name in NAMES[1:]]
        assert all(each.keys == {self.key_ring.primary_id: PARTNERS} for each in found)

    def check_reads(self) -> None:
        """Both read all rows, and the one what was written."""
        written = [partner(number) for number in range(PARTNERS)]
        for read in (self.read(), self.read_pages()):
            assert [{name: row[name] for name in NAMES} for row in read] == written
        assert all(row["x_ref_enc"].startswith("zs1.") for row in self.read_columns())


def rows() -> list[Row | Measure]:
    """Every row of the family. The rotations come last: the client that reads keeps the ring of the beginning."""
    scene = Scene()
    return [
        Row(
            name=f"read {PARTNERS:,} partners with four encrypted fields through RPC",
            ours=scene.read,
            peers={UNDECRYPTED: scene.read_columns},
            at_most_percent_more={UNDECRYPTED: 8},
            check=scene.check_reads,
        ),
        Row(
            name=f"read {PARTNERS:,} partners so in pages of {BATCH:,}",
            ours=scene.read_pages,
            peers={UNDECRYPTED: scene.read_pages_of_columns},
            at_most_percent_more={UNDECRYPTED: 4},
            check=scene.check_reads,
        ),
        Row(
            name=f"compare and write {PARTNERS:,} partners, which is what a rotation writes",
            ours=scene.write_compared,
            peers={PLAIN_WRITES: scene.write_plainly},
            at_most_percent_more={PLAIN_WRITES: 10},
            check=scene.write_plainly,
        ),
        Row(
            name=f"rotate {PARTNERS:,} partners with four encrypted fields through RPC",
            ours=scene.rotate,
            peers={PLAIN_WRITES: scene.write_plainly},
            at_most_percent_more={PLAIN_WRITES: 10},
            check=scene.check_rotation,
            rounds=3,
        ),
        Measure(
            name=f"rotate {PARTNERS:,} partners, the processor time of the job (the rest is waited for Odoo)",
            unit="percent of the time",
            value=scene.percent_of_own_work,
            at_most=10,
        ),
        Measure(
            name=f"rotate {PARTNERS:,} partners, what the job's report says that it did not wait for Odoo",
            unit="percent of the time",
            value=scene.percent_not_waited,
            at_most=10,
        ),
    ]
