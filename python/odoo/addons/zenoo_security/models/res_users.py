from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo import api, models, tools
from zenoo_security import PasswordPolicy
from zenoo_security.addon.passwords import ExactPassword, OdooPasswords
from zenoo_security.errors import InvalidInput

from ..audit import record, record_after_commit
from ..settings import get_settings

# Odoo's own hashes, and what it hashes at the next login.
_FOREIGN = SQL(r"password ~ '^\$[^$]+\$[^$]+\$.' AND password NOT LIKE '$pbkdf2-sha512$%%'")


class ResUsers(models.Model):
    _inherit = "res.users"

    @tools.ormcache(cache="stable")
    def _crypt_context(self):
        return OdooPasswords(super()._crypt_context(), get_settings().password_scheme)

    def _change_password(self, new_passwd):
        return super()._change_password(ExactPassword(new_passwd or ""))

    def _set_password(self):
        for user in self:
            user._check_new_password(user.password)
        if self.pool.ready:
            record_after_commit(self.env, "authn_password_change", user=self.env.user, model=self._name, ids=self.ids)
        return super()._set_password()

    def _check_new_password(self, password):
        # While modules are loaded, what they bring is not what somebody has chosen.
        if not password or not self.pool.ready or not get_settings().password_policy:
            return
        # sudo: who signs up may not read the company.
        user = self.sudo()
        policy = PasswordPolicy(min_length=get_settings().password_min_length)
        words = [user.login, user.name, user.email, user.company_id.name, self.env.cr.dbname]
        try:
            policy.check(password, context=words, has_mfa=bool(user._mfa_type()))
        except InvalidInput as error:
            about = {"model": self._name, "ids": self.ids, "reason": error.code}
            record(self.env, "authn_password_change_fail", user=self.env.user, **about)
            raise UserError(self.env._("This password cannot be used: %s.", error.message)) from None

    @api.model
    def clear_foreign_passwords(self):
        """Remove the passwords that Odoo alone could not verify. Returns the logins, for whom to ask for a new one."""
        if not self.env.is_system():
            raise AccessError(self.env._("Only administrators can do this."))
        return self._clear_foreign_passwords()

    def _clear_foreign_passwords(self):
        rows = self.env.execute_query(SQL("UPDATE res_users SET password = NULL WHERE %s RETURNING login", _FOREIGN))
        self.env.registry.clear_cache()
        return [login for (login,) in rows]

    def _require_own_passwords(self):
        """Refuse to go while somebody would have no password that works."""
        [(count,)] = self.env.execute_query(SQL("SELECT count(*) FROM res_users WHERE %s", _FOREIGN))
        if count:
            raise UserError(
                self.env._(
                    "%s users have passwords that Odoo alone cannot verify. Set password_scheme = pbkdf2_sha512 in the "
                    "section [zenoo_security] of odoo.conf and restart: each login converts one. The guide for "
                    "administrators says what to do about the rest.",
                    count,
                )
            )
