from odoo.addons.base.models.res_users import check_identity

from odoo import fields, models
from odoo.addons.zenoo_security.fields import EncryptedChar


class TotpWizard(models.TransientModel):
    _inherit = "auth_totp.wizard"

    # It is emptied once it is confirmed.
    secret = EncryptedChar(required=False)
    # Both hold the secret.
    url = fields.Char(store=False)
    qrcode = fields.Binary(store=False)

    @check_identity
    def enable(self):
        action = super().enable()
        # The page of portal users shows nothing after this.
        if self.user_id._is_internal():
            action["params"]["next"] = self.user_id._show_new_recovery_codes()
        return action
