"""The policy on one client's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.client.access.asker import Asker
from zenoo_security.client.access.grants import Grants, is_name
from zenoo_security.client.access.operations import PARAMETERS, operations_of
from zenoo_security.client.access.paths import require_plain_context
from zenoo_security.client.access.plans import PLANS, of_unknown
from zenoo_security.client.access.records import ids_of, records_domain
from zenoo_security.client.access.schema import Schemas
from zenoo_security.client.methods import METHODS, Method
from zenoo_security.client.scope import digest
from zenoo_security.errors import PermissionDenied
from zenoo_security.policy.methods import instead_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from zenoo_security.client.access.protocol import AccessManager, Find, Send
    from zenoo_security.client.call import Call, Finish
    from zenoo_security.policy import Policy, Rights
    from zenoo_security.principal import Principal

__all__ = ["Enforcer"]


class Enforcer:
    """Checks the calls of one client.

    Args:
        manager: who has which roles, and what these may do.
        send: asks Odoo as the user.
        find: searches as the user.
        who: gives database and user id of who is logged in.
        owners: for each model with encrypted fields, the field that each helper column belongs to.
    """

    def __init__(
        self,
        manager: AccessManager,
        *,
        send: Send,
        find: Find,
        who: Callable[[], tuple[str, int]],
        owners: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._manager = manager
        self._find = find
        self._last: Grants | None = None
        self._asker = Asker(send, who)
        self._schemas = Schemas(send)
        self._owners = owners

    def forget(self) -> None:
        """Forget the user, at a login."""
        self._asker.forget()
        self._schemas.forget()

    async def prepare(self, call: Call) -> Finish | None:
        """Refuse a call, or narrow it in place; return what makes of the result what the user may see.

        Raises:
            PermissionDenied: the user may not do this. Nothing of the call was sent.
            RecordNotFound: not to these records, or there are none.
        """
        call.args, call.kwargs, call.context = (_copied(given) for given in (call.args, call.kwargs, call.context))
        grants = (await self._grants()).under(call.context)
        _require_public(grants, call)
        for operation in operations_of(call):
            grants.require(call.model, operation, call.args[0] if call.args else ())
        require_plain_context(grants, call.context)
        plan = PLANS.get(call.method)
        if plan is None:
            await of_unknown(grants, call)
            return None
        method = METHODS.get(call.method) or Method(_nothing, PARAMETERS[call.method])
        if not method.fits(call):
            takes = ", ".join(filter(None, (*method.parameters, *sorted(method.keywords))))
            text = f"{call.method} takes {takes or 'ids'}, each once and nothing else"
            grants.refuse(call.model, call.method, "arguments", text)
        call.parameters = method.parameters
        if "" in call.parameters:
            ids_of(grants, call.model, operations_of(call)[0], call.get(""))
        return await plan(grants, call)

    async def narrowed(self, model: str, ids: Sequence[int], operation: str) -> list[Any] | None:
        """Return the domain of the records with these ids that match what narrows an operation; None without the right.

        Raises:
            PermissionDenied: somebody else than the user asks.
        """
        grants = await self._grants()
        try:
            grants.require(model, operation, list(ids))
        except PermissionDenied:
            return None
        return await records_domain(grants, model, ids, grants.narrowing(model, operation))

    async def view(self) -> str:
        """Return a digest of what the user may see at this moment.

        Raises:
            PermissionDenied: somebody else than the user asks.
        """
        grants = await self._grants()
        facts = grants.facts
        companies = (facts.partner_id, facts.company_id, facts.company_ids)
        return digest(grants.policy.digest, sorted(grants.rights.roles), companies, sorted(facts.groups))

    async def _grants(self) -> Grants:
        principal, facts = await self._asker.ask()
        policy, rights = await self._rights(principal)
        last = self._last
        if last and (last.policy, last.rights, last.principal, last.facts) == (policy, rights, principal, facts):
            return last
        self._last = Grants(
            principal,
            rights,
            policy=policy,
            facts=facts,
            schemas=self._schemas,
            owners=self._owners,
            find=self._find,
        )
        return self._last

    async def _rights(self, principal: Principal) -> tuple[Policy, Rights]:
        """The rights with the policy that they are of, which may be replaced at any moment."""
        policy = self._manager.policy
        while True:
            rights = await self._manager.rights(principal)
            if self._manager.policy is policy:
                return policy, rights
            policy = self._manager.policy


def _require_public(grants: Grants, call: Call) -> None:
    if not (is_name(call.model) and is_name(call.method)) or call.method.startswith("_"):
        grants.refuse(call.model, call.method, "private", "models and methods are named in lower case, and not by _")
    if instead := instead_of(call.method):
        text = f"{call.method} reads or writes fields that cannot be checked: use {instead}"
        grants.refuse(call.model, call.method, "unchecked", text)


def _copied(value: Any) -> Any:
    """Copy lists and dicts: what is checked is what is sent, whatever another task does to the caller's meanwhile."""
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        copied = [_copied(inner) for inner in value]
        return copied if isinstance(value, list) else tuple(copied)
    return value


def _nothing(_call: Call, _target: Any) -> None:
    pass
