from odoo import models


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        if "zenoo_security_totp" in (self | self.downstream_dependencies()).mapped("name"):
            self.env["res.users"]._require_totp_secrets()
        return super().button_uninstall()
