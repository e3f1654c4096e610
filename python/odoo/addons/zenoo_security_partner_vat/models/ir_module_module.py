from odoo import models
from odoo.addons.zenoo_security.fields import require_readable

from .res_partner import INDEXES


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        if "zenoo_security_partner_vat" in (self | self.downstream_dependencies()).mapped("name"):
            require_readable(self.env, "res.partner", INDEXES)
        return super().button_uninstall()
