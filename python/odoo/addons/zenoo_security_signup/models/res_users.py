from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def signup(self, values, token=None):
        # Odoo uses up the link first, shows why the password was refused, and commits.
        with self.env.cr.savepoint():
            return super().signup(values, token)
