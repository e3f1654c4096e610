"""Jobs on a real Odoo 19 with 20,000 partners: killed again and again, with people editing and reading meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys

import pytest

from zenoo_security import SecureZenooClient, jobs, keyring
from zenoo_security.client import ensure_columns
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.keyring import KeyRing

pytestmark = [pytest.mark.odoo, pytest.mark.timeout(600)]

PARTNERS = 20_000
EDITS = 50
"""By each person during each job; four in a second."""
MODEL = "res.partner"
NAMES = ["res.partner.function", "res.partner.ref"]
DECLARED = {
    MODEL: {
        "function": {"index": "casefold", "plaintext": "allow"},
        "ref": {"in_place": True, "index": "digits", "plaintext": "allow"},
    }
}
FIELDS = EncryptedFields({MODEL: {name: Encrypted(**options) for name, options in DECLARED[MODEL].items()}})
PROGRAM = ["-m", "zenoo_security.cli", "fields"]
INSERT = """
    INSERT INTO res_partner (name, complete_name, active, function, ref, type, create_uid, write_uid)
    SELECT 'job ' || i, 'job ' || i, i % 50 <> 0, 'function of ' || i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'R ' || i END,
           'contact', 2, 2
    FROM generate_series(1, %s) AS i RETURNING id
"""


@pytest.fixture(scope="module")
def database(odoo_database):
    """The module's database with the columns, the server action and the partners."""

    async def prepare():
        async with SecureZenooClient(odoo_database.url) as admin:
            await admin.login(odoo_database.name, odoo_database.admin_login, odoo_database.admin_password)
            await ensure_columns(admin, FIELDS)

    asyncio.run(prepare())
    odoo_database.sql(INSERT.replace("%s", str(PARTNERS)))
    return odoo_database


async def test_nobody_loses_anything_while_jobs_run_and_are_killed(database, tmp_path):
    """Ten kills -9 in four jobs; eight people edit, one reads; afterwards every value is the last one written."""
    ring, kills, chance = KeyRing.generate(), 0, random.Random(4)
    values = stored(database)
    for operation, of_ten in (("encrypt", 4), ("rotate", 3), ("reindex", 0), ("decrypt", 3)):
        if operation == "rotate":
            ring = ring.rotate()
        if operation == "reindex":
            database.sql("UPDATE res_partner SET x_function_idx = NULL, x_ref_idx = 'zi1.stale' RETURNING 1")
        job = CommandLine(database, ring, tmp_path, operation)
        async with people(database, ring, values) as edits:
            report, resumed = await job.run_and_kill(of_ten, chance)
        kills += resumed
        values |= edits
        counted = report["fields"][NAMES[0]]
        assert report["resumed"] == resumed
        assert counted["rows"] == len(values) == sum(counted["done"].values()) + sum(counted["left"].values())
        assert await seen(database, ring) == values
        if operation in {"encrypt", "decrypt"}:
            await settle(database, ring, operation)
    assert kills == 10
    assert stored(database) == values


def stored(database):
    """Id -> what PostgreSQL holds in the clear."""
    rows = database.sql("SELECT id, function, ref FROM res_partner")
    return {row["id"]: (row["function"] or False, row["ref"] or False) for row in rows}


async def seen(database, ring):
    """Id -> what a client reads."""
    async with connected(database, ring) as client:
        pages = client.search_read_pages(MODEL, [], ["function", "ref"], page_size=5000, context={"active_test": False})
        return {row["id"]: (row["function"], row["ref"]) async for page in pages for row in page}


async def settle(database, ring, operation):
    """What people wrote behind the job was found by its verification, and is done by the next run."""
    async with connected(database, None) as client:
        report = await getattr(jobs, operation)(client, FIELDS, ring, NAMES)
    assert report.ok, report.to_json()
    clear = "count(*) FILTER (WHERE function IS NOT NULL OR ref NOT LIKE 'zs1.%') AS clear"
    encrypted = "count(*) FILTER (WHERE x_function_enc IS NOT NULL OR ref LIKE 'zs1.%') AS encrypted"
    [found] = database.sql(f"SELECT {clear}, {encrypted} FROM res_partner")
    assert found["clear" if operation == "encrypt" else "encrypted"] == 0


