"""What an Odoo has of what a policy names, read as the user of the command: one of `base.group_erp_manager`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zenoo_security.policy.catalog import Catalog, CatalogField, missing_models, wild_fields

if TYPE_CHECKING:
    from zenoo_security.client import SecureZenooClient
    from zenoo_security.policy import Policy

__all__ = ["read_catalog"]

_FIELDS = "ir.model.fields"


async def read_catalog(client: SecureZenooClient, policy: Policy) -> Catalog:
    """Ask Odoo for its models and groups, and for the fields of those models that the policy is about.

    Raises:
        AccessRefused: the user may not read the definitions of models.
    """
    models = await _rows(client, "ir.model", [], ["model"])
    groups = await _rows(client, "ir.model.data", [("model", "=", "res.groups")], ["module", "name"])
    fields: dict[str, dict[str, CatalogField]] = {}
    while missing := missing_models(policy, fields):
        fields.update({model: {} for model in missing})
        wanted = ["model", "name", "ttype", "relation"]
        for row in await _rows(client, _FIELDS, [("model", "in", sorted(missing))], wanted):
            fields[row["model"]][row["name"]] = CatalogField(row["ttype"], row["relation"] or "")
    wild = sorted(wild_fields(policy))
    named = await _rows(client, _FIELDS, [("name", "in", wild)], ["name"]) if wild else []
    return Catalog(
        models=frozenset(row["model"] for row in models),
        fields=fields,
        field_names=frozenset(row["name"] for row in named),
        groups=frozenset(f"{row['module']}.{row['name']}" for row in groups),
    )


async def _rows(client: SecureZenooClient, model: str, domain: list[Any], fields: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await client.execute_kw(model, "search_read", [domain, fields], {})
    return rows
