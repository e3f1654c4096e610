from odoo.tools import SQL, email_normalize

from odoo import models


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Odoo compares columns in SQL: contacts who have the address are shown to it with the address in the clear."""
        query = super()._get_query()
        wanted = {"email": self.email.strip(), "email_normalized": email_normalize(self.email.strip())}
        # sudo: Odoo's SQL asks for no rights either.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners.search(["|", *((name, "=", value) for name, value in wanted.items())])
        columns = [
            SQL("CASE WHEN id = ANY(%s) THEN %s END AS %s", found.ids, wanted[name], SQL.identifier(name))
            if name in wanted
            else SQL.identifier(name)
            for name, field in partners._fields.items()
            if field.store and field.column_type
        ]
        return SQL(
            "WITH res_partner AS (SELECT %s FROM res_partner) SELECT * FROM (%s) AS t", SQL(", ").join(columns), query
        )
