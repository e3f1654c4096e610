import datetime as dt
import math

from odoo.exceptions import AccessError

from odoo import api, fields, models

from ..audit import acting_in
from ..logins import get_logins


class LockedLogin(models.TransientModel):
    _name = "zenoo.security.locked.login"
    _description = "Login that has to wait"
    _order = "user_id, network"

    user_id = fields.Many2one("res.users", readonly=True, ondelete="cascade")
    login = fields.Char(related="user_id.login", related_sudo=False)
    network = fields.Char(readonly=True, help="Where the failures came from; without a user all logins there wait.")
    until = fields.Datetime("Waits until", readonly=True, help="Empty: until somebody unlocks it.")

    @api.model
    def action_open(self):
        """Look who has to wait now, and show them."""
        self._require_administrator()
        rows = self.create(self._look())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Locked logins"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", rows.ids)],
            "help": self.env._("<p>Nobody has to wait.</p>"),
        }

    def action_unlock(self):
        """Forget the failures behind these rows, and show what is left."""
        self._require_administrator()
        logins = get_logins(self.env)
        with acting_in(self.env):
            for row in self:
                if row.user_id:
                    logins.unlock(row.user_id.login)
                else:
                    logins.unlock_network(row.network)
        return {**self.action_open(), "target": "main"}

    @api.model
    def _look(self):
        users = self.env["res.users"].with_context(active_test=False).search([("login", "!=", False)])
        by_login = {user.login: user for user in users}
        now = fields.Datetime.now()
        return [
            {
                "user_id": by_login[locked.login].id if locked.login else False,
                "network": locked.network,
                "until": not math.isinf(locked.retry_after_s) and now + dt.timedelta(seconds=locked.retry_after_s),
            }
            for locked in get_logins(self.env).locked(by_login)
        ]

    @api.model
    def _require_administrator(self):
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
