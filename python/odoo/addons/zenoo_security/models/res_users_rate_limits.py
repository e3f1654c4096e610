from odoo import models
from zenoo_security.addon.current_request import asks_for_details, current_request, show_details
from zenoo_security.addon.rpc_answers import entrance_of

from ..limits import charge_network, charge_user


class ResUsers(models.Model):
    _inherit = "res.users"

    def authenticate(self, credential, user_agent_env):
        """Around the count of failed logins, so imported after it: what a limit refuses is no failure."""
        charge_network("login-address")
        auth_info = super().authenticate(credential, user_agent_env)
        request = current_request()
        if request is not None and entrance_of(request.path):
            charge_user("rpc-user", self.env, auth_info["uid"])
        return auth_info

    def _check_uid_passwd(self, uid, passwd):
        """Of XML-RPC and JSON-RPC, at each call."""
        super()._check_uid_passwd(uid, passwd)
        charge_user("rpc-user", self.env, uid)
        # sudo: nobody is logged in, but the password was right.
        if asks_for_details() and self.sudo().browse(uid)._is_system():
            show_details()
