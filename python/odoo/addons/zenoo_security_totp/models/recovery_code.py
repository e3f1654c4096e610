import psycopg2

from odoo import api, fields, models
from zenoo_security.addon.second_factor import matching_recovery_code, new_recovery_codes
from zenoo_security.errors import OtpMismatch

_USE = "DELETE FROM zenoo_security_recovery_code WHERE user_id = %s AND selector = %s AND hash = %s"


class RecoveryCode(models.Model):
    _name = "zenoo.security.recovery.code"
    _description = "What is kept of a recovery code that was not used"
    _log_access = False

    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    selector = fields.Char(required=True)
    hash = fields.Char(required=True, groups=fields.NO_ACCESS)

    _selector_uniq = models.Constraint("UNIQUE (user_id, selector)")

    @api.model
    def _make(self, user):
        """New codes in the place of all before, to be shown once."""
        self._drop(user)
        codes, kept = new_recovery_codes()
        self.create([{"user_id": user.id, "selector": selector, "hash": stored} for selector, stored in kept.items()])
        return codes

    @api.model
    def _drop(self, users):
        self.search([("user_id", "in", users.ids)]).unlink()

    @api.model
    def _use(self, user, code):
        """Use up a code, in a transaction of its own. Returns how many are left.

        Raises `OtpMismatch` when it is none, or not any more.
        """
        rows = self.search_read([("user_id", "=", user.id)], ["selector", "hash"])
        selector, stored = matching_recovery_code(code, {row["selector"]: row["hash"] for row in rows})
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(_USE, [user.id, selector, stored], log_exceptions=False)
                if cr.rowcount:
                    return len(rows) - 1
        except psycopg2.errors.SerializationFailure:
            # Somebody else has just used it.
            raise OtpMismatch from None
        raise OtpMismatch
