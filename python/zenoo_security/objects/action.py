"""A server action of ours that tells, in one request, which of many records a user may touch.

Odoo has the answer, and no public method that gives it for anything but reading. An administrator may install the
action (`zenoo-security objects create`). It runs under the rights of whoever calls it and changes nothing: what it
tells are answers of `search` and `has_access`, which every user may call for each record.

It is found by `get_bindings`, which is open to all users: it is bound to `base`, a model without records and views, so
that nobody sees it in a menu. Only administrators can bind actions.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from zenoo_security.errors import OdooError, OdooRefused
from zenoo_security.objects.ids import MAX_IDS_A_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from zenoo_security.odoo_client import Call

__all__ = ["BOUND_TO", "CODE", "GROUPS", "MARK", "VIEWS", "InstalledAction"]

BOUND_TO: Final = "base"
"""The model that the action is bound to."""
GROUPS: Final = ("base.group_portal", "base.group_user")
"""Who may run it; without groups Odoo would ask for the right to write the model that it belongs to."""
VIEWS: Final = "zenoo-security-objects-1"
"""Names no view, and the version."""
MARK: Final = "# zenoo-security: accessible records, version "

_CONTEXT_KEY: Final = "zenoo_security_objects"
_BOUND: Final = 10
_MAX_AGE_S: Final = 60.0

CODE: Final = f"""{MARK}1
# Installed by `zenoo-security objects create`. It runs under the rights of whoever calls it, and changes nothing.
context = dict(env.context)
question = context.pop("{_CONTEXT_KEY}", None) or {{}}
name, operation = question.get("model"), question.get("operation")
accessible = []
if name in env and operation in ["read", "write", "create", "unlink"]:
    asked = env[name].with_context(context)
    if asked.has_access("read") and asked.has_access(operation):
        found = asked.search(question["domain"], order="id", limit={MAX_IDS_A_REQUEST})
        accessible = found._filtered_access(operation).ids
action = {{"accessible": accessible}}"""
"""What Odoo executes, by `safe_eval`."""


class InstalledAction:
    """The action in the database of one client, if it is there.

    Args:
        call: asks Odoo as the user.
        who: of the client at this moment; where it was looked for as another user, it is looked for again.
    """

    def __init__(self, call: Call, who: Callable[[], object]) -> None:
        self._call = call
        self._who = who
        self._known: tuple[object, float, int | None] | None = None

    async def ask(self, model: str, domain: list[Any], operation: str, context: Mapping[str, Any]) -> set[int] | None:
        """Return the records that a search finds and that the user may do this with; None where nobody answers.

        Args:
            model: such as `res.partner`.
            domain: as for `search`; of what it finds, the first 10,000 are looked at.
            operation: `read`, `write`, `create` or `unlink`.
            context: as for `search`.
        """
        action = await self._find()
        if action is None:
            return None
        question = {"model": model, "operation": operation, "domain": domain}
        try:
            answer = await self._call("ir.actions.server", "run", [[action]], {}, {**context, _CONTEXT_KEY: question})
        except OdooRefused:
            # Removed meanwhile, or the domain is refused: `search` will tell.
            self._known = None
            return None
        found = answer.get("accessible") if isinstance(answer, dict) else None
        if not isinstance(found, list) or any(type(record) is not int for record in found):
            raise OdooError(
                "the server action that tells which records are accessible was replaced: run `zenoo-security objects "
                "create`"
            )
        return set(found)

    async def _find(self) -> int | None:
        known, who = self._known, self._who()
        if known is None or known[0] != who or time.monotonic() - known[1] > _MAX_AGE_S:
            known = self._known = who, time.monotonic(), await self._look()
        return known[2]

    async def _look(self) -> int | None:
        try:
            bound = await self._call("ir.actions.actions", "get_bindings", [BOUND_TO])
        except OdooRefused:
            return None
        actions = bound.get("action") if isinstance(bound, dict) else None
        found = [
            row["id"]
            for row in (actions if isinstance(actions, list) else [])[:_BOUND]
            if isinstance(row, dict) and row.get("binding_view_types") == VIEWS and type(row.get("id")) is int
        ]
        return found[0] if found else None
