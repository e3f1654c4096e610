"""Roles and devices: given and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripted_odoo import DATABASE
from zenoo_security.errors import FreshLoginRequired

if TYPE_CHECKING:
    from faults.world import Run


async def a_role_is_assigned(run: Run) -> None:
    """Once, and not for longer than it was to be."""
    outcome = await run.faulted(
        lambda shaky: shaky.access.grant(run.ann.login, "editor", database=DATABASE, expires_in_s=3600)
    )
    assigned = await run.steady.access.assignments(run.ann.login, database=DATABASE)
    assert [role for role, _ in assigned] in ([["editor"]] if outcome.is_answer else [[], ["editor"]])
    latest = await run.steady.store.now() + 3600
    assert all(expires_at <= latest for _, expires_at in assigned)
    allows = await run.faulted(lambda shaky: shaky.access.allows(run.ann.login, "write_partners", database=DATABASE))
    assert not allows.is_answer or allows.value is bool(assigned)


async def a_role_is_revoked(run: Run) -> None:
    """It counts nowhere once that was answered, also where it was looked at before."""
    await run.steady.access.grant(run.ann.login, "editor", database=DATABASE)
    before = await run.faulted(lambda shaky: shaky.access.allows(run.ann.login, "write_partners", database=DATABASE))
    assert not before.is_answer or before.value is True
    outcome = await run.faulted(lambda shaky: shaky.access.withdraw(run.ann.login, "editor", database=DATABASE))
    allowed = await run.steady.access.allows(run.ann.login, "write_partners", database=DATABASE)
    after = await run.faulted(lambda shaky: shaky.access.allows(run.ann.login, "write_partners", database=DATABASE))
    assert not (outcome.is_answer and allowed)
    assert not after.is_answer or after.value is allowed


async def all_roles_are_forgotten(run: Run) -> None:
    """When that was answered."""
    await run.steady.access.grant(run.ann.login, "editor", database=DATABASE)
    outcome = await run.faulted(lambda shaky: shaky.access.forget(run.ann.login, database=DATABASE))
    assert not (outcome.is_answer and await run.steady.access.assignments(run.ann.login, database=DATABASE))


async def a_device_is_remembered(run: Run) -> None:
    """Once in a session: there are no counters without end for whoever has it."""
    names = (run.ann.database, run.ann.login)
    outcomes = [
        await run.faulted(lambda shaky: shaky.devices.remember(*names, session_id=run.ann.login), FreshLoginRequired)
        for _ in range(2)
    ]
    tokens = [outcome.value for outcome in outcomes if outcome.is_result]
    assert len(tokens) in run.once
    for token in tokens:
        assert await run.steady.devices.known(*names, token)
        outcome = await run.faulted(lambda shaky: shaky.devices.forget(*names))
        assert not (outcome.is_answer and await run.steady.devices.known(*names, token))
