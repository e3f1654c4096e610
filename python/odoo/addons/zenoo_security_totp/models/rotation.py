from odoo import api, models


class Rotation(models.TransientModel):
    _inherit = "zenoo.security.rotation"

    @api.model
    def _columns(self):
        yield from super()._columns()
        yield self.env["res.users"]._totp_column()
