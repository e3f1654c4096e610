"""Encrypt what is there already, move it to a new key, and count before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zenoo_security import jobs
from zenoo_security.cli.job_report import lines
from zenoo_security.client import SecureZenooClient
from zenoo_security.demo.partners import FIELDS, client_of
from zenoo_security.demo.scene import Scene, Step, administrator, expect
from zenoo_security.testing.database import ExternalOdoo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from zenoo_security.jobs import Found, Report

__all__ = ["CUSTOMERS", "STEPS"]

CUSTOMERS = [
    {
        "name": f"Customer {number:03}",
        "email": f"customer{number:03}@example.com",
        "phone": f"+49 30 555 {number:04}",
        "vat": f"DE{number:09}",
    }
    for number in range(400)
]
_SOMEBODY = CUSTOMERS[7]


async def _before(scene: Scene) -> None:
    async with SecureZenooClient(scene.database.url) as plain:
        await plain.login(scene.database.name, scene.user.login, scene.user.password)
        await plain.create("res.partner", CUSTOMERS)
    scene.say(f"created {len(CUSTOMERS)} partners with a client that does not encrypt")
    report = await _status(scene)
    expect(all(_found(report, name).plaintext >= len(CUSTOMERS) for name in report.fields), "nothing is in the clear")
    await _find_somebody(scene, "although it is still in the clear")


async def _encrypt(scene: Scene) -> None:
    async with administrator(scene) as admin:
        with scene.progress() as progress:
            report = await jobs.encrypt(admin, FIELDS, scene.key_ring, progress=progress)
    _say_done(scene, report, "encrypted")
    await _find_somebody(scene, "by its blind index")


async def _rotate(scene: Scene) -> None:
    scene.key_ring = scene.key_ring.rotate()
    scene.say(f"the ring: {', '.join(f'key {key} {state}' for key, state in scene.key_ring.states.items())}")
    await _find_somebody(scene, "with the old key, while new values take the new one")
    async with administrator(scene) as admin:
        with scene.progress() as progress:
            report = await jobs.rotate(admin, FIELDS, scene.key_ring, progress=progress)
    _say_done(scene, report, "rotated")


async def _after(scene: Scene) -> None:
    report = await _status(scene)
    expect(report.rows_of_key(1) == 0, "values of the old key are left")
    scene.key_ring = scene.key_ring.retire(1)
    scene.say("nothing needs key 1 any more: it is retired")
    async with client_of(scene) as client:
        domain, names = [("name", "=like", "Customer %")], list(_SOMEBODY)
        rows = [row async for page in client.search_read_pages("res.partner", domain, names) for row in page]
    expect([{name: row[name] for name in names} for row in rows] == CUSTOMERS, "a value is not what it was")
    scene.say(f"{len(rows)} customers read without it, every value as it was")


async def _status(scene: Scene) -> Report:
    async with administrator(scene) as admin:
        report = await jobs.status(admin, FIELDS, scene.key_ring)
    for line in lines(report):
        scene.say(line)
    return report


def _found(report: Report, name: str) -> Found:
    found = report.fields[name].found
    if found is None:
        raise LookupError(name)
    return found


def _say_done(scene: Scene, report: Report, outcome: str) -> None:
    expect(report.ok, "something is left or wrong")
    for name, field in report.fields.items():
        expect(field.done[outcome] >= len(CUSTOMERS), f"too few were {outcome}")
        scene.say(f"{outcome} {name}: {field.done[outcome]}, and all of them open")


async def _find_somebody(scene: Scene, how: str) -> None:
    async with client_of(scene) as client:
        rows = await client.search_read("res.partner", [("email", "=", _SOMEBODY["email"])], fields=["name"])
    expect([row["name"] for row in rows] == [_SOMEBODY["name"]], "the customer was not found by its e-mail")
    scene.say(f"found {rows[0]['name']} by {_SOMEBODY['email']}, {how}")


def _only_here(run: Callable[[Scene], Awaitable[None]]) -> Callable[[Scene], Awaitable[None]]:
    """Leave an Odoo alone that is not the demo's own: its partners would be encrypted with keys that nobody keeps."""

    async def guarded(scene: Scene) -> None:
        if isinstance(scene.database.server, ExternalOdoo):
            scene.say("left out: this would encrypt the partners of this Odoo, with keys that end with the demo")
            return
        await run(scene)

    return guarded


STEPS = (
    Step("Count what is in the clear", "A field can be declared before its values are encrypted.", _only_here(_before)),
    Step(
        "Encrypt it while people work",
        "In batches; each write compares first, and what somebody changed meanwhile is read again.",
        _only_here(_encrypt),
    ),
    Step(
        "Rotate the key",
        "A new key encrypts, the old one only decrypts, and the values follow one batch after the other.",
        _only_here(_rotate),
    ),
    Step("Count again, and retire the old key", "A key is retired when nothing of it is left.", _only_here(_after)),
)
