from odoo.fields import Domain

from odoo import api, models


class ResPartner(models.Model):
    """Odoo compares columns in SQL here, which ciphertext is never equal to."""

    _inherit = "res.partner"

    @api.model
    def _search_is_blacklisted(self, operator, value):
        return self._search_listed("email_normalized", "mail.blacklist", "email", operator)

    @api.model
    def _search_phone_sanitized_blacklisted(self, operator, value):
        return self._search_listed("phone_sanitized", "phone.blacklist", "number", operator)

    @api.model
    def _search_phone_mobile_search(self, operator, value):
        """Exact: the number as it was typed, or in any form that leads to the same number."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        values = {value} if isinstance(value, (str, bool)) else set(value)
        if True in values:
            return Domain("phone", "!=", False)
        numbers = {self.env.user._phone_format(number=number) for number in values if number} - {False}
        return Domain("phone", "in", values) | Domain("phone_sanitized", "in", numbers)

    @api.model
    def _search_listed(self, name, blacklist, column, operator):
        if operator not in {"in", "not in"}:
            return NotImplemented
        # sudo: as the fields that are searched are computed. Nobody is shown the list.
        listed = self.env[blacklist].sudo().search([(column, "!=", False)]).mapped(column)
        return Domain(name, operator, listed)
