from odoo import fields, models


class RecoveryCodes(models.TransientModel):
    _name = "zenoo.security.recovery.codes"
    _description = "Shows new recovery codes once"

    codes = fields.Text(store=False, readonly=True)
