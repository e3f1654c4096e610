from odoo import models


class DiscussChannel(models.Model):
    _inherit = "discuss.channel"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Odoo reads the addresses in SQL, and would name ciphertext in a header of its mail."""
        recipients = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        # sudo: as in `MailFollowers`.
        partners = self.env["res.partner"].sudo().browse(recipient["id"] for recipient in recipients)
        for partner, recipient in zip(partners, recipients, strict=True):
            if "email_normalized" in recipient:
                recipient["email_normalized"] = partner.email_normalized or None
        return recipients