@contextlib.asynccontextmanager
async def connected(database, ring):
    """A client of the administrator: with encrypted fields if there is a ring, else like Odoo's own client."""
    options = {} if ring is None else {"encrypted_fields": FIELDS, "key_ring": ring}
    async with SecureZenooClient(database.url, **options) as client:
        await client.login(database.name, database.admin_login, database.admin_password)
        yield client


@contextlib.asynccontextmanager
async def people(database, ring, values):
    """Eight who edit, each records of their own, and one who reads what nobody edits; gives what was written."""
    edits, ids, end = {}, sorted(values), asyncio.Event()
    edited = ids[100::100]
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connected(database, ring if n % 2 else None)) for n in range(8)]
        reader = await stack.enter_async_context(connected(database, ring))
        tasks = [asyncio.create_task(edit(client, n, edited[n::8], edits, end)) for n, client in enumerate(clients)]
        tasks.append(asyncio.create_task(read(reader, {i: values[i] for i in ids[50::100]}, end)))
        try:
            yield edits
        finally:
            end.set()
            await asyncio.gather(*tasks)
    assert len(edits) > 20


async def edit(client, number, ids, edits, end):
    chance = random.Random(number)
    for count in range(EDITS):
        if end.is_set():
            return
        record = chance.choice(ids)
        function, ref = f"editor {number}, edit {count}", chance.choice([False, f"E {number} {count}"])
        await client.write(MODEL, [record], {"function": function, "ref": ref})
        edits[record] = (function, ref)
        await asyncio.sleep(0.25)


async def read(client, expected, end):
    chance = random.Random(9)
    for _ in range(EDITS):
        if end.is_set():
            return
        ids = chance.sample(sorted(expected), 20)
        rows = await client.read(MODEL, ids, ["function", "ref"])
        assert {row["id"]: (row["function"], row["ref"]) for row in rows} == {i: expected[i] for i in ids}
        await asyncio.sleep(0.1)


class CommandLine:
    """`zenoo-security fields ...` in a process of its own."""

    def __init__(self, database, ring, folder, operation):
        self.database = database
        self.ring = ring
        self.folder = folder
        self.arguments = [operation, *NAMES, "--format", "json", "--journal", str(folder / f"{operation}.json")]

    async def run_and_kill(self, kills, chance):
        """Kill it so many times at a random moment of its work; then let it end. The report, and how often."""
        for _ in range(kills):
            process = await self.start()
            await process.stderr.readline()  # of progress
            await asyncio.sleep(chance.uniform(0, 0.4))
            process.kill()
            await process.communicate()
            assert process.returncode == -9
        process = await self.start()
        out, err = await process.communicate()
        assert process.returncode in {0, 1}, err
        return json.loads(out), kills

    async def start(self):
        keyring.save(self.ring, self.folder / "ring.json", overwrite=True)
        (self.folder / "fields.json").write_text(json.dumps(DECLARED))
        environment = {
            **os.environ,
            "ZENOO_SECURITY_ODOO_URL": self.database.url,
            "ZENOO_SECURITY_ODOO_DATABASE": self.database.name,
            "ZENOO_SECURITY_ODOO_LOGIN": self.database.admin_login,
            "ZENOO_SECURITY_ODOO_PASSWORD": self.database.admin_password,
            "ZENOO_SECURITY_FIELDS_FILE": str(self.folder / "fields.json"),
            "ZENOO_SECURITY_KEY_RING_FILE": str(self.folder / "ring.json"),
        }
        return await asyncio.create_subprocess_exec(
            sys.executable, *PROGRAM, *self.arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
