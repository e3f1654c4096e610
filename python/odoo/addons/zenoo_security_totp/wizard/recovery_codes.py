from odoo import fields, models


class RecoveryCodes(models.TransientModel):
    _name = "zenoo_security.recovery_codes"
    _description = "Shows new recovery codes once"

    codes = fields.Text(store=False, readonly=True)
