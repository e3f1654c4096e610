"""Names of records: what they are made of, and what finds a record by its name.

A name stands wherever a record is pointed at, as the text of a many2one. It is made of fields, and who may not see
these in full sees no name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zenoo_security.client.access.contexts import shown_under

if TYPE_CHECKING:
    from collections.abc import Collection

    from zenoo_security.client.access.grants import Grants
    from zenoo_security.client.access.schema import Schema

__all__ = ["FORMATTED_NAME", "NAMES", "Names", "made_of", "names_of", "searched_by_name"]

FORMATTED_NAME: Final = "__formatted_display_name"
NAMES: Final = frozenset({FORMATTED_NAME, "display_name"})

#: Fields that names show under a key of the context only.
_ON_REQUEST: Final = {
    "res.partner": frozenset({"commercial_company_name", "country_id", "email", "state_id", "vat"}),
}

#: Odoo 19's `_rec_names_search`, which RPC does not tell; of the other models names are searched as they are made.
_SEARCHED: Final = {
    "account.account": ("name", "code", "description"),
    "account.analytic.account": ("name", "code"),
    "account.journal": ("name", "code"),
    "account.move": ("name", "partner_id.name", "ref"),
    "account.move.line": ("name", "move_id", "product_id"),
    "account.tax": ("name", "description", "invoice_label"),
    "chatbot.script.answer": ("name", "script_step_id"),
    "discuss.channel.member": ("channel_id", "partner_id", "guest_id"),
    "event.registration.answer": ("value_answer_id", "value_text_box"),
    "fleet.vehicle": ("name", "driver_id.name"),
    "fleet.vehicle.model": ("name", "brand_id.name"),
    "im_livechat.channel.member.history": ("partner_id", "guest_id"),
    "ir.model": ("name", "model"),
    "ir.module.module": ("name", "shortdesc", "summary"),
    "l10n_latam.document.type": ("name", "code"),
    "mail.alias": ("alias_name", "alias_domain"),
    "mrp.bom": ("product_tmpl_id", "code"),
    "mrp.production": ("name", "incoming_picking.name"),
    "payment.token": ("payment_details", "partner_id", "provider_id"),
    "product.pricelist": ("name", "currency_id"),
    "product.product": ("name", "default_code", "barcode"),
    "product.template": ("name", "default_code", "barcode"),
    "product.template.attribute.line": ("attribute_id", "value_ids"),
    "purchase.bill.union": ("name", "reference"),
    "purchase.order": ("name", "partner_ref"),
    "res.bank": ("name", "bic"),
    "res.city": ("name", "zipcode"),
    "res.country": ("name", "code"),
    "res.country.state": ("name", "code"),
    "res.currency": ("name", "full_name"),
    "res.currency.rate": ("name", "rate"),
    "res.device": ("platform", "browser"),
    "res.partner": ("complete_name", "email", "ref", "vat", "company_registry"),
    "res.partner.bank": ("acc_number", "partner_id"),
    "res.users": ("name", "login", "email"),
    "sale.order": ("name", "client_order_ref", "partner_id.name"),
    "sale.order.line": ("name", "order_id.name"),
    "stock.location": ("complete_name", "barcode"),
    "stock.picking": ("name", "warehouse_id.name"),
    "stock.quant": ("location_id", "lot_id", "package_id", "owner_id"),
    "survey.question.answer": ("question_id.title", "value"),
}


class Names(NamedTuple):
    """How the names of a model's records are shown.

    Attributes:
        allowed: whether they may be asked for.
        style: how they are masked; None in full.
    """

    allowed: bool
    style: str | None


_HIDDEN: Final = Names(allowed=False, style="all")


async def names_of(grants: Grants, model: str) -> Names:
    """How this user sees the names of a model's records.

    They are a field, `display_name`, and need the right to it or to a field that they are made of; no field that they
    are made of may be denied, and where one is masked, so are they. Under a context in which they show more fields,
    each of these needs the right.
    """
    fields = grants.fields(model, "read")
    if not fields.any:
        return _HIDDEN
    if grants.reads_everything(model):
        return Names(allowed=True, style=None)
    schema = await grants.schema(model)
    parts = made_of(model, schema)
    if fields.denied & {"display_name", *parts} or await _shows_more(grants, model, schema):
        return _HIDDEN
    more = shown_under(model, grants.shown) & schema.keys()
    if not any(fields.allows(name) for name in ("display_name", *parts)) or not all(map(fields.allows, more)):
        return _HIDDEN
    masked = any([grants.style(model, name) or await grants.computed_from(model, name) for name in {*parts, *more}])
    return Names(allowed=True, style=grants.style(model, "display_name") or ("all" if masked else None))


async def searched_by_name(grants: Grants, model: str) -> list[str]:
    """The paths that Odoo looks into for a record by its name."""
    schema = await grants.schema(model)
    paths = _SEARCHED.get(model) or tuple(sorted(made_of(model, schema)))
    return [path for path in paths if path.partition(".")[0] in schema]


async def _shows_more(grants: Grants, model: str, schema: Schema) -> bool:
    """Whether the names show a field of another model that is kept from the user."""
    name = schema.get("display_name")
    paths = [path for path in (name.depends if name else ()) if "." in path]
    return await grants.source_of(model, paths) is not None


def made_of(model: str, schema: Schema) -> Collection[str]:
    """The fields of a model that the names of its records are made of."""
    name = schema.get("display_name")
    found = {"name", "x_name", *(path.partition(".")[0] for path in (name.depends if name else ()))} - _ON_REQUEST.get(
        model, frozenset()
    )
    return found & schema.keys()
