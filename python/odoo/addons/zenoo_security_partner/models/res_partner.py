from odoo import models
from odoo.addons.zenoo_security.fields import EncryptedChar

# Any text can be indexed by it: Odoo takes what is no address and no number as well.
_NORMALIZER = "casefold"
INDEXES = dict.fromkeys(("email", "email_normalized", "phone", "phone_sanitized"), _NORMALIZER)


class ResPartner(models.Model):
    _inherit = "res.partner"

    # Odoo searches these with `ilike` in many places, among them every choice of a contact: the whole value is found.
    email = EncryptedChar(blind_index=_NORMALIZER, like_is_exact=True)
    email_normalized = EncryptedChar(blind_index=_NORMALIZER, like_is_exact=True)
    phone = EncryptedChar(blind_index=_NORMALIZER, like_is_exact=True)
    phone_sanitized = EncryptedChar(blind_index=_NORMALIZER, like_is_exact=True)
