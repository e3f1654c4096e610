"""Fields on which Odoo 19 has a check or a computation that ciphertext breaks."""

from __future__ import annotations

from typing import Final

__all__ = ["why_not_in_place"]

_REASONS: Final = {
    ("res.partner", "email"): "Odoo normalizes it (email_normalized), looks for it in blacklists and sends mail to it",
    ("res.partner", "name"): "it is the display name of the partner in every other record",
    ("res.partner", "phone"): "Odoo normalizes it (phone_sanitized) and looks for it in blacklists",
    ("res.partner", "vat"): "base_vat checks its digits, and the partner's company group compares it",
    ("res.partner", "website"): "Odoo rewrites it as an address",
    ("res.users", "login"): "Odoo compares it at each login",
    ("res.users", "password"): "Odoo keeps a hash of it",
    ("res.partner.bank", "acc_number"): "Odoo normalizes it (sanitized_acc_number) and requires it to be unique",
}


def why_not_in_place(model: str, field: str) -> str | None:
    """Why the field cannot hold ciphertext, or None when nothing is known against it."""
    return _REASONS.get((model, field))
