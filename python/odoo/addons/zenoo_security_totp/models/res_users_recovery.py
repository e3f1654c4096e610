import logging

from odoo.addons.base.models.res_users import check_identity
from odoo.exceptions import AccessDenied, UserError

from odoo import fields, models
from odoo.addons.zenoo_security.audit import acting_in, record_after_commit
from odoo.addons.zenoo_security.limits import charge_network
from zenoo_security.addon.second_factor import tell_recovery_code_used
from zenoo_security.errors import OtpMismatch

_logger = logging.getLogger(__name__)


class ResUsers(models.Model):
    _inherit = "res.users"

    totp_recovery_codes_left = fields.Integer("Recovery codes left", compute="_compute_totp_recovery_codes_left")

    @property
    def SELF_READABLE_FIELDS(self):  # noqa: N802 - Odoo's name
        return [*super().SELF_READABLE_FIELDS, "totp_recovery_codes_left"]

    def _compute_totp_recovery_codes_left(self):
        counts = dict(self._recovery_codes()._read_group([("user_id", "in", self.ids)], ["user_id"], ["__count"]))
        for user in self:
            user.totp_recovery_codes_left = counts.get(user._origin, 0)

    def _recovery_codes(self):
        # sudo: nobody may read them. Methods are called for the user who logs in or has been asked for the password.
        return self.env["zenoo.security.recovery.code"].sudo()

    @check_identity
    def action_totp_new_recovery_codes(self):
        if self != self.env.user:
            raise UserError(self.env._("Only their owner makes new recovery codes."))
        if not self.totp_enabled:
            raise UserError(self.env._("Enable two-factor authentication first: recovery codes come with it."))
        # Their hashes cost as much as ten logins.
        charge_network("login-address")
        return self._show_new_recovery_codes()

    def _show_new_recovery_codes(self):
        self.ensure_one()
        codes = self._recovery_codes()._make(self)
        about = {"model": self._name, "ids": self.ids}
        record_after_commit(self.env, "authn_recovery_codes_created", user=self.env.user, **about)
        # They are stored nowhere: the form shows what this action brings.
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recovery codes"),
            "res_model": "zenoo.security.recovery.codes",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "medium", "default_codes": "\n".join(codes)},
        }

    def _drop_recovery_codes(self):
        self._recovery_codes()._drop(self)

    def _check_credentials(self, credential, env):
        if credential["type"] != "recovery_code":
            return super()._check_credentials(credential, env)
        self._totp_rate_limit("code_check")
        try:
            left = self._recovery_codes()._use(self, credential["token"])
        except OtpMismatch:
            _logger.info("Recovery code: FAIL for user %s", self.id)
            raise AccessDenied(self.env._("Verification failed, please double-check the recovery code")) from None
        self._totp_rate_limit_purge("code_check")
        self._tell_that_a_recovery_code_was_used(left)
        return {"uid": self.id, "auth_method": "recovery_code", "mfa": "default"}

    def _tell_that_a_recovery_code_was_used(self, left):
        _logger.warning("Recovery code: SUCCESS for user %s, who has %s left", self.id, left)
        # sudo: the user is not logged in yet.
        user = self.with_user(self).sudo()
        with acting_in(user.env):
            tell_recovery_code_used(left)
        if hasattr(self, "_notify_security_setting_update"):
            # Of the module `mail`.
            user._notify_security_setting_update(
                user.env._("Security Update: Recovery Code Used"),
                user.env._("A recovery code was used to log in to your account. You have %s left.", left),
            )
