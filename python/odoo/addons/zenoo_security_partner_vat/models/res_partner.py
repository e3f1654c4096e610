from odoo import models
from odoo.addons.zenoo_security.fields import EncryptedChar

INDEXES = {"vat": "casefold"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Odoo searches it with `ilike` wherever a contact is chosen: the whole number is found.
    vat = EncryptedChar(blind_index=INDEXES["vat"], like_is_exact=True)
