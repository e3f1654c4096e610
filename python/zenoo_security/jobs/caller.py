"""Who runs a job, and what that hides from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from zenoo_security.errors import ConfigurationError, OdooError, ParameterError, PermissionDenied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from zenoo_security.client import SecureZenooClient
    from zenoo_security.jobs.targets import Target

__all__ = ["Caller", "chatter", "identify", "require_access", "require_columns"]

SEES_ALL_COMPANIES = "base.group_erp_manager"


class Caller(NamedTuple):
    """The user who runs a job.

    Attributes:
        context: for every call: archived records too, and all of the user's companies.
        warnings: why records may be hidden.
    """

    context: dict[str, Any]
    warnings: list[str]


async def identify(client: SecureZenooClient) -> Caller:
    """Find out what the user of a client can see.

    Raises:
        ParameterError: the client decrypts, so that a job would not see what is stored.
    """
    if client.encrypted_fields is not None:
        raise ParameterError("a job reads what is stored: give it a client without encrypted_fields")
    [user] = await client.execute_kw("res.users", "read", [[client.uid], ["company_ids"]])
    context = {"active_test": False, "allowed_company_ids": user["company_ids"]}
    return Caller(context, await _hidden_companies(client, context))


async def _hidden_companies(client: SecureZenooClient, context: dict[str, Any]) -> list[str]:
    if not await client.execute_kw("res.users", "has_group", [[client.uid], SEES_ALL_COMPANIES]):
        return ["record rules may hide records from this user: run it as an administrator who is in every company"]
    domain = [("id", "not in", context["allowed_company_ids"])]
    others = await client.execute_kw("res.company", "search_count", [domain], context={"active_test": False})
    if not others:
        return []
    return [f"the user is not in {others} of the companies: their records may be hidden; add the user to them"]


async def require_access(client: SecureZenooClient, models: Iterable[str], operations: Iterable[str]) -> None:
    """Refuse before anything is read or written what Odoo would refuse in the middle.

    Raises:
        PermissionDenied: the user may not do this with a model.
    """
    for model in models:
        for operation in operations:
            if not await client.check_model_access(model, operation):
                raise PermissionDenied(f"the user may not {operation} {model}: log in as one who may")


async def require_columns(client: SecureZenooClient, models: Mapping[str, Sequence[Target]]) -> None:
    """Refuse what was declared and has not been created; Odoo would say no more than that it knows no such field.

    Raises:
        ConfigurationError: a model lacks a column.
    """
    for model, targets in models.items():
        columns = {column for target in targets for column in target.columns}
        found = await client.execute_kw(model, "fields_get", [sorted(columns)], {"attributes": ["type"]})
        if missing := sorted(columns - set(found)):
            raise ConfigurationError(
                f"{model} has no {', '.join(missing)}, or this user may not see it: run `zenoo-security fields create`"
            )


async def chatter(client: SecureZenooClient, target: Target) -> int | None:
    """How many old or new values of a field Odoo's chatter keeps in the clear; None when the user may not see them."""
    domain = [("field_id.model", "=", target.model), ("field_id.name", "=", target.field)]
    try:
        count: int = await client.execute_kw("mail.tracking.value", "search_count", [domain])
    except OdooError:  # no such model without the module mail
        return None
    return count
