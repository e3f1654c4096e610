from odoo.addons.base.wizard import base_partner_merge

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _log_merge_operation(self, src_partners, dst_partner):
        # Without that of `mail`, which writes the addresses into a message in the clear.
        base_partner_merge.BasePartnerMergeAutomaticWizard._log_merge_operation(self, src_partners, dst_partner)
        merged = ", ".join(f"{partner.name} (ID {partner.id})" for partner in src_partners)
        dst_partner.message_post(body=self.env._("Merged with the following partners: %s", merged))
