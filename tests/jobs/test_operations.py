"""Whole jobs on an Odoo in memory: crashes, edits meanwhile, refusals."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cells import DECLARED, OLD, READER, RING, cells, codec_of, seen
from jobs.memory_odoo import Killed, MemoryOdoo
from zenoo_security import KeyRing, jobs
from zenoo_security.errors import ConfigurationError, ParameterError, PermissionDenied
from zenoo_security.fields import Encrypted, EncryptedFields
from zenoo_security.jobs.codec import Codec, Place, place_of
from zenoo_security.jobs.plan import PLANS
from zenoo_security.jobs.targets import select

NAME = "x.person.note"
DECLARATION = Encrypted(index="casefold", plaintext="allow")
FIELDS = EncryptedFields({"x.person": {"note": DECLARATION}})
CODEC = codec_of(DECLARATION)
OPERATIONS = sorted(PLANS)


@pytest.fixture(autouse=True, scope="module")
def no_pauses():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zenoo_security.jobs.runner.PAUSE_S", 0)
        yield


def person(own=False, token=False, index=False):
    return {"note": own, "x_note_enc": token, "x_note_idx": index}


def people(count, ring=OLD):
    """Some in the clear, some encrypted, some both, some empty, all with values of their own."""
    made = {}
    for i in range(1, count + 1):
        codec = codec_of(DECLARATION, ring)
        token = {"token": codec.seal(f"sealed {i}", Place(0, i)), "index": codec.index(f"sealed {i}")}
        made[i] = [person(f"clear {i}"), person(**token), person(f"newer {i}", **token), person()][i % 4]
    return made


def values(odoo):
    return {i: seen(CODEC, CODEC.cell(row, Place(0, i))) for i, row in odoo.rows.items()}


async def run(operation, odoo, **options):
    return await getattr(jobs, operation)(odoo, FIELDS, RING, [NAME], fernet=READER, **options)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_job_changes_no_value_and_says_that_all_is_well(operation):
    odoo = MemoryOdoo(people(5000))
    before = values(odoo)
    report = await run(operation, odoo)
    assert values(odoo) == before
    assert report.ok
    field = report.fields[NAME]
    assert field.rows == field.found.rows == 5000 == sum(field.done.values())
    again = await run(operation, odoo)
    assert set(again.fields[NAME].done) <= {"kept", "empty"}


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_dry_run_counts_the_same_and_writes_nothing(operation, tmp_path):
    odoo = MemoryOdoo(people(100))
    before = {i: dict(row) for i, row in odoo.rows.items()}
    dry = await run(operation, odoo, dry_run=True, journal=tmp_path / "journal")
    assert odoo.rows == before
    assert not list(tmp_path.iterdir())
    wet = await run(operation, odoo)
    assert dry.fields[NAME].done == wet.fields[NAME].done
    assert (dry.dry_run, wet.dry_run) == (True, False)


@pytest.mark.parametrize("operation", OPERATIONS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=15)
def test_a_job_that_is_killed_again_and_again_ends_like_one_that_was_not(operation, seed, tmp_path_factory):
    journal = tmp_path_factory.mktemp("journal") / "journal"
    odoo, calm = MemoryOdoo(people(400)), MemoryOdoo(people(400))
    before, chance = values(odoo), random.Random(seed)

    def perhaps_killed():
        if chance.random() < 0.3:
            raise Killed

    odoo.before_write = odoo.after_write = perhaps_killed
    resumed = 0
    while (report := finished(operation, odoo, journal)) is None:
        resumed += 1
    assert values(odoo) == before
    expected = asyncio.run(run(operation, calm))
    assert report.fields[NAME] == expected.fields[NAME]
    assert report.resumed == resumed
    assert not list(journal.parent.iterdir())


def finished(operation, odoo, journal):
    try:
        return asyncio.run(run(operation, odoo, journal=journal))
    except Killed:
        return None


@given(st.sampled_from(OPERATIONS), st.integers(0, 2**32))
@settings(max_examples=40)
def test_each_record_is_counted_once_when_a_job_is_killed_while_people_edit(tmp_path_factory, operation, seed):
    journal = tmp_path_factory.mktemp("journal") / "journal"
    odoo, chance = MemoryOdoo(people(200)), random.Random(seed)

    def edited_and_perhaps_killed():
        for _ in range(20):
            odoo.rows[chance.randint(1, 200)]["note"] = f"edit {chance.random()}"
        if chance.random() < 0.3:
            raise Killed

    odoo.before_write = odoo.after_write = edited_and_perhaps_killed
    while (report := finished(operation, odoo, journal)) is None:
        pass
    field = report.fields[NAME]
    assert field.rows == sum(field.done.values()) + sum(field.left.values()) == 200


@pytest.mark.parametrize("operation", OPERATIONS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=15)
def test_people_who_edit_meanwhile_lose_nothing(operation, seed):
    odoo, chance = MemoryOdoo(people(300)), random.Random(seed)
    wanted = values(odoo)
    total = 3

    def edit():
        nonlocal total
        for _ in range(chance.randrange(40)):
            record, total = chance.randint(1, 300), total + 1
            wanted[record] = chance.choice([False, f"edit {total}"])
            row = odoo.rows[record]
            if chance.random() < 0.5:  # Odoo's own client: what it shows is empty, so it writes or it does not
                row["note"] = wanted[record] = wanted[record] or f"edit {total}"
            elif wanted[record]:
                sealed = CODEC.seal(wanted[record], Place(0, record))
                row.update(person(False, sealed, CODEC.index(wanted[record])))
            else:
                row.update(person())

    odoo.before_write = odoo.after_write = edit
    report = asyncio.run(run(operation, odoo))
    assert values(odoo) == wanted
    assert report.fields[NAME].rows == 300


BOUND = EncryptedFields({"x.person": {"note": Encrypted(index="casefold", bind=("company",), plaintext="allow")}})


@pytest.mark.parametrize("operation", ["encrypt", "rotate"])
async def test_a_record_that_moves_to_another_company_meanwhile_gets_a_token_for_that(operation):
    """A token for the company that was read would never open, and the plaintext beside it would be gone."""
    [target] = select(BOUND)
    codec = Codec(target, RING, database=MemoryOdoo.database)
    old = Codec(target, OLD, database=MemoryOdoo.database)
    odoo = MemoryOdoo({1: {**person("value"), "company_id": 1}, 2: {**person("calm"), "company_id": False}})
    if operation == "rotate":
        odoo.rows[1].update(person(False, old.seal("value", Place(1, 1)), old.index("value")))

    def move():
        odoo.before_write = lambda: None
        odoo.rows[1]["company_id"] = 2
        if operation == "rotate":  # our own client takes the value along
            odoo.rows[1]["x_note_enc"] = old.seal("value", Place(2, 1))

    odoo.before_write = move
    report = await getattr(jobs, operation)(odoo, BOUND, RING)
    assert report.ok
    cell = codec.cell(odoo.rows[1], place_of({"id": 1, "company_id": [2, "Second"]}))
    assert codec.open(cell.column, cell.place) == "value"


async def test_another_ring_with_the_same_key_ids_does_not_go_on_with_a_job(tmp_path):
    """Half of the records would be encrypted with the keys of one ring, half with those of the other."""
    journal, other = tmp_path / "journal", KeyRing.generate().rotate()
    odoo = MemoryOdoo(people(20))

    def die():
        raise Killed

    odoo.after_write = die
    with pytest.raises(Killed):
        await run("encrypt", odoo, journal=journal)
    odoo.after_write, before = lambda: None, {i: dict(row) for i, row in odoo.rows.items()}
    assert other.states == RING.states
    with pytest.raises(ConfigurationError, match="check_values"):
        await jobs.encrypt(odoo, FIELDS, other, [NAME], fernet=READER, journal=journal)
    assert odoo.rows == before
    assert (await run("encrypt", odoo, journal=journal)).ok


async def test_a_record_that_changes_at_every_attempt_is_left_and_reported():
    odoo, edits = MemoryOdoo({1: person("start"), 2: person("calm")}), iter(range(1000))
    odoo.before_write = lambda: odoo.rows[1].update(note=str(next(edits)))
    report = await run("encrypt", odoo)
    field = report.fields[NAME]
    assert (field.left, field.ids, field.done) == ({"changed": 1}, {"changed": [1]}, {"encrypted": 1})
    assert not report.ok
    assert odoo.rows[1]["x_note_enc"] is False


async def test_a_record_that_is_deleted_meanwhile_is_gone():
    odoo = MemoryOdoo({1: person("a"), 2: person("b")})
    odoo.before_write = lambda: odoo.rows.pop(1, None)
    report = await run("encrypt", odoo)
    assert report.fields[NAME].done == {"gone": 1, "encrypted": 1}
    assert report.ok


async def test_what_odoo_refuses_is_found_and_does_not_hold_up_the_others():
    odoo = MemoryOdoo({i: person(f"value {i}") for i in range(1, 101)})
    odoo.refuses = {13, 77}
    report = await run("encrypt", odoo)
    field = report.fields[NAME]
    assert (field.left, field.ids, field.done) == ({"refused": 2}, {"refused": [13, 77]}, {"encrypted": 98})
    assert field.found.plaintext == 2
    assert not report.ok


async def test_a_job_that_fails_is_in_the_audit_log(caplog):
    caplog.set_level("INFO", "zenoo_security.audit")
    odoo = MemoryOdoo({1: person("secret")})

    def fails(_done: object) -> None:
        raise RuntimeError("secret")

    with pytest.raises(RuntimeError):
        await run("encrypt", odoo, progress=fails)
    failed = caplog.records[-1].event
    assert (failed["name"], failed["reason"], failed["uid"]) == ("job.failed", "RuntimeError", 2)
    assert "secret" not in caplog.text


async def test_the_end_of_a_job_is_in_the_audit_log_without_values(caplog):
    caplog.set_level("INFO", "zenoo_security.audit")
    await run("encrypt", MemoryOdoo({1: person("secret"), 2: person()}))
    begun, event = [record.event for record in caplog.records]
    assert begun == {
        "name": "job.started",
        "database": "production",
        "uid": 2,
        "operation": "encrypt",
        "field": [NAME],
        "dry_run": False,
    }
    assert event == {
        "name": "job.finished",
        "operation": "encrypt",
        "database": "production",
        "field": NAME,
        "dry_run": False,
        "rows": 2,
        "left_or_wrong": 0,
    }
    assert "secret" not in caplog.text


async def test_one_write_serves_all_fields_of_a_record():
    fields = EncryptedFields(
        {"x.person": {"note": DECLARATION, "tax": Encrypted(type="integer", bind=("record",), plaintext="allow")}}
    )
    rows = {i: {**person(f"note {i}"), "tax": i, "x_tax_enc": False} for i in range(1, 51)}
    odoo = MemoryOdoo(rows)
    report = await jobs.encrypt(odoo, fields, RING)
    assert report.ok
    assert odoo.writes == [50]
    assert all(not row["note"] and not row["tax"] for row in rows.values())
    await jobs.decrypt(odoo, fields, RING)
    assert {i: (row["note"], row["tax"]) for i, row in rows.items()} == {i: (f"note {i}", i) for i in range(1, 51)}


async def test_the_user_is_told_what_may_be_hidden():
    odoo = MemoryOdoo(people(4))
    assert (await run("encrypt", odoo)).warnings == []
    odoo.other_companies, odoo.chatter = 3, 12
    company, chatter = (await run("encrypt", odoo)).warnings
    assert "not in 3 of the companies" in company
    assert "keeps 12 values of x.person.note in the clear" in chatter
    odoo.is_manager = False
    assert "record rules may hide" in (await run("encrypt", odoo)).warnings[0]


async def test_what_cannot_work_is_refused_before_anything_is_written():
    odoo = MemoryOdoo(people(4))
    odoo.access = {"read"}
    with pytest.raises(PermissionDenied, match=r"may not write x\.person"):
        await run("encrypt", odoo)
    await run("encrypt", odoo, dry_run=True)
    for call in (
        jobs.status(odoo, FIELDS, RING, ["x.person.other"]),
        jobs.status(odoo, FIELDS, RING, []),
        jobs.reindex(odoo, EncryptedFields({"x.person": {"note": Encrypted()}}), RING),
    ):
        with pytest.raises(ParameterError):
            await call
    odoo.encrypted_fields = FIELDS
    with pytest.raises(ParameterError, match=r"without encrypted_fields"):
        await run("encrypt", odoo)
    assert not odoo.writes


@pytest.mark.parametrize("operation", [*OPERATIONS, "status", "verify"])
async def test_a_column_that_was_not_created_is_named_with_what_makes_it(operation):
    odoo = MemoryOdoo({1: {"note": "clear", "x_note_enc": False}})
    with pytest.raises(ConfigurationError, match=r"has no x_note_idx.*zenoo-security fields create"):
        await getattr(jobs, operation)(odoo, FIELDS, RING)


async def test_decrypt_is_refused_while_clients_would_read_nothing_of_what_it_decrypts():
    odoo = MemoryOdoo(people(4))
    refusing = EncryptedFields({"x.person": {"note": Encrypted(index="casefold")}})
    with pytest.raises(ParameterError, match=r"x\.person\.note .* declare 'allow'"):
        await jobs.decrypt(odoo, refusing, RING)
    assert not odoo.writes


async def test_reindex_without_names_is_for_the_fields_that_have_an_index():
    fields = EncryptedFields({"x.person": {"note": DECLARATION, "tax": Encrypted(type="integer")}})
    odoo = MemoryOdoo({i: {**row, "tax": 0, "x_tax_enc": False} for i, row in people(4).items()})
    assert list((await jobs.reindex(odoo, fields, RING)).fields) == [NAME]


async def test_a_server_action_that_was_not_installed_is_named():
    odoo = MemoryOdoo(people(4))
    odoo.ir_actions_server__search_read = lambda *_, **__: []
    with pytest.raises(ConfigurationError, match=r"zenoo-security fields create"):
        await run("encrypt", odoo)


@given(st.sampled_from(DECLARED).flatmap(lambda declared: st.tuples(st.just(declared), cells(declared))))
@settings(max_examples=50)
def test_status_writes_nothing_and_verify_says_no_to_what_is_wrong(drawn):
    declared, (codec, cell) = drawn
    target = codec.target
    fields = EncryptedFields({"x.person": {"note": declared}})
    row = {"note": cell.own, "company_id": [3, "Our Company"], target.declaration.index_column or "x": cell.index}
    odoo = MemoryOdoo({7: {**row, target.column: cell.column}})
    seen_status = asyncio.run(jobs.status(odoo, fields, RING))
    seen_verify = asyncio.run(jobs.verify(odoo, fields, RING))
    assert not odoo.writes
    found = seen_status.fields[NAME].found
    assert found == seen_verify.fields[NAME].found
    assert seen_status.ok
    assert seen_verify.ok == (not (found.plaintext or found.index_stale or found.undecryptable))
    assert seen_status.rows_of_key(2) == found.keys.get(2, 0)
