import psycopg2

from odoo import api, fields, models

_TAKE = """INSERT INTO zenoo_security_totp_step AS t (user_id, step) VALUES (%s, %s)
    ON CONFLICT (user_id) DO UPDATE SET step = excluded.step WHERE t.step < excluded.step"""


class TotpStep(models.Model):
    _name = "zenoo.security.totp.step"
    _description = "Time step of the last code that a user has used"
    _log_access = False

    # No relation: its lock on the user would wait for the transaction that waits for this one.
    user_id = fields.Integer(required=True)
    step = fields.Integer(required=True)

    _user_uniq = models.Constraint("UNIQUE (user_id)")

    @api.model
    def _take(self, user_id, step):
        """Use up a step and all before it, in a transaction of its own. Returns whether it was left to be used."""
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(_TAKE, [user_id, step], log_exceptions=False)
                return bool(cr.rowcount)
        except psycopg2.errors.SerializationFailure:
            # Somebody else has just used one.
            return False

    @api.model
    def _last(self, user_ids):
        """The last step of each user who has used one."""
        self.env.cr.execute("SELECT user_id, step FROM zenoo_security_totp_step WHERE user_id IN %s", [tuple(user_ids)])
        return dict(self.env.cr.fetchall())

    @api.model
    def _take_over(self):
        """What Odoo has kept so far."""
        self.env.cr.execute(
            "INSERT INTO zenoo_security_totp_step (user_id, step)"
            " SELECT id, totp_last_counter FROM res_users WHERE totp_last_counter > 0"
        )

    @api.model
    def _give_back(self):
        self.env.cr.execute(
            "UPDATE res_users AS u SET totp_last_counter = t.step"
            " FROM zenoo_security_totp_step AS t WHERE u.id = t.user_id"
        )
