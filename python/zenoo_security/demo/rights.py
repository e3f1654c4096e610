"""Roles, a record of somebody else's, and an audit file that tells what happened."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from zenoo_security.audit import AuditLog, FileSink, configured
from zenoo_security.audit.verify import verify
from zenoo_security.demo.partners import client_of
from zenoo_security.demo.scene import Scene, Step, administrator, expect
from zenoo_security.errors import PermissionDenied, RecordNotFound
from zenoo_security.objects import ObjectLevelAuthManager
from zenoo_security.policy import Narrowing, Policy, RoleRules
from zenoo_security.roles import AccessControlManager

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from zenoo_security.client import SecureZenooClient

__all__ = ["STEPS"]

_MODEL: Final = "res.partner"
_POLICY: Final = Policy(
    {
        "viewer": RoleRules(allow=["res.partner:read:name", "res.partner:read:phone"]),
        "editor": RoleRules(inherits=["viewer"], allow=["res.partner:write:phone"]),
    },
    masks={_MODEL: {"phone": "last4"}},
    narrow=[Narrowing(_MODEL, domain=(("create_uid", "=", "{uid}"),))],
)
_NEW_PHONE: Final = "+4930901821"


@asynccontextmanager
async def _with_role(scene: Scene, role: str) -> AsyncIterator[tuple[AccessControlManager, SecureZenooClient]]:
    """A manager that gives the user a role, and a client of the user that it decides for; what happens is logged."""
    manager = AccessControlManager(_POLICY)
    with configured(AuditLog(FileSink(_audit_file(scene), key_ring=scene.key_ring))):
        await manager.grant(scene.user.login, role, database=scene.database.name)
        async with client_of(scene, access=manager) as client:
            yield manager, client


async def _roles(scene: Scene) -> None:
    login, database = scene.user.login, scene.database.name
    _audit_file(scene).unlink(missing_ok=True)
    async with _with_role(scene, "viewer") as (manager, client):
        [row] = await client.read(_MODEL, [scene.partner_id], ["name", "phone"])
        scene.say(f"as a viewer: {row['name']}, {row['phone']}")
        expect("9018" not in row["phone"], "the phone is shown")
        reason = await _refusal(client.write(_MODEL, [scene.partner_id], {"phone": _NEW_PHONE}))
        scene.say(f"refused: {reason}")
        manager.assign_role(login, "editor", database=database)
        await client.write(_MODEL, [scene.partner_id], {"phone": _NEW_PHONE})
        scene.say("as an editor, from the next call on: written")
        for permission in ("res.partner:write:phone", "res.partner:read:phone", "res.partner:unmask:phone"):
            scene.say(str(manager.explain(login, permission, database=database)))


async def _refusal(call: Awaitable[object]) -> str:
    try:
        await call
    except PermissionDenied as error:
        return str(error)
    expect(False, "what the policy forbids was done")
    return ""


async def _somebody_elses(scene: Scene) -> None:
    async with administrator(scene) as admin:
        theirs = await admin.create(_MODEL, {"name": "A competitor"})
    async with _with_role(scene, "viewer") as (_, client):
        objects = ObjectLevelAuthManager(client)
        for record, which in ((theirs, "of somebody else"), (theirs + 1_000_000, "that does not exist")):
            scene.say(f"a partner {which}: {await _not_found(objects, record)}")
        found = await objects.filter_accessible(_MODEL, [scene.partner_id, theirs], "read")
        expect(found == [scene.partner_id], "a list of ids shows more than one's own")
        scene.say("a list of both in one request: one's own is left")


async def _not_found(objects: ObjectLevelAuthManager, record: int) -> str:
    try:
        await objects.require(_MODEL, [record], "read")
    except RecordNotFound as error:
        return str(error)
    expect(False, "a record is shown to who may not see it")
    return ""


async def _audit(scene: Scene) -> None:
    file = _audit_file(scene)
    result = verify([file], scene.key_ring)
    expect(result.intact, "the audit file is not as it was written")
    refused = sum(b'"authz_fail"' in line for line in file.read_bytes().splitlines())
    scene.say(f"{file.name}: {result.lines} lines, {refused} of them refusals; intact")
    forged = file.with_name("forged.jsonl")
    forged.write_bytes(file.read_bytes().replace(b'"authz_fail"', b'"authz_okay"', 1))
    findings = verify([forged], scene.key_ring).findings
    forged.unlink()
    expect(findings, "a changed line was not found")
    scene.say(f"one word of it changed: line {findings[0].line}: {findings[0].what}")


def _audit_file(scene: Scene) -> Path:
    return scene.folder / "audit.jsonl"


STEPS = (
    Step(
        "Roles",
        "A policy allows fields by role and masks a phone number. The client holds it on every call.",
        _roles,
    ),
    Step(
        "A record of somebody else's",
        "Ids of records that are forbidden and of those that do not exist get one answer.",
        _somebody_elses,
    ),
    Step(
        "The audit log",
        "Each line is chained to the one before by an HMAC.",
        _audit,
    ),
)
