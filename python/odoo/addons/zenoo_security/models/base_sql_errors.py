from odoo.tools import exception_to_unicode

from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def _sql_error_to_message_generic(self, exc):
        """Odoo falls back to the text of PostgreSQL, which quotes the whole row."""
        message = super()._sql_error_to_message_generic(exc)
        if message != exception_to_unicode(exc):
            return message
        return self.env._("These values are not allowed (%s).", exc.diag.constraint_name or exc.pgcode)
