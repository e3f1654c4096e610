"""Keys of the context under which names of records show more fields, in Odoo 19 and the modules that come with it.

An allow-list may have the name of a record and not these fields. Odoo tells by RPC that a name is made of them, and not
under which key it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMATTED", "names_show_more", "partner_fields_under", "shown_under"]

FORMATTED: Final = "formatted_display_name"

#: What the names of partners show. A call under these is refused, whatever its model is.
_OF_PARTNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "show_address": ("city", "country_id", "state_id", "street", "street2", "zip"),
    "show_email": ("email",),
    "show_vat": ("vat",),
    "sale_show_partner_name": ("name",),
}

#: What the names of other models show. They are hidden under these.
_OF_OTHERS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "account.account": {FORMATTED: ("description",)},
    "account.move": {
        "input_full_display_name": ("date", "partner_id", "ref"),
        "name_as_amount_total": ("amount_total", "ref"),
    },
    "account.tax": {"append_fields": ("company_id", "type_tax_use"), FORMATTED: ("tax_scope",)},
    "event.event": {"name_with_seats_availability": ("seats_available",)},
    "event.event.ticket": {"name_with_seats_availability": ("seats_available",)},
    "event.slot": {"name_with_seats_availability": ("seats_available",)},
    "hr.applicant": {"show_partner_name": ("partner_name",)},
    "hr.leave.type": {"employee_id": ("max_leaves", "virtual_remaining_leaves")},
    "mrp.workorder": {"prefix_product": ("product_id",)},
    "product.product": {"partner_id": ("seller_ids",), "seller_id": ("seller_ids",)},
    "project.task": {"hr_timesheet_display_remaining_hours": ("remaining_hours",)},
    "purchase.order": {"show_total_amount": ("amount_total",)},
    "res.partner": {"display_website": ("website_id",)},
    "res.partner.bank": {"display_account_trust": ("allow_out_payment",)},
    "res.users": {FORMATTED: ("leave_date_to",)},
    "sale.order.line": {"with_remaining_hours": ("remaining_hours",)},
    "stock.lot": {FORMATTED: ("alert_date", "expiration_date")},
    "stock.package": {FORMATTED: ("package_type_id",)},
    "stock.package.type": {FORMATTED: ("height", "packaging_length", "width")},
    "stock.picking.batch": {"add_to_existing_batch": ("description",)},
    "uom.uom": {FORMATTED: ("relative_factor", "relative_uom_id")},
}
_KEYS: Final = frozenset(key for keys in _OF_OTHERS.values() for key in keys)


def names_show_more(context: object) -> frozenset[str]:
    """The keys of a context under which names may show more."""
    if not isinstance(context, dict):
        return frozenset()
    return frozenset(key for key, value in context.items() if value and key in _KEYS)


def shown_under(model: str, keys: frozenset[str]) -> frozenset[str]:
    """The fields that the names of a model's records may show under some keys, beside those that they always show."""
    return frozenset(name for key, names in _OF_OTHERS.get(model, {}).items() if key in keys for name in names)


def partner_fields_under(key: str) -> tuple[str, ...]:
    """The fields of a partner that names show under a key of the context."""
    return _OF_PARTNERS.get(key, ())
